/** Site and events, as a person looks at them. No I/O. */
@NullMarked
package org.barestack.status;

import org.jspecify.annotations.NullMarked;
