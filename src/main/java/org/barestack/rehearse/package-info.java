/** Boots machines in QEMU, in a network of their own, and reads what they say. */
@NullMarked
package org.barestack.rehearse;

import org.jspecify.annotations.NullMarked;
