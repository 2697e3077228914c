/** Packets, options and transfers of TFTP. */
@NullMarked
package org.barestack.wire.tftp;

import org.jspecify.annotations.NullMarked;
