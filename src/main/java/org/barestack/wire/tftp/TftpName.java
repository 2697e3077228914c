package org.barestack.wire.tftp;

import java.util.ArrayList;
import java.util.List;

/** The file names that boot loaders write. */
public final class TftpName {
  private TftpName() {}

  /**
   * The name as a relative path with single slashes and no dots in it: GRUB asks for absolute
   * names, shim for {@code boot//grubx64.efi}, some firmware for {@code \boot\x.efi}. Case stays.
   *
   * @throws IllegalArgumentException if the name climbs with "..", names nothing, or is not
   *     printable ASCII (RFC 1350 §5: names are netascii)
   */
  public static String normalise(String name) {
    if (!name.chars().allMatch(c -> c >= ' ' && c <= '~')) {
      throw new IllegalArgumentException("a file name must be printable ASCII");
    }
    List<String> segments = new ArrayList<>();
    for (String segment : name.split("[/\\\\]", -1)) {
      if (segment.equals("..")) {
        throw new IllegalArgumentException("a file name must not climb with '..'");
      }
      if (!segment.isEmpty() && !segment.equals(".")) {
        segments.add(segment);
      }
    }
    if (segments.isEmpty()) {
      throw new IllegalArgumentException("the file name is empty");
    }
    return String.join("/", segments);
  }
}
