/** What a change of a site changes on its nodes, and when it takes effect there. */
@NullMarked
package org.barestack.diff;

import org.jspecify.annotations.NullMarked;
