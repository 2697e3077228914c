/**
 * Volumes of ECMA-119 (ISO 9660) with the names of Rock Ridge and Joliet: records ↔ bytes. Things
 * are called what ECMA-119 calls them. {@link org.barestack.format.iso.Volume} writes small ones,
 * {@link org.barestack.format.iso.IsoImage} reads any, and {@link
 * org.barestack.format.iso.Remaster} makes one anew with other files in it.
 */
@NullMarked
package org.barestack.format.iso;

import org.jspecify.annotations.NullMarked;
