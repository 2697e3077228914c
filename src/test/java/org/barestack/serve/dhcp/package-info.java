@NullMarked
package org.barestack.serve.dhcp;

import org.jspecify.annotations.NullMarked;
