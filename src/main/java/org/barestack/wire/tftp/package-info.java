/** TFTP packets and the course of one transfer, as values: no sockets, no clock, no files. */
@NullMarked
package org.barestack.wire.tftp;

import org.jspecify.annotations.NullMarked;
