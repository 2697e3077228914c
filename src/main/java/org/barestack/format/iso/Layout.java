package org.barestack.format.iso;

import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.barestack.format.image.Content;
import org.barestack.format.image.Run;

/** What stands behind that of the source which stays: whole blocks, one behind the other. */
final class Layout {
  private final long begin;
  private long end;
  private final NavigableMap<Long, Content> contents = new TreeMap<>();

  /** One that begins at a block, counted from the image's begin. */
  Layout(long begin) {
    this.begin = begin;
    this.end = begin;
  }

  long begin() {
    return begin;
  }

  /** The block behind all. */
  long end() {
    return end;
  }

  boolean isEmpty() {
    return begin == end;
  }

  /** Takes blocks, whose content comes later; returns the first. */
  long take(long blocks) {
    long at = end;
    end += blocks;
    return at;
  }

  /** Goes on at a multiple of blocks. */
  void align(long blocks) {
    end = Math.ceilDiv(end, blocks) * blocks;
  }

  /** What stands from a block on, that was taken. */
  void put(long block, Content content) {
    contents.put(block, content);
  }

  void put(long block, byte[] octets) {
    put(block, Content.of(octets));
  }

  /** All of it, with zeros where nothing was put. */
  List<Run> runs() {
    List<Run> runs = new ArrayList<>();
    long at = begin * Volume.BLOCK;
    for (var one : contents.entrySet()) {
      long offset = one.getKey() * Volume.BLOCK;
      runs.add(new Run.Zeros(offset - at));
      runs.addAll(one.getValue().runs());
      at = offset + one.getValue().length();
    }
    runs.add(new Run.Zeros(end * Volume.BLOCK - at));
    return runs;
  }
}
