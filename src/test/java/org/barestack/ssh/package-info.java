@NullMarked
package org.barestack.ssh;

import org.jspecify.annotations.NullMarked;
