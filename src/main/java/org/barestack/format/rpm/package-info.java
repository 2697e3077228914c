/**
 * RPM packages, formats 3, 4 and 6: bytes → records, and single files out of their payloads. Things
 * are called what rpm's manual calls them (docs/manual/format_v4.md, format_v6.md). Nothing here
 * knows keys: signatures are taken out with the exact octets that they are over.
 */
@NullMarked
package org.barestack.format.rpm;

import org.jspecify.annotations.NullMarked;
