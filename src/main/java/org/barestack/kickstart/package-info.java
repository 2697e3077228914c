/** The grammar of kickstart files as Rocky Linux 9 and 10 read them. Checks text; renders none. */
@NullMarked
package org.barestack.kickstart;

import org.jspecify.annotations.NullMarked;
