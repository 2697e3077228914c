/** Tests of what the log shows. */
@NullMarked
package org.barestack.log;

import org.jspecify.annotations.NullMarked;
