/** The words of the project: immutable records that every other package speaks. No I/O. */
@NullMarked
package org.barestack.model;

import org.jspecify.annotations.NullMarked;
