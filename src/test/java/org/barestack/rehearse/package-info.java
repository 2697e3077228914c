/** Tests of the rehearsal, and of the stand-in installer. */
@NullMarked
package org.barestack.rehearse;

import org.jspecify.annotations.NullMarked;
