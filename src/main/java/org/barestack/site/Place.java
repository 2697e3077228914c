package org.barestack.site;

import org.yaml.snakeyaml.error.Mark;

/**
 * Where a value stands: the line and column of its key, or of itself in a list.
 *
 * @param path {@code nodes.kvm2.nics.nic1}, {@code access.ssh_keys[0]}; empty for the document
 */
record Place(int line, int column, String path) {
  static final Place START = new Place(1, 1, "");

  static Place of(Mark mark) {
    return new Place(mark.getLine() + 1, mark.getColumn() + 1, "");
  }

  /** The same point, for something below that the file does not spell out. */
  Place child(String key) {
    return new Place(line, column, path.isEmpty() ? key : path + "." + key);
  }

  Place child(String key, Mark mark) {
    return new Place(mark.getLine() + 1, mark.getColumn() + 1, child(key).path);
  }

  Place item(int index, Mark mark) {
    return new Place(mark.getLine() + 1, mark.getColumn() + 1, path + "[" + index + "]");
  }
}
