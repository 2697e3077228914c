/** Tests of what a person looks at. */
@NullMarked
package org.barestack.status;

import org.jspecify.annotations.NullMarked;
