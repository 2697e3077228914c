/** What Java's sockets cannot: the C library's, and listening on one interface only. */
@NullMarked
package org.barestack.serve.device;

import org.jspecify.annotations.NullMarked;
