package org.barestack.content;

import org.jspecify.annotations.Nullable;

/** What a source has at a path below the release, with slashes and none in front. */
sealed interface Entry {
  /** The size of a file that only its server knows. */
  long UNTOLD = -1;

  String path();

  /**
   * A file.
   *
   * @param size octets; {@link #UNTOLD}
   * @param stamp changes with the file, as far as its source tells; without spaces, may be empty
   * @param digest what its source says that it is; null if nothing
   */
  record File(String path, long size, String stamp, @Nullable Digest digest) implements Entry {
    File with(Digest other) {
      return new File(path, size, stamp, other);
    }
  }

  /** A folder. */
  record Folder(String path) implements Entry {}

  /** A symbolic link. */
  record Link(String path, String target) implements Entry {}
}
