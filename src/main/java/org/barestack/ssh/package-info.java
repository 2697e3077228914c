/** Scripts on nodes, by the system's ssh program. */
@NullMarked
package org.barestack.ssh;

import org.jspecify.annotations.NullMarked;
