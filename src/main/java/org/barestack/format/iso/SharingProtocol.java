package org.barestack.format.iso;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.barestack.format.image.Medium;
import org.jspecify.annotations.Nullable;

/**
 * The entries of system use areas (SUSP 1.10, IEEE P1281): what stands behind the names in
 * directory records, and where that goes on.
 */
final class SharingProtocol {
  /** Octets of a signature, a length and a version. */
  static final int HEAD = 4;

  private static final int CE_LENGTH = 28;
  private static final byte[] SP = {'S', 'P', 7, 1, (byte) 0xbe, (byte) 0xef};

  private final Medium medium;
  private final Budget budget;
  private final int skip;

  private SharingProtocol(Medium medium, Budget budget, int skip) {
    this.medium = medium;
    this.budget = budget;
    this.skip = skip;
  }

  /**
   * An entry.
   *
   * @param octets all of it, with its head
   */
  record Entry(String signature, Octets octets) {}

  /**
   * Whether a tree uses it: the root's own record begins with SP then (§5.3).
   *
   * @return null if it does not
   */
  static @Nullable SharingProtocol of(Medium medium, Budget budget, ParsedRecord root)
      throws IsoException {
    return root.systemUse().has(0, SP) && root.systemUse().length() > SP.length
        ? new SharingProtocol(medium, budget, root.systemUse().number8(SP.length))
        : null;
  }

  int skip() {
    return skip;
  }

  /** Those of the root's own record, where nothing is skipped. */
  List<Entry> ofRoot(ParsedRecord record) throws IOException, IsoException {
    return entries(record.systemUse(), 0);
  }

  /** Those of any other record. */
  List<Entry> of(ParsedRecord record) throws IOException, IsoException {
    return entries(record.systemUse(), Math.min(skip, record.systemUse().length()));
  }

  private List<Entry> entries(Octets systemUse, int from) throws IOException, IsoException {
    List<Entry> entries = new ArrayList<>();
    Octets area = systemUse.tail(from);
    for (int areas = 0; ; areas++) {
      Octets continuation = area(area, entries);
      if (continuation == null) {
        return entries;
      }
      if (areas == Limits.CONTINUATIONS) {
        throw continuation.wrong(
            0, "the record goes on more than " + Limits.CONTINUATIONS + " times");
      }
      area = continued(continuation, systemUse);
    }
  }

  /** Adds the entries of one area; returns its CE, or null. */
  private static @Nullable Octets area(Octets area, List<Entry> entries) throws IsoException {
    Octets continuation = null;
    int at = 0;
    // Fewer octets than an entry's head are padding (§4), and so is what begins with zero.
    while (area.length() - at >= HEAD && area.number8(at) != 0) {
      int length = area.number8(at + 2);
      if (length < HEAD || length > area.length() - at) {
        throw area.wrong(
            at, "an entry of %d octets, where %d are left".formatted(length, area.length() - at));
      }
      Octets entry = area.part(at, length);
      String signature = new String(entry.raw(0, 2), StandardCharsets.ISO_8859_1);
      at += length;
      if (signature.equals("ST")) {
        return continuation;
      }
      if (!signature.equals("CE")) {
        entries.add(new Entry(signature, entry));
      } else if (continuation != null) {
        throw entry.wrong(0, "a second CE: the record would go on in two places");
      } else {
        continuation = entry;
      }
    }
    return continuation;
  }

  /** §5.1. As in Linux, what it leads to must lie in one block. */
  private Octets continued(Octets entry, Octets systemUse) throws IOException, IsoException {
    if (entry.length() < CE_LENGTH) {
      throw entry.wrong(0, "CE has " + entry.length() + " octets");
    }
    long block = entry.both32(4);
    long offset = entry.both32(12);
    long length = entry.both32(20);
    if (offset + length > Volume.BLOCK) {
      throw entry.wrong(
          4,
          "CE leads to octets %d to %d of block %d, which go over its end"
              .formatted(offset, offset + length, block));
    }
    long at = block * Volume.BLOCK + offset;
    if (at + length > medium.size()) {
      throw entry.wrong(4, "CE leads to block " + block + ", behind the image's end");
    }
    budget.read(entry, HEAD + length);
    return Octets.read(medium, at, (int) length, systemUse.what() + ", continued");
  }
}
