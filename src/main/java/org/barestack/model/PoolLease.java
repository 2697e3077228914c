package org.barestack.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An address of the pool and who has it.
 *
 * @param owner null when some machine uses the address and nobody knows which
 * @param until by the wall clock, to the second
 */
public record PoolLease(Ipv4 address, @Nullable MacAddress owner, Instant until) {}
