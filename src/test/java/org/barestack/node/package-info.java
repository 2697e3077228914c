/** What nodes run, run for real. */
@NullMarked
package org.barestack.node;

import org.jspecify.annotations.NullMarked;
