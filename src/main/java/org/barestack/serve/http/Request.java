package org.barestack.serve.http;

import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Map;
import org.barestack.model.MacAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a route sees of a request.
 *
 * @param captured what the pattern's {@code {}} and {@code **} stand for, in order
 * @param query the first value of each parameter
 * @param form the fields of the body; empty without one
 * @param body octets as they came
 * @param interfaces addresses that Anaconda's stage 1 tells in {@code X-RHN-Provisioning-MAC-0},
 *     {@code -1}, ... if {@code inst.ks.sendmac} is set
 * @param peer the address that it came from
 * @param tls what is known of it by TLS; null if it came without
 */
record Request(
    List<String> captured,
    Map<String, String> query,
    Map<String, String> form,
    ByteArrayInputStream body,
    List<MacAddress> interfaces,
    String peer,
    @Nullable Tls tls) {}
