@NullMarked
package org.barestack.boot;

import org.jspecify.annotations.NullMarked;
