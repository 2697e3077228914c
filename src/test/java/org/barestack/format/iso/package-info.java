@NullMarked
package org.barestack.format.iso;

import org.jspecify.annotations.NullMarked;
