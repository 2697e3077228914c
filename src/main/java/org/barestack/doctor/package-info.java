/** What {@code serve} needs of this host, and whether it is there. */
@NullMarked
package org.barestack.doctor;

import org.jspecify.annotations.NullMarked;
