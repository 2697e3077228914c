@NullMarked
package org.barestack.wire.dhcp;

import org.jspecify.annotations.NullMarked;
