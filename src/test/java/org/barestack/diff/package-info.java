@NullMarked
package org.barestack.diff;

import org.jspecify.annotations.NullMarked;
