package org.barestack.format.fat;

import java.time.LocalDateTime;

/**
 * A file or directory of a FAT file system.
 *
 * @param path from the root, without a leading {@code /}; no component is empty, {@code .} or
 *     {@code ..}, and none has a control character
 * @param length octets of a file; 0 for a directory
 * @param modified when it was last changed, by two seconds, in whatever time zone; 1980 if it does
 *     not say, or what it says is no date
 */
public record FatEntry(String path, boolean isDirectory, long length, LocalDateTime modified) {}
