package org.barestack.format.iso;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.barestack.format.iso.IsoEntry.IsoDirectory;
import org.barestack.format.iso.IsoEntry.IsoFile;
import org.barestack.format.iso.IsoEntry.IsoLink;
import org.jspecify.annotations.Nullable;

/**
 * Looks for extents that lie over one another. Files may have the same extent (hard links). No
 * program writes any other overlap, so it is refused: a file would change with another.
 */
final class Overlaps {
  private static final Comparator<Owned> ORDER =
      Comparator.comparingLong((Owned owned) -> owned.extent().block())
          .thenComparingLong(owned -> owned.extent().length());

  /** An extent, and whose it is; null for the root. */
  private record Owned(Extent extent, @Nullable IsoEntry owner) {
    String path() {
      return "/" + (owner == null ? "" : owner.path());
    }

    boolean mayShare(Owned other) {
      return owner instanceof IsoFile
          && other.owner() instanceof IsoFile
          && extent.equals(other.extent());
    }
  }

  private Overlaps() {}

  /** Refuses overlaps, and files that are too much together ({@link Limits#FILES_TO_IMAGE}). */
  static void check(long imageSize, Extent root, List<IsoEntry> entries) throws IsoException {
    List<Owned> all = new ArrayList<>(List.of(new Owned(root, null)));
    long left = imageSize * Limits.FILES_TO_IMAGE;
    for (IsoEntry entry : entries) {
      switch (entry) {
        case IsoDirectory directory -> all.add(new Owned(directory.extent(), entry));
        case IsoFile file -> {
          file.extents().stream()
              .filter(extent -> extent.length() > 0)
              .forEach(extent -> all.add(new Owned(extent, entry)));
          left -= file.length();
        }
        case IsoLink _ -> {}
      }
      if (left < 0) {
        throw new IsoException(
            new Place(entry.record(), "/" + entry.path()),
            "with this file, all files are longer than %d times the image of %d octets"
                .formatted(Limits.FILES_TO_IMAGE, imageSize));
      }
    }
    all.sort(ORDER);
    for (int i = 1; i < all.size(); i++) {
      check(all.get(i - 1), all.get(i));
    }
  }

  /** Of neighbours: since none before overlaps, none but these two can. */
  private static void check(Owned before, Owned owned) throws IsoException {
    if (owned.extent().offset() < before.extent().end() && !owned.mayShare(before)) {
      Owned named = owned.owner() == null ? before : owned;
      Owned other = owned.owner() == null ? owned : before;
      throw new IsoException(
          new Place(named.owner() == null ? 0 : named.owner().record(), named.path()),
          "its %d octets from block %d on overlap those of %s from block %d on"
              .formatted(
                  named.extent().length(),
                  named.extent().block(),
                  other.path(),
                  other.extent().block()));
    }
  }
}
