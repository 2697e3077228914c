/**
 * Images as octets, whatever is in them: what can be read anywhere ({@link
 * org.barestack.format.image.Medium}), and images to be, which are ranges of another one with new
 * octets in between ({@link org.barestack.format.image.Overlay}).
 */
@NullMarked
package org.barestack.format.image;

import org.jspecify.annotations.NullMarked;
