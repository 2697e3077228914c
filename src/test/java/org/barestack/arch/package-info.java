/** Holds the code to ARCHITECTURE.md. */
@NullMarked
package org.barestack.arch;

import org.jspecify.annotations.NullMarked;
