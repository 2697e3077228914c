package org.barestack.format.iso;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A path table (§6.9, §9.4) in both orders of octets. */
final class PathTableWriter {
  /** Parents have 16 bits. */
  private static final int MOST = 0xffff;

  private final List<EditedDirectory> order = new ArrayList<>();
  private final Map<EditedDirectory, Integer> numbers = new HashMap<>();

  /** By level, then by the number of the parent, then by identifier (§6.9.1). */
  PathTableWriter(EditedDirectory root, Comparator<byte[]> identifiers) throws IsoException {
    order.add(root);
    for (int i = 0; i < order.size(); i++) {
      EditedDirectory directory = order.get(i);
      numbers.put(directory, i + 1);
      directory.directories().stream()
          .sorted(Comparator.comparing(EditedDirectory::identifier, identifiers))
          .forEach(order::add);
    }
    if (order.size() > MOST) {
      throw new IsoException(
          new Place(0, "path table"),
          "%d directories, where it can number %d; put less on the image"
              .formatted(order.size(), MOST));
    }
  }

  int length() {
    return order.stream().mapToInt(one -> 8 + even(one.identifier().length)).sum();
  }

  private static int even(int length) {
    return length + length % 2;
  }

  /** All of it, as it is when all directories have their extents. */
  byte[] octets(boolean isBig) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (EditedDirectory directory : order) {
      byte[] identifier = directory.identifier();
      int parent = numbers.getOrDefault(directory.parent(), 1);
      Field entry = new Field().number8(identifier.length).number8(0);
      long block = directory.extent().block();
      if (isBig) {
        entry.big32(block).big16(parent);
      } else {
        entry.little32(block).little16(parent);
      }
      all.writeBytes(entry.raw(identifier).padTo(2).octets());
    }
    return all.toByteArray();
  }
}
