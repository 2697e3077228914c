package org.barestack.format.iso;

import java.time.Instant;
import java.util.List;

/** What stands in a directory of an image. */
public sealed interface IsoEntry {
  /**
   * From the root, without a leading {@code /}; no component is empty, {@code .} or {@code ..}, and
   * none has a control character.
   */
  String path();

  /** Permissions, such as 0644, with set-id and sticky bits; without the file's type. */
  int mode();

  /**
   * When it was modified, by the second; 1970 if the image does not say, or what it says is no
   * date.
   */
  Instant modified();

  /**
   * Its directory record (the first, if it has several): octets from the image's begin. Of a
   * directory that was moved for the sake of depth, the record that stands in its place.
   */
  long record();

  /**
   * A directory.
   *
   * @param extent its records
   */
  record IsoDirectory(String path, int mode, Instant modified, long record, Extent extent)
      implements IsoEntry {}

  /**
   * A regular file; several may have the same extents (hard links).
   *
   * @param extents its content, in order; one of length 0 for a file without content, whose block
   *     means nothing
   * @param hidden whether the image asks not to show it, which Linux and xorriso ignore
   */
  record IsoFile(
      String path, int mode, Instant modified, long record, List<Extent> extents, boolean hidden)
      implements IsoEntry {
    public IsoFile {
      extents = List.copyOf(extents);
    }

    /** Octets of its content. */
    public long length() {
      return extents.stream().mapToLong(Extent::length).sum();
    }
  }

  /**
   * A symbolic link.
   *
   * @param target as it is recorded: it may be absolute, lead out of the tree, or to nothing
   */
  record IsoLink(String path, int mode, Instant modified, long record, String target)
      implements IsoEntry {}
}
