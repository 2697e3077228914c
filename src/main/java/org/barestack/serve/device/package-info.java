/** Keeps listening sockets of Java's on one interface. */
@NullMarked
package org.barestack.serve.device;

import org.jspecify.annotations.NullMarked;
