package org.barestack.format.iso;

import java.util.ArrayList;
import java.util.List;
import org.barestack.format.image.Content;

/** A file whose content is new; where it stands is found when all are known. */
final class NewFile {
  /** The most that one record can tell of, in whole blocks (§9.1.4). */
  private static final long SECTION = 0xffff_f800L;

  private final String path;
  private Content content;
  private long block = -1;

  NewFile(String path, Content content) {
    this.path = path;
    this.content = content;
  }

  String path() {
    return path;
  }

  Content content() {
    return content;
  }

  /** Another content of the same length. */
  void content(Content other) {
    if (other.length() != content.length()) {
      throw new IllegalArgumentException(path + ": " + other.length() + " octets");
    }
    content = other;
  }

  long length() {
    return content.length();
  }

  long blocks() {
    return Math.ceilDiv(length(), Volume.BLOCK);
  }

  /** Whether it has its place. */
  boolean isPlaced() {
    return block >= 0;
  }

  void place(long at) {
    block = at;
  }

  /** Counted from the image's begin. */
  long block() {
    return block;
  }

  /** Records that it takes. */
  int sections() {
    return (int) Math.max(1, Math.ceilDiv(length(), SECTION));
  }

  /**
   * Its extents, which lie one behind the other.
   *
   * @param shift where the tree's blocks count from
   */
  List<Extent> extents(long shift) {
    List<Extent> extents = new ArrayList<>();
    long at = 0;
    for (int i = 0; i < sections(); i++) {
      long count = Math.min(SECTION, length() - at);
      extents.add(new Extent(block - shift + at / Volume.BLOCK, count));
      at += count;
    }
    return extents;
  }
}
