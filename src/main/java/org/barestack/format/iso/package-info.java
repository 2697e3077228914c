/**
 * Volumes of ECMA-119 (ISO 9660) with the names of Rock Ridge and Joliet: records ↔ bytes. Things
 * are called what ECMA-119 calls them.
 */
@NullMarked
package org.barestack.format.iso;

import org.jspecify.annotations.NullMarked;
