package org.barestack.format.iso;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Which octets of an image something stands on. What is changed in place must be nobody else's, and
 * what is put behind must lie behind all.
 */
final class Occupied {
  private final List<Range> ranges = new ArrayList<>();

  /** Octets from and to; files may share theirs with files. */
  private record Range(String what, long from, long to, boolean isFile) {}

  void add(String what, long from, long to) {
    add(what, from, to, false);
  }

  void addFile(String what, Extent extent) {
    add(what, extent.offset(), extent.end(), true);
  }

  private void add(String what, long from, long to, boolean isFile) {
    if (to > from) {
      ranges.add(new Range(what, from, to, isFile));
    }
  }

  /** Refuses what lies over one another; returns the block behind all. */
  long check() throws IsoException {
    ranges.sort(Comparator.comparingLong(Range::from).thenComparingLong(Range::to));
    for (int i = 1; i < ranges.size(); i++) {
      Range before = ranges.get(i - 1);
      Range range = ranges.get(i);
      boolean isSame =
          before.isFile() == range.isFile()
              && before.from() == range.from()
              && before.to() == range.to()
              && (range.isFile() || before.what().equals(range.what()));
      if (range.from() < before.to() && !isSame) {
        throw new IsoException(
            new Place(range.from(), range.what()),
            "overlaps %s, so that it would change with it".formatted(before.what()));
      }
    }
    return ranges.stream()
        .mapToLong(range -> Math.ceilDiv(range.to(), Volume.BLOCK))
        .max()
        .orElse(0);
  }
}
