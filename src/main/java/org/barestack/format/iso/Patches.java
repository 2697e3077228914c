package org.barestack.format.iso;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.barestack.format.image.Content;
import org.barestack.format.image.Medium;
import org.barestack.format.image.Overlay;
import org.barestack.format.image.Run;

/** What changes where an image has something already. One octet is changed in one way only. */
final class Patches {
  private final Medium source;

  /** Blocks of which some octets change, by their numbers. */
  private final NavigableMap<Long, byte[]> blocks = new TreeMap<>();

  /** What stands from a block on, in whole blocks. */
  private final NavigableMap<Long, Content> extents = new TreeMap<>();

  Patches(Medium source) {
    this.source = source;
  }

  /** Puts octets at a place: octets from the image's begin. */
  void put(long offset, byte... octets) throws IOException {
    int done = 0;
    while (done < octets.length) {
      long block = (offset + done) / Volume.BLOCK;
      int at = (int) ((offset + done) % Volume.BLOCK);
      byte[] changed = block(block);
      int count = Math.min(octets.length - done, changed.length - at);
      System.arraycopy(octets, done, changed, at, count);
      done += count;
    }
  }

  private byte[] block(long block) throws IOException {
    byte[] octets = blocks.get(block);
    if (octets == null) {
      long offset = block * Volume.BLOCK;
      octets = new byte[(int) Math.min(Volume.BLOCK, source.size() - offset)];
      source.read(offset, octets, 0, octets.length);
      blocks.put(block, octets);
    }
    return octets;
  }

  /** Puts another content at a block, with zeros behind it. */
  void replace(long block, long count, Content content) {
    extents.put(block, Contents.padded(content, count * Volume.BLOCK));
  }

  /**
   * All of it.
   *
   * @param end octets of the image that are kept; nothing behind was changed
   * @param tail what follows
   */
  Overlay overlay(long end, List<Run> tail) {
    NavigableMap<Long, Content> all = new TreeMap<>();
    blocks.forEach((block, octets) -> all.put(block, Content.of(octets)));
    all.putAll(extents);
    List<Run> runs = new ArrayList<>();
    long at = 0;
    for (Map.Entry<Long, Content> one : all.entrySet()) {
      long offset = one.getKey() * Volume.BLOCK;
      runs.add(new Run.OfSource(at, offset - at));
      runs.addAll(one.getValue().runs());
      at = offset + one.getValue().length();
    }
    runs.add(new Run.OfSource(at, end - at));
    runs.addAll(tail);
    return Overlay.of(runs);
  }
}
