@NullMarked
package org.barestack.format.image;

import org.jspecify.annotations.NullMarked;
