/** Tests of what commands share. */
@NullMarked
package org.barestack.command;

import org.jspecify.annotations.NullMarked;
