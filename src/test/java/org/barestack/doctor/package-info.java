/** Tests of {@link org.barestack.doctor}. */
@NullMarked
package org.barestack.doctor;

import org.jspecify.annotations.NullMarked;
