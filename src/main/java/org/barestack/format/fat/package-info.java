/**
 * FAT file systems (Microsoft's FAT32 File System Specification 1.03), bytes ↔ records: reads any,
 * hostile ones too, and writes one anew with other files in it.
 */
@NullMarked
package org.barestack.format.fat;

import org.jspecify.annotations.NullMarked;
