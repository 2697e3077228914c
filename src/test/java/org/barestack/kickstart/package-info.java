@NullMarked
package org.barestack.kickstart;

import org.jspecify.annotations.NullMarked;
