/** A stand-in for CloudStack's management server. */
@NullMarked
package org.barestack.testing.cloudstack;

import org.jspecify.annotations.NullMarked;
