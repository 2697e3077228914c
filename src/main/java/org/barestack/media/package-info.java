/**
 * Bootable media of a site's nodes: what stands on one, made out of an image of Rocky Linux as an
 * overlay, and how it comes into a file, onto a device, or over the network.
 */
@NullMarked
package org.barestack.media;

import org.jspecify.annotations.NullMarked;
