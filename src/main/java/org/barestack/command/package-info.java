/** One class a command, thin: read the command line, call, print. */
@NullMarked
package org.barestack.command;

import org.jspecify.annotations.NullMarked;
