@NullMarked
package org.barestack.app;

import org.jspecify.annotations.NullMarked;
