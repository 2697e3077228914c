package org.barestack.format.fat;

/**
 * Where what is, in a FAT file system, as its boot sector says (§3.1 to §3.3); sectors and clusters
 * count as there.
 *
 * @param sectorLength octets
 * @param clusterSectors sectors of a cluster
 * @param reserved sectors before the first table
 * @param tables 1 or 2; more are allowed
 * @param tableSectors of each table
 * @param rootSlots of the root directory; 0 for FAT32, where it is a chain
 * @param rootCluster where that chain begins; 0 for the others
 * @param sectors of the whole
 * @param clusters that there are; their numbers begin at 2
 * @param active the table that counts, from 0
 */
record Layout(
    FatType type,
    int sectorLength,
    int clusterSectors,
    int reserved,
    int tables,
    long tableSectors,
    int rootSlots,
    int rootCluster,
    long sectors,
    int clusters,
    int active) {
  /** Octets of the boot sector that are read. */
  static final int BOOT = 512;

  private static final String PLACE = "boot sector";

  /**
   * Reads it; FAT32 is told from the others as Linux and EDK2 do it: by the short table length,
   * which is 0.
   *
   * @param length octets where the file system may lie
   */
  static Layout read(byte[] boot, long length) throws FatException {
    int sectorLength = Little.get16(boot, 11);
    int clusterSectors = boot[13] & 0xff;
    int reserved = Little.get16(boot, 14);
    int tables = boot[16] & 0xff;
    int rootSlots = Little.get16(boot, 17);
    int media = boot[21] & 0xff;
    need(
        Integer.bitCount(sectorLength) == 1 && sectorLength >= 512 && sectorLength <= 4096,
        "no FAT file system: sectors of " + sectorLength + " octets");
    need(
        Integer.bitCount(clusterSectors) == 1,
        "no FAT file system: clusters of " + clusterSectors + " sectors");
    need(media == 0xf0 || media >= 0xf8, "no FAT file system: media type %#x".formatted(media));
    need(reserved > 0 && tables > 0, "no FAT file system: no room for its table");
    long shortTable = Little.get16(boot, 22);
    boolean is32 = shortTable == 0;
    long tableSectors = is32 ? Little.get32(boot, 36) : shortTable;
    long sectors = Little.get16(boot, 19);
    sectors = sectors == 0 ? Little.get32(boot, 32) : sectors;
    need(
        sectors * sectorLength <= length,
        "it says that it has %d sectors of %d octets, and lies in %d octets"
            .formatted(sectors, sectorLength, length));
    need(
        rootSlots * Slot.LENGTH % sectorLength == 0 && (rootSlots == 0) == is32,
        "a root directory of " + rootSlots + " entries");
    need(
        tableSectors > 0 && tableSectors * sectorLength <= Limits.TABLE,
        "a table of " + tableSectors + " sectors");
    int flags = is32 ? Little.get16(boot, 40) : 0;
    int active = (flags & 0x80) == 0 ? 0 : flags & 0xf;
    need(active < tables, "table " + (active + 1) + " counts, of " + tables);
    need(!is32 || Little.get16(boot, 42) == 0, "FAT32 of an unknown version");
    long data = reserved + tables * tableSectors + (long) rootSlots * Slot.LENGTH / sectorLength;
    long clusters = (sectors - data) / clusterSectors;
    need(sectors > data && clusters > 0, "no sectors behind its tables");
    FatType type =
        is32 ? FatType.FAT32 : clusters <= FatType.FAT12.most() ? FatType.FAT12 : FatType.FAT16;
    need(clusters <= type.most(), clusters + " clusters, which no FAT can count");
    long counted = tableSectors * sectorLength * 8 / type.bits() - 2;
    need(counted > 0, "a table for no cluster");
    return new Layout(
        type,
        sectorLength,
        clusterSectors,
        reserved,
        tables,
        tableSectors,
        rootSlots,
        is32 ? (int) Little.get32(boot, 44) & 0x0fff_ffff : 0,
        sectors,
        (int) Math.min(clusters, counted),
        active);
  }

  private static void need(boolean holds, String problem) throws FatException {
    if (!holds) {
      throw new FatException(PLACE, problem);
    }
  }

  int clusterLength() {
    return sectorLength * clusterSectors;
  }

  /** Octets from the begin to the table of that number, from 0. */
  long table(int number) {
    return (reserved + number * tableSectors) * sectorLength;
  }

  /** Octets from the begin to the root directory, if it is no chain. */
  long root() {
    return table(tables);
  }

  /** Octets from the begin to the first cluster. */
  long data() {
    return root() + (long) rootSlots * Slot.LENGTH;
  }

  /** Octets from the begin to a cluster. */
  long cluster(int number) {
    return data() + (number - 2L) * clusterLength();
  }

  /** Octets of the whole. */
  long length() {
    return sectors * sectorLength;
  }

  /**
   * The same with more clusters: the smallest that has them. Its length is a multiple of 2048
   * octets, so that it fills the sectors of a disc.
   */
  Layout withClusters(int more) throws FatException {
    if (more > type.most()) {
      throw new FatException(
          "file system",
          "it needs %d clusters of %d octets, and %s has at most %d; make it anew with larger ones"
              .formatted(more, clusterLength(), type, type.most()));
    }
    long needed = Math.ceilDiv(type.tableLength(more), sectorLength);
    long grownTable = Math.max(tableSectors, needed);
    long before = reserved + tables * grownTable + (long) rootSlots * Slot.LENGTH / sectorLength;
    int disc = Math.max(1, 2048 / sectorLength);
    long all = Math.ceilDiv(before + (long) more * clusterSectors, disc) * disc;
    // what was added for the disc's sake must not be clusters that the table has no room for
    int fit = (int) Math.min((all - before) / clusterSectors, type.most());
    if (type.tableLength(fit) > grownTable * sectorLength) {
      grownTable++;
      before += tables;
      all = Math.ceilDiv(before + (long) fit * clusterSectors, disc) * disc;
      fit = (int) ((all - before) / clusterSectors);
    }
    if ((all - before) / clusterSectors > type.most()) {
      all = before + (long) type.most() * clusterSectors;
      fit = type.most();
    }
    return new Layout(
        type,
        sectorLength,
        clusterSectors,
        reserved,
        tables,
        grownTable,
        rootSlots,
        rootCluster,
        all,
        fit,
        active);
  }

  /** Writes what {@link #withClusters} changes. */
  void write(byte[] boot) {
    boolean isShort = type != FatType.FAT32 && sectors < 1 << 16;
    Little.put16(boot, 19, isShort ? (int) sectors : 0);
    Little.put32(boot, 32, isShort ? 0 : sectors);
    if (type == FatType.FAT32) {
      Little.put32(boot, 36, tableSectors);
    } else {
      Little.put16(boot, 22, (int) tableSectors);
    }
  }
}
