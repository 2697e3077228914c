package org.barestack.serve.dhcp;

import java.util.Optional;
import java.util.UUID;
import org.barestack.model.MacAddress;
import org.barestack.wire.dhcp.Answer;
import org.barestack.wire.dhcp.Client;

/**
 * A packet that a client sent, for those who keep a record of machines.
 *
 * @param uuid as {@code dmidecode} shows it; only firmware and iPXE send one
 * @param answer what was done about it
 */
public record Seen(MacAddress mac, Client client, Optional<UUID> uuid, Answer answer) {}
