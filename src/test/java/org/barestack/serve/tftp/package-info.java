/** The TFTP server on the loopback interface, with real clients. */
@NullMarked
package org.barestack.serve.tftp;

import org.jspecify.annotations.NullMarked;
