/** Tests of the HTTP server over real sockets. */
@NullMarked
package org.barestack.serve.http;

import org.jspecify.annotations.NullMarked;
