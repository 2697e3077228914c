/** DHCP for IPv4: packets as records, and what to answer to one. No sockets. */
@NullMarked
package org.barestack.wire.dhcp;

import org.jspecify.annotations.NullMarked;
