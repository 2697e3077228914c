/** Decides what a machine boots and whether it may write its disk. The only place that does. */
@NullMarked
package org.barestack.boot;

import org.jspecify.annotations.NullMarked;
