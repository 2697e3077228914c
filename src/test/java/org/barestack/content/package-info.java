/** Tests of loaders and releases on temporary folders. */
@NullMarked
package org.barestack.content;

import org.jspecify.annotations.NullMarked;
