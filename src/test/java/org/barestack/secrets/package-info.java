@NullMarked
package org.barestack.secrets;

import org.jspecify.annotations.NullMarked;
