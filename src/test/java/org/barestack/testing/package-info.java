/** Helpers for tests: property loops, golden files, fakes. */
@NullMarked
package org.barestack.testing;

import org.jspecify.annotations.NullMarked;
