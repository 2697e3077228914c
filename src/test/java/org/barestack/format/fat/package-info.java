@NullMarked
package org.barestack.format.fat;

import org.jspecify.annotations.NullMarked;
