@NullMarked
package org.barestack.site;

import org.jspecify.annotations.NullMarked;
