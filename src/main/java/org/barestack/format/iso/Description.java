package org.barestack.format.iso;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a tree's way of naming makes of a directory record.
 *
 * @param kind what it is
 * @param mode permissions, without the type
 * @param target of a symbolic link
 * @param child block of the directory for which this record stands (Rock Ridge's CL); null if there
 *     is none
 * @param moved whether this directory belongs elsewhere, where a record with its block as {@code
 *     child} stands (RE)
 */
record Description(
    String name,
    Kind kind,
    int mode,
    Instant modified,
    @Nullable String target,
    @Nullable Long child,
    boolean moved) {
  /** What can be in a directory. */
  enum Kind {
    DIRECTORY("directory", 0555),
    FILE("file", 0555),
    LINK("symbolic link", 0777);

    private final String word;
    private final int mode;

    Kind(String word, int mode) {
      this.word = word;
      this.mode = mode;
    }

    /** For messages. */
    String word() {
      return word;
    }

    /** Permissions where none are recorded: those that Linux and xorriso give. */
    int mode() {
      return mode;
    }
  }
}
