package org.barestack.format.rpm;

/**
 * A file as the header lists it.
 *
 * @param path absolute, without "." and ".."
 * @param kind what it is
 * @param size octets of its content; of no meaning but for {@link Kind#FILE}
 * @param digest of its content, in lower-case hexadecimal, by the package's algorithm for files;
 *     empty but for {@link Kind#FILE}
 * @param linkTo where a {@link Kind#LINK} leads, as it is written there; else empty
 * @param ghost that it is listed alone, and not in the payload
 */
public record PackagedFile(
    String path, Kind kind, long size, String digest, String linkTo, boolean ghost) {
  /** What a file can be. */
  public enum Kind {
    /** A regular file. */
    FILE,
    /** A folder. */
    FOLDER,
    /** A symbolic link. */
    LINK,
    /** A device, pipe or socket. */
    SPECIAL;

    static Kind of(long mode) {
      return switch ((int) mode & 0170000) {
        case 0100000 -> FILE;
        case 0040000 -> FOLDER;
        case 0120000 -> LINK;
        default -> SPECIAL;
      };
    }
  }
}
