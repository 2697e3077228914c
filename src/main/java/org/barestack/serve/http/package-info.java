/** The HTTP server that machines boot, install and report by. */
@NullMarked
package org.barestack.serve.http;

import org.jspecify.annotations.NullMarked;
