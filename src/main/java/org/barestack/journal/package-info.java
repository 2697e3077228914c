/** The journal of events and pinned texts, in one SQLite file. */
@NullMarked
package org.barestack.journal;

import org.jspecify.annotations.NullMarked;
