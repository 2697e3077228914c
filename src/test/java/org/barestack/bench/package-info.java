/**
 * What Barestack costs, measured beside what people use today, in the same run: {@code make bench}.
 */
@NullMarked
package org.barestack.bench;

import org.jspecify.annotations.NullMarked;
