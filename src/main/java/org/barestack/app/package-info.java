/** Starts the program and puts its parts together. Nothing else. */
@NullMarked
package org.barestack.app;

import org.jspecify.annotations.NullMarked;
