@NullMarked
package org.barestack.format.disk;

import org.jspecify.annotations.NullMarked;
