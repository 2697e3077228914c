/** What can be known of a whole site before a machine is switched on. */
@NullMarked
package org.barestack.check;

import org.jspecify.annotations.NullMarked;
