@NullMarked
package org.barestack.format.rpm;

import org.jspecify.annotations.NullMarked;
