/** CloudStack's API, and what a site wants of the cloud behind it. */
@NullMarked
package org.barestack.cloud;

import org.jspecify.annotations.NullMarked;
