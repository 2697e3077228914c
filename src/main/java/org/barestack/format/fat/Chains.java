package org.barestack.format.fat;

import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import org.barestack.format.image.Medium;

/** Chains of clusters, each of which belongs to one file or directory alone. */
final class Chains {
  private final Layout layout;
  private final Table table;
  private final BitSet owned = new BitSet();

  Chains(Layout layout, Table table) {
    this.layout = layout;
    this.table = table;
  }

  /**
   * The chain that begins there, which nobody else may have; so reading ends, however chains run.
   *
   * @param first 0 for none
   * @param most clusters that it may have
   */
  int[] take(int first, int most, String place) throws FatException {
    int[] chain = new int[0];
    int count = 0;
    for (int at = first; at != 0; count++) {
      if (at < 2 || at > layout.clusters() + 1) {
        throw new FatException(
            place, "its chain leads to cluster %d of 2 to %d".formatted(at, layout.clusters() + 1));
      }
      if (owned.get(at)) {
        throw new FatException(
            place, "its chain leads to cluster " + at + ", which it or another one has already");
      }
      if (count == most) {
        throw new FatException(place, "its chain has more than " + most + " clusters");
      }
      owned.set(at);
      if (count == chain.length) {
        chain = Arrays.copyOf(chain, Math.max(8, 2 * count));
      }
      chain[count] = at;
      int next = table.get(at);
      if (next == 0 || next == layout.type().bad()) {
        throw new FatException(place, "its chain breaks off at cluster " + at);
      }
      at = table.isEnd(next) ? 0 : next;
    }
    return Arrays.copyOf(chain, count);
  }

  /** What such a chain has; the first octets. */
  static byte[] read(Medium medium, long offset, Layout layout, int[] chain, int length)
      throws IOException {
    byte[] octets = new byte[length];
    int cluster = layout.clusterLength();
    for (int i = 0; i * (long) cluster < length; i++) {
      int at = i * cluster;
      medium.read(offset + layout.cluster(chain[i]), octets, at, Math.min(cluster, length - at));
    }
    return octets;
  }
}
