/** Tests of the cloud. */
@NullMarked
package org.barestack.cloud;

import org.jspecify.annotations.NullMarked;
