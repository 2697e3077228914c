/** What is kept: events and pinned texts in one SQLite file, logs of installs beside it. */
@NullMarked
package org.barestack.journal;

import org.jspecify.annotations.NullMarked;
