/** Tests of the configuration for other DHCP servers. */
@NullMarked
package org.barestack.snippet;

import org.jspecify.annotations.NullMarked;
