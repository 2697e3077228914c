@NullMarked
package org.barestack.storm;

import org.jspecify.annotations.NullMarked;
