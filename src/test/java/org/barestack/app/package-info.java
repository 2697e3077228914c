/** Tests of the whole program, as its users meet it. */
@NullMarked
package org.barestack.app;

import org.jspecify.annotations.NullMarked;
