/** CloudStack's API, against servers that behave, and servers that do not. */
@NullMarked
package org.barestack.cloud;

import org.jspecify.annotations.NullMarked;
