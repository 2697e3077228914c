/**
 * Partition tables of disks: the MBR and the GPT (UEFI 2.10 §5), bytes ↔ records. What they say is
 * told as it is; whether it fits the disk is asked for apart.
 */
@NullMarked
package org.barestack.format.disk;

import org.jspecify.annotations.NullMarked;
