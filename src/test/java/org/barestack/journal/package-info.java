/** Tests of the journal, in memory and on disk. */
@NullMarked
package org.barestack.journal;

import org.jspecify.annotations.NullMarked;
