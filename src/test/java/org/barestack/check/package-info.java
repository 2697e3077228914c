@NullMarked
package org.barestack.check;

import org.jspecify.annotations.NullMarked;
