/** A model of machines, disks and operators, in which a random walk looks for a wrong write. */
@NullMarked
package org.barestack.walk;

import org.jspecify.annotations.NullMarked;
