package org.barestack.format.fat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A file system that is changed in memory. It was read before, so that its chains are known to be
 * sound. Clusters that are not there yet come into being behind the last one.
 */
final class Rewrite {
  private static final Pattern NAME =
      Pattern.compile("[^\\p{Cc}\\p{Cs}\"*/:<>?\\\\|]{0,254}[^\\p{Cc}\\p{Cs}\"*/:<>?\\\\|. ]");

  private static final int ARCHIVE = 0x20;
  private static final long FREE_COUNT_UNKNOWN = 0xffff_ffffL;

  private final byte[] image;
  private final Layout layout;
  private final Table table;
  private final int date;

  /** Clusters behind the last one. */
  private final List<byte[]> more = new ArrayList<>();

  private boolean isChanged;
  private int next = 2;

  /**
   * Of such an image.
   *
   * @param image changed in place
   * @param date what new entries bear
   */
  Rewrite(byte[] image, Layout layout, Table table, int date) {
    this.image = image;
    this.layout = layout;
    this.table = table;
    this.date = date;
  }

  /** A directory's octets, and where they belong. */
  private final class Directory {
    private final int first;
    private final List<Integer> chain;
    private final String place;
    private byte[] octets;

    /** That which begins there; the root if that is 0. */
    Directory(int cluster, String place) {
      this.first = cluster;
      this.place = place;
      this.chain =
          chain(cluster == 0 && layout.type() == FatType.FAT32 ? layout.rootCluster() : cluster);
      this.octets =
          chain.isEmpty()
              ? Arrays.copyOfRange(image, (int) layout.root(), (int) layout.data())
              : content(chain);
    }

    Optional<Slot> find(String name) {
      return Slot.all(octets, layout.type()).stream()
          .filter(slot -> !slot.isVolume() && slot.isCalled(name))
          .findFirst();
    }

    void write() {
      isChanged = true;
      if (chain.isEmpty()) {
        System.arraycopy(octets, 0, image, (int) layout.root(), octets.length);
      } else {
        store(chain, octets);
      }
    }

    /** Writes where an entry's content is. */
    void point(int at, int cluster, long length) {
      if (layout.type() == FatType.FAT32) {
        Little.put16(octets, at + 20, cluster >>> 16);
      }
      Little.put16(octets, at + 26, cluster);
      Little.put32(octets, at + 28, length);
      write();
    }

    /** Adds an entry, which has no content yet; returns where it is. */
    int add(String name, int attributes) throws FatException {
      byte[] alias = ShortNames.of(name, this::isTaken);
      int parts = ShortNames.isShort(name) ? 0 : Math.ceilDiv(name.length(), Slot.UNITS);
      int at = room((parts + 1) * Slot.LENGTH);
      for (int part = parts; part > 0; part--, at += Slot.LENGTH) {
        longName(at, name, part, part == parts, ShortNames.checksum(alias));
      }
      Arrays.fill(octets, at, at + Slot.LENGTH, (byte) 0);
      System.arraycopy(alias, 0, octets, at, alias.length);
      octets[at + 11] = (byte) attributes;
      dates(octets, at);
      return at;
    }

    private boolean isTaken(byte[] alias) {
      for (int at = 0; at < octets.length && octets[at] != 0; at += Slot.LENGTH) {
        if ((octets[at + 11] & Slot.VOLUME) == 0
            && Arrays.equals(octets, at, at + 11, alias, 0, 11)) {
          return true;
        }
      }
      return false;
    }

    /** Finds free slots in a row, and makes the directory longer if there are none. */
    private int room(int length) throws FatException {
      int end = 0;
      while (end < octets.length && octets[end] != 0) {
        end += Slot.LENGTH;
      }
      int from = 0;
      for (int at = 0; at < end && at - from < length; at += Slot.LENGTH) {
        if ((octets[at] & 0xff) != Slot.FREE) {
          from = at + Slot.LENGTH;
        }
      }
      while (from + length > octets.length) {
        lengthen();
      }
      // behind the first slot that was never used, there may be anything
      if (from + length > end && from + length < octets.length) {
        octets[from + length] = 0;
      }
      return from;
    }

    private void lengthen() throws FatException {
      if (chain.isEmpty()) {
        throw new FatException(
            place, "it has room for %d entries and no more".formatted(layout.rootSlots()));
      }
      if (octets.length + layout.clusterLength() > Limits.DIRECTORY) {
        throw new FatException(place, "it has 65,536 entries, and no room for more");
      }
      int cluster = allocate();
      table.set(chain.getLast(), cluster);
      chain.add(cluster);
      octets = Arrays.copyOf(octets, octets.length + layout.clusterLength());
    }

    private void longName(int at, String name, int part, boolean isLast, int checksum) {
      Arrays.fill(octets, at, at + Slot.LENGTH, (byte) 0);
      octets[at] = (byte) (part | (isLast ? 0x40 : 0));
      octets[at + 11] = Slot.LONG;
      octets[at + 13] = (byte) checksum;
      for (int i = 0; i < Slot.UNITS; i++) {
        int unit = (part - 1) * Slot.UNITS + i;
        int value = unit < name.length() ? name.charAt(unit) : unit == name.length() ? 0 : 0xffff;
        Little.put16(octets, at + Slot.UNITS_AT[i], value);
      }
    }
  }

  private void dates(byte[] octets, int at) {
    Little.put16(octets, at + 14, date);
    Little.put16(octets, at + 16, date >>> 16);
    Little.put16(octets, at + 18, date >>> 16);
    Little.put16(octets, at + 22, date);
    Little.put16(octets, at + 24, date >>> 16);
  }

  /** A file more, or another content for one that is there. */
  void put(String path, byte[] content) throws FatException {
    String place = "file " + path;
    String[] names = path.split("/", -1);
    if (names.length > Limits.DEPTH) {
      throw new FatException(place, "lies more than " + Limits.DEPTH + " directories deep");
    }
    Directory directory = new Directory(0, "root directory");
    for (int i = 0; i < names.length - 1; i++) {
      check(names[i], place);
      directory = below(directory, names[i], place);
    }
    String name = names[names.length - 1];
    check(name, place);
    Optional<Slot> slot = directory.find(name);
    if (slot.isEmpty()) {
      int at = directory.add(name, ARCHIVE);
      List<Integer> chain = filled(content, List.of());
      directory.point(at, chain.isEmpty() ? 0 : chain.getFirst(), content.length);
    } else if (slot.get().isDirectory()) {
      throw new FatException(place, "a directory has this name");
    } else {
      replace(directory, slot.get(), content);
    }
  }

  private void check(String name, String place) throws FatException {
    if (!NAME.matcher(name).matches() || name.length() > 255) {
      throw new FatException(
          place,
          "'%s' is no name for FAT: 1 to 255 characters, none of \"*/:<>?\\|, no dot or space last"
              .formatted(name));
    }
  }

  private Directory below(Directory directory, String name, String place) throws FatException {
    Optional<Slot> slot = directory.find(name);
    if (slot.isPresent()) {
      if (!slot.get().isDirectory()) {
        throw new FatException(place, "'%s' is a file".formatted(name));
      }
      return new Directory(slot.get().cluster(), "directory " + name);
    }
    int at = directory.add(name, Slot.DIRECTORY);
    int cluster = allocate();
    byte[] octets = new byte[layout.clusterLength()];
    dots(octets, 0, ".", cluster);
    dots(octets, Slot.LENGTH, "..", directory.first);
    store(List.of(cluster), octets);
    directory.point(at, cluster, 0);
    return new Directory(cluster, "directory " + name);
  }

  /** §6.5; of the root, its number is 0 here, for FAT32 too. */
  private void dots(byte[] octets, int at, String name, int cluster) {
    byte[] padded =
        "%-11s".formatted(name).toUpperCase(Locale.ROOT).getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(padded, 0, octets, at, padded.length);
    octets[at + 11] = Slot.DIRECTORY;
    dates(octets, at);
    Little.put16(octets, at + 20, layout.type() == FatType.FAT32 ? cluster >>> 16 : 0);
    Little.put16(octets, at + 26, cluster);
  }

  private void replace(Directory directory, Slot slot, byte[] content) {
    List<Integer> old = chain(slot.cluster());
    if (slot.length() == content.length
        && Arrays.equals(Arrays.copyOf(content(old), content.length), content)) {
      return;
    }
    List<Integer> chain = filled(content, old);
    directory.point(slot.at(), chain.isEmpty() ? 0 : chain.getFirst(), content.length);
  }

  /** Puts a content into the clusters that were there, and into free ones; frees what is over. */
  private List<Integer> filled(byte[] content, List<Integer> old) {
    int count = Math.ceilDiv(content.length, layout.clusterLength());
    List<Integer> chain = new ArrayList<>(old.subList(0, Math.min(count, old.size())));
    for (int cluster : old.subList(chain.size(), old.size())) {
      table.set(cluster, 0);
      next = Math.min(next, cluster);
    }
    while (chain.size() < count) {
      chain.add(allocate());
    }
    for (int i = 0; i < count; i++) {
      if (i == count - 1) {
        table.end(chain.get(i));
      } else {
        table.set(chain.get(i), chain.get(i + 1));
      }
    }
    store(chain, content);
    return chain;
  }

  private List<Integer> chain(int first) {
    List<Integer> chain = new ArrayList<>();
    for (int at = first; at != 0; at = table.isEnd(table.get(at)) ? 0 : table.get(at)) {
      chain.add(at);
    }
    return chain;
  }

  /** The first free cluster, as the end of a chain, with zeros in it. */
  private int allocate() {
    isChanged = true;
    int known = layout.clusters() + more.size();
    while (next <= known + 1 && table.get(next) != 0) {
      next++;
    }
    if (next > known + 1) {
      more.add(new byte[layout.clusterLength()]);
      if (table.clusters() < known + 1) {
        table.grow(2 * known + 1);
      }
    }
    int cluster = next++;
    table.end(cluster);
    store(List.of(cluster), new byte[layout.clusterLength()]);
    return cluster;
  }

  private byte[] content(List<Integer> chain) {
    int length = layout.clusterLength();
    byte[] content = new byte[chain.size() * length];
    for (int i = 0; i < chain.size(); i++) {
      int cluster = chain.get(i);
      int beyond = cluster - 2 - layout.clusters();
      System.arraycopy(
          beyond < 0 ? image : more.get(beyond),
          beyond < 0 ? (int) layout.cluster(cluster) : 0,
          content,
          i * length,
          length);
    }
    return content;
  }

  /** Writes into clusters, and zeros behind the end. */
  private void store(List<Integer> chain, byte[] content) {
    int length = layout.clusterLength();
    for (int i = 0; i < chain.size(); i++) {
      int cluster = chain.get(i);
      int beyond = cluster - 2 - layout.clusters();
      byte[] padded =
          Arrays.copyOf(
              Arrays.copyOfRange(content, i * length, Math.min(content.length, (i + 1) * length)),
              length);
      System.arraycopy(
          padded,
          0,
          beyond < 0 ? image : more.get(beyond),
          beyond < 0 ? (int) layout.cluster(cluster) : 0,
          length);
    }
  }

  /** All of it, as long as it was if no clusters were added. */
  byte[] finish(long most) throws FatException {
    Layout now = layout;
    byte[] out = image;
    if (!more.isEmpty()) {
      now = layout.withClusters(layout.clusters() + more.size());
      if (Math.max(now.length(), image.length) > Math.min(most, Limits.WHOLE)) {
        throw new FatException(
            "file system",
            "with these files it has %d octets, and may have at most %d"
                .formatted(now.length(), Math.min(most, Limits.WHOLE)));
      }
      out = moved(now);
    } else if (image.length > most) {
      throw new FatException(
          "file system", "it has %d octets, and may have at most %d".formatted(image.length, most));
    }
    if (isChanged) {
      table.grow(now.clusters());
      tables(out, now);
      freeCount(out, now);
    }
    return out;
  }

  private byte[] moved(Layout now) {
    // its place may be longer than the file system was, and is then filled first
    byte[] out = new byte[(int) Math.max(now.length(), image.length)];
    System.arraycopy(image, 0, out, 0, (int) layout.table(0));
    int tableLength = (int) layout.tableSectors() * layout.sectorLength();
    for (int i = 0; i < layout.tables(); i++) {
      System.arraycopy(image, (int) layout.table(i), out, (int) now.table(i), tableLength);
    }
    int rest = (int) (layout.cluster(layout.clusters() + 2) - layout.root());
    System.arraycopy(image, (int) layout.root(), out, (int) now.root(), rest);
    for (int i = 0; i < more.size(); i++) {
      int at = (int) now.cluster(layout.clusters() + 2 + i);
      System.arraycopy(more.get(i), 0, out, at, now.clusterLength());
    }
    boot(out, 0, now);
    int backup = now.type() == FatType.FAT32 ? Little.get16(image, 50) : 0;
    if (backup > 0 && backup < now.reserved()) {
      boot(out, backup * now.sectorLength(), now);
    }
    return out;
  }

  private static void boot(byte[] out, int at, Layout now) {
    byte[] sector = Arrays.copyOfRange(out, at, at + Layout.BOOT);
    now.write(sector);
    System.arraycopy(sector, 0, out, at, sector.length);
  }

  private void tables(byte[] out, Layout now) {
    int length = (int) now.tableSectors() * now.sectorLength();
    for (int i = 0; i < now.tables(); i++) {
      int at = (int) now.table(i);
      byte[] octets = Arrays.copyOfRange(out, at, at + length);
      table.write(octets);
      System.arraycopy(octets, 0, out, at, length);
    }
  }

  /** FAT32's count of free clusters (§5), where it is told. */
  private void freeCount(byte[] out, Layout now) {
    int sector = now.type() == FatType.FAT32 ? Little.get16(out, 48) : 0;
    int at = sector * now.sectorLength();
    if (sector == 0
        || sector >= now.reserved()
        || Little.get32(out, at) != 0x4161_5252L
        || Little.get32(out, at + 484) != 0x6141_7272L
        || Little.get32(out, at + 488) == FREE_COUNT_UNKNOWN) {
      return;
    }
    int free = 0;
    for (int cluster = 2; cluster <= now.clusters() + 1; cluster++) {
      free += table.get(cluster) == 0 ? 1 : 0;
    }
    Little.put32(out, at + 488, free);
  }
}
