/** What the log shows: nothing that steers a terminal, and no flood. */
@NullMarked
package org.barestack.log;

import org.jspecify.annotations.NullMarked;
