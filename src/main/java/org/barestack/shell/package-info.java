/** What breaks in shell scripts before they run: by a parser of our own, and by shellcheck. */
@NullMarked
package org.barestack.shell;

import org.jspecify.annotations.NullMarked;
