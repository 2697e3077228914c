@NullMarked
package org.barestack.verify;

import org.jspecify.annotations.NullMarked;
