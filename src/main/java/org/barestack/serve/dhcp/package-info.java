/** The DHCP server: sockets on one interface, and the loops that answer on them. */
@NullMarked
package org.barestack.serve.dhcp;

import org.jspecify.annotations.NullMarked;
