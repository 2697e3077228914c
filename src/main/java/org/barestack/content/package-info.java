/** What nodes download and this machine must have: loaders, and trees of Rocky Linux. */
@NullMarked
package org.barestack.content;

import org.jspecify.annotations.NullMarked;
