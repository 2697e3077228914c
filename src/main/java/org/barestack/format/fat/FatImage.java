package org.barestack.format.fat;

import java.io.IOException;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.barestack.format.image.Medium;

/**
 * A FAT file system of 12, 16 or 32 bits, with long names, read as Linux and UEFI firmware read it.
 * Nothing of it is trusted: what cannot be read, belongs to two files, or asks for more than {@link
 * Limits} allows is a {@link FatException}, and then the whole is refused. Threads may read at the
 * same time.
 */
public final class FatImage {
  /** What no path can have in it: control characters, halves of characters, what parts names. */
  private static final Pattern WRONG = Pattern.compile("[\\p{Cc}\\p{Cs}/]|^\\.{0,2}$");

  private final Medium medium;
  private final long offset;
  private final long length;
  private final Layout layout;
  private final byte[] boot;
  private final Table table;
  private final TreeMap<String, Node> nodes = new TreeMap<>();
  private final int[] rootChain;
  private final byte[] root;
  private long directories;

  /** An entry with its clusters; of a directory's they are not kept. */
  private static final class Node {
    private final FatEntry entry;
    private final int[] chain;

    private Node(FatEntry entry, int[] chain) {
      this.entry = entry;
      this.chain = chain;
    }
  }

  private FatImage(Medium medium, long offset, long length) throws IOException, FatException {
    this.medium = medium;
    this.offset = offset;
    this.length = Math.min(length, medium.size() - offset);
    if (offset < 0 || this.length < Layout.BOOT) {
      throw new FatException("boot sector", "there are only " + this.length + " octets");
    }
    this.boot = octets(0, Layout.BOOT);
    this.layout = Layout.read(boot, this.length);
    this.table =
        Table.read(
            layout.type(),
            octets(
                layout.table(layout.active()), (int) layout.type().tableLength(layout.clusters())),
            layout.clusters());
    Chains chains = new Chains(layout, table);
    if (layout.type() == FatType.FAT32) {
      this.rootChain = directoryChain(chains, layout.rootCluster(), "root directory");
      this.root = directory(rootChain);
    } else {
      this.rootChain = new int[0];
      this.root = octets(layout.root(), layout.rootSlots() * Slot.LENGTH);
    }
    walk(chains, "", root, 0);
  }

  /**
   * Reads one, with all of its directories.
   *
   * @param offset octets from the medium's begin to the boot sector
   * @param length octets where it may lie; it may be shorter
   * @throws IOException if the medium cannot be read
   * @throws FatException if it is none that can be read; the message begins with the place
   */
  public static FatImage read(Medium medium, long offset, long length)
      throws IOException, FatException {
    return new FatImage(medium, offset, length);
  }

  private byte[] octets(long from, int count) throws IOException {
    byte[] octets = new byte[count];
    medium.read(offset + from, octets, 0, count);
    return octets;
  }

  private int[] directoryChain(Chains chains, int first, String place) throws FatException {
    int[] chain = chains.take(first, Limits.DIRECTORY / layout.clusterLength(), place);
    directories += (long) chain.length * layout.clusterLength();
    if (chain.length == 0) {
      throw new FatException(place, "a directory without a cluster");
    }
    if (directories > Limits.DIRECTORIES) {
      throw new FatException(
          place, "with it, the directories are longer than " + (Limits.DIRECTORIES >> 20) + " MiB");
    }
    return chain;
  }

  private byte[] directory(int[] chain) throws IOException {
    return Chains.read(medium, offset, layout, chain, chain.length * layout.clusterLength());
  }

  private void walk(Chains chains, String above, byte[] directory, int depth)
      throws IOException, FatException {
    Set<String> names = new HashSet<>();
    for (Slot slot : Slot.all(directory, layout.type())) {
      if (slot.isVolume()) {
        continue;
      }
      String path = above + slot.name();
      String place = (slot.isDirectory() ? "directory " : "file ") + path;
      if (WRONG.matcher(slot.name()).find()) {
        throw new FatException(place, "a name that no file can have");
      }
      if (!names.add(slot.name().toUpperCase(Locale.ROOT))) {
        throw new FatException(place, "two entries have this name");
      }
      if (nodes.size() == Limits.ENTRIES) {
        throw new FatException(
            place, "there are more than " + Limits.ENTRIES + " files and directories");
      }
      if (slot.isDirectory()) {
        if (depth == Limits.DEPTH) {
          throw new FatException(place, "lies more than " + Limits.DEPTH + " directories deep");
        }
        put(slot, path, new int[0]);
        int[] chain = directoryChain(chains, slot.cluster(), place);
        walk(chains, path + "/", directory(chain), depth + 1);
      } else {
        int[] chain = chains.take(slot.cluster(), Integer.MAX_VALUE, place);
        if (slot.length() > (long) chain.length * layout.clusterLength()) {
          throw new FatException(
              place,
              "it has %d octets, and its chain ends after %d clusters of %d"
                  .formatted(slot.length(), chain.length, layout.clusterLength()));
        }
        put(slot, path, chain);
      }
    }
  }

  private void put(Slot slot, String path, int[] chain) {
    FatEntry entry =
        new FatEntry(
            path, slot.isDirectory(), slot.isDirectory() ? 0 : slot.length(), date(slot.date()));
    nodes.put(path, new Node(entry, chain));
  }

  private static LocalDateTime date(int date) {
    int day = date >>> 16;
    try {
      return LocalDateTime.of(
          1980 + (day >> 9),
          (day >> 5) & 0xf,
          day & 0x1f,
          (date >> 11) & 0x1f,
          (date >> 5) & 0x3f,
          (date & 0x1f) * 2);
    } catch (DateTimeException e) {
      return LocalDateTime.of(1980, 1, 1, 0, 0);
    }
  }

  /** Everything below the root, sorted by path, so that a directory comes before what it has. */
  public List<FatEntry> entries() {
    return nodes.values().stream().map(node -> node.entry).toList();
  }

  /** What has that path, if anything has; upper and lower case are the same, as for firmware. */
  public Optional<FatEntry> entry(String path) {
    return node(path).map(node -> node.entry);
  }

  private Optional<Node> node(String path) {
    Node exact = nodes.get(path);
    return exact != null
        ? Optional.of(exact)
        : nodes.values().stream()
            .filter(one -> one.entry.path().equalsIgnoreCase(path))
            .findFirst();
  }

  /**
   * What a file holds; upper and lower case are the same.
   *
   * @throws FatException if there is no such file, or it is longer than 1 GiB
   * @throws IOException if the medium cannot be read
   */
  public byte[] content(String path) throws IOException, FatException {
    Node node =
        node(path)
            .filter(one -> !one.entry.isDirectory())
            .orElseThrow(() -> new FatException("file " + path, "there is none"));
    if (node.entry.length() > Limits.WHOLE) {
      throw new FatException("file " + path, "it is longer than 1 GiB");
    }
    return Chains.read(medium, offset, layout, node.chain, (int) node.entry.length());
  }

  /** Which kind it is. */
  public FatType type() {
    return layout.type();
  }

  /** Octets of the file system, which may be fewer than where it lies. */
  public long length() {
    return layout.length();
  }

  /** Octets of a cluster. */
  public int clusterLength() {
    return layout.clusterLength();
  }

  /** Octets of clusters that nobody has. */
  public long free() {
    long free = 0;
    for (int cluster = 2; cluster <= layout.clusters() + 1; cluster++) {
      free += table.get(cluster) == 0 ? layout.clusterLength() : 0;
    }
    return free;
  }

  /** The root directory's label, as Linux shows it, else the boot sector's; empty for none. */
  public String label() {
    Optional<Slot> slot = labelSlot(root, layout.type());
    int at = layout.type() == FatType.FAT32 ? 71 : 43;
    byte[] label =
        slot.isPresent()
            ? Arrays.copyOfRange(root, slot.get().at(), slot.get().at() + 11)
            : Arrays.copyOfRange(boot, at, at + (isExtended() ? 11 : 0));
    String text = new String(label, Slot.CODE_PAGE).stripTrailing();
    return text.equals("NO NAME") ? "" : text;
  }

  static Optional<Slot> labelSlot(byte[] root, FatType type) {
    return Slot.all(root, type).stream().filter(one -> one.isVolume()).findFirst();
  }

  /** Its number of 32 bits; 0 if it has none. */
  public long volumeId() {
    int at = layout.type() == FatType.FAT32 ? 67 : 39;
    return isExtended() ? Little.get32(boot, at) : 0;
  }

  private boolean isExtended() {
    return boot[layout.type() == FatType.FAT32 ? 66 : 38] == 0x29;
  }

  /**
   * The file system anew with those files in it, new ones or others for some that are there;
   * directories come into being. As long as it was if the files fit, else as much longer as they
   * need. All else stays where it is and as it is. What is new bears the date of the volume's
   * label, else the newest one that is there. The same files give the same octets.
   *
   * @param files by path
   * @throws FatException if a name or place is none for a file, the files do not fit into its kind
   *     of FAT, or it cannot be read now
   */
  public byte[] with(Map<String, byte[]> files) throws FatException {
    return with(files, Limits.WHOLE);
  }

  /**
   * The same, refused if the file system would be longer than that.
   *
   * @param most octets; El Torito's 16-bit count ends just below 32 MiB
   */
  public byte[] with(Map<String, byte[]> files, long most) throws FatException {
    if (length > Limits.WHOLE) {
      throw new FatException("file system", "it is longer than 1 GiB");
    }
    try {
      Rewrite rewrite = new Rewrite(octets(0, (int) length), layout, table.copy(), newest());
      for (Map.Entry<String, byte[]> file : new TreeMap<>(files).entrySet()) {
        rewrite.put(file.getKey(), file.getValue());
      }
      return rewrite.finish(most);
    } catch (IOException e) {
      throw new FatException("file system", "it cannot be read: " + e.getMessage());
    }
  }

  /** What new entries bear, as it is recorded. */
  private int newest() {
    int label = labelSlot(root, layout.type()).map(Slot::date).orElse(0);
    if (label >>> 16 != 0) {
      return label;
    }
    LocalDateTime newest =
        nodes.values().stream()
            .map(node -> node.entry.modified())
            .max(LocalDateTime::compareTo)
            .orElse(LocalDateTime.of(1980, 1, 1, 0, 0));
    int day =
        ((newest.getYear() - 1980) << 9) | (newest.getMonthValue() << 5) | newest.getDayOfMonth();
    int time = (newest.getHour() << 11) | (newest.getMinute() << 5) | (newest.getSecond() / 2);
    return (day << 16) | time;
  }
}
