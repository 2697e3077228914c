package org.barestack.content;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.List;

/** Where a release comes from. */
interface Source extends Closeable {
  /** For messages: a file, a folder or a URL, without a password in it. */
  String name();

  /** {@code iso}, {@code folder} or {@code url}. */
  String kind();

  /** The volume's label; empty where there is no volume. */
  default String label() {
    return "";
  }

  /** Where the tree with {@code .treeinfo} is below the release: empty, or with a final slash. */
  String root();

  /**
   * What there is, with its paths below the release.
   *
   * @throws IOException if the source cannot be read, or is none
   */
  Collection<Entry> entries() throws IOException;

  /** Of whom a source says more than its files do: what is not there of it, say. */
  default List<String> remarks() {
    return List.of();
  }

  /**
   * The octets of one of its files.
   *
   * @throws IOException if it is not there any more, or is no longer what it was
   */
  InputStream open(Entry.File file) throws IOException;

  /**
   * Looks whether it is still what was opened, as far as it tells.
   *
   * @throws ImportException if it is not
   */
  default void same() throws IOException {}

  @Override
  default void close() throws IOException {}
}
