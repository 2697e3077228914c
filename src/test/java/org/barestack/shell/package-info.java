@NullMarked
package org.barestack.shell;

import org.jspecify.annotations.NullMarked;
