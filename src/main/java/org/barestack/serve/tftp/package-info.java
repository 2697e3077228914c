/** The TFTP server: sockets and files around {@link org.barestack.wire.tftp}. */
@NullMarked
package org.barestack.serve.tftp;

import org.jspecify.annotations.NullMarked;
