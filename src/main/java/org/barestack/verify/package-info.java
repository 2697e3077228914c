/**
 * Who made a file, and whether it is whole: trusted keys, OpenPGP signatures (RFC 4880, RFC 9580),
 * files of digests, signed packages. Nothing here fetches anything or asks anybody: keys,
 * signatures and the time are given to it.
 */
@NullMarked
package org.barestack.verify;

import org.jspecify.annotations.NullMarked;
