package org.barestack.format.iso;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.barestack.format.disk.Chs.Geometry;
import org.barestack.format.disk.Gpt;
import org.barestack.format.disk.GptEntry;
import org.barestack.format.disk.Mbr;
import org.barestack.format.disk.MbrEntry;
import org.barestack.format.disk.PartitionTables;
import org.barestack.format.image.Content;
import org.barestack.format.image.Medium;
import org.barestack.format.image.Run;
import org.jspecify.annotations.Nullable;

/**
 * What stands before the descriptors, for who boots the image from a disk: MBR and GPT, whose
 * partitions are parts of the image, and what stands behind all volumes: appended partitions, and
 * the backup of the GPT. Counts sectors of 512 octets where it does not say blocks.
 */
final class SystemArea {
  private static final int MBR_TABLE = 446;
  private static final int SECTOR = PartitionTables.SECTOR;

  /** Sectors of a block. */
  private static final int BLOCK = Volume.BLOCK / SECTOR;

  /** Sectors of the system area. */
  private static final int LENGTH = 16 * BLOCK;

  /**
   * Blocks of zeros behind all, since drives read ahead, and Linux could not read the last ones
   * else; what xorriso and genisoimage have there.
   */
  private static final int PADDING = 150;

  /**
   * Blocks to whose multiples partitions begin and end: as many as the system area has, since the
   * first partition begins there, and sgdisk takes as the disk's alignment what is common to all.
   */
  private static final int ALIGNED = 16;

  /** Sectors of a cylinder of 64 heads and 32 sectors, in which isohybrid counts. */
  private static final int CYLINDER = 64 * 32;

  /** Sectors by which a partition may end behind the image, which isohybrid rounds up. */
  private static final int LONGEST_CYLINDER = 255 * 63;

  /** What xorriso calls partitions that are there so that nothing is free. */
  private static final String GAP = "Gap[0-9]+";

  private static final UUID UNUSED = new UUID(0, 0);

  private final Medium source;
  private final @Nullable Mbr mbr;
  private final @Nullable Gpt gpt;
  private final long sectors;
  private final List<Appended> appended = new ArrayList<>();
  private long begin;
  private long newSectors;

  /** A partition behind all volumes. */
  private static final class Appended {
    private final long first;
    private final long end;
    private final boolean isEfi;
    private @Nullable Content content;
    private long newFirst;
    private long newEnd;

    /** Octets without those that only fill it up. */
    private long length;

    Appended(long first, long end, boolean isEfi) {
      this.first = first;
      this.end = end;
      this.isEfi = isEfi;
      this.newFirst = first;
      this.newEnd = end;
    }
  }

  /** A partition of either table. */
  private record Partition(long first, long end, boolean isEfi) {}

  /** Reads it, and refuses what cannot be kept true. */
  SystemArea(Medium source) throws IOException, IsoException {
    this.source = source;
    PartitionTables tables = PartitionTables.read(source);
    Octets first = Octets.read(source, 0, Volume.BLOCK, "system area");
    Octets second = Octets.read(source, Volume.BLOCK, Volume.BLOCK, "system area");
    if (first.has(512, (byte) 'P', (byte) 'M') || second.has(0, (byte) 'P', (byte) 'M')) {
      throw first.wrong(
          0, "an Apple partition map, which would go stale; take an image without one");
    }
    if (first.has(1024, (byte) 'B', (byte) 'D') || first.has(1024, (byte) 'H', (byte) '+')) {
      throw first.wrong(
          1024, "an HFS file system beside the ISO's, which would go stale; take one without");
    }
    this.mbr = tables.mbr().orElse(null);
    this.gpt = tables.gpt().orElse(null);
    if (gpt == null) {
      this.sectors = source.size() / SECTOR;
      return;
    }
    long other = gpt.header().other();
    if (!gpt.isSound() || gpt.header().entries() + arraySectors(gpt) > LENGTH) {
      throw first.wrong(512, "a GPT whose check sums are wrong, or that lies elsewhere; repair it");
    }
    if (other < LENGTH || other >= source.size() / SECTOR || (other + 1) % BLOCK != 0) {
      throw first.wrong(
          512 + 32,
          "the GPT's backup is to be in sector %d, but the image has %d; was it cut off?"
              .formatted(other, source.size() / SECTOR));
    }
    this.sectors = other + 1;
  }

  private static long arraySectors(Gpt gpt) {
    return Math.ceilDiv(gpt.header().count() * gpt.header().entryLength(), SECTOR);
  }

  private boolean isGap(GptEntry entry) {
    return entry.type().equals(GptEntry.BASIC_DATA) && entry.name().matches(GAP);
  }

  /** All but what is there only so that nothing is free. */
  private List<Partition> partitions() {
    List<Partition> all = new ArrayList<>();
    if (mbr != null) {
      for (MbrEntry entry : mbr.partitions()) {
        if (entry.type() != MbrEntry.PROTECTIVE) {
          all.add(new Partition(entry.start(), entry.end(), entry.type() == MbrEntry.EFI));
        }
      }
    }
    if (gpt != null) {
      for (GptEntry entry : gpt.partitions()) {
        if (!isGap(entry)) {
          all.add(
              new Partition(
                  entry.first(), entry.last() + 1, entry.type().equals(GptEntry.EFI_SYSTEM)));
        }
      }
    }
    return all;
  }

  /** Blocks where partitions begin, but for the image's begin. */
  Set<Long> begins() {
    Set<Long> begins = new HashSet<>();
    for (Partition partition : partitions()) {
      if (partition.first() > 0 && partition.first() % BLOCK == 0) {
        begins.add(partition.first() / BLOCK);
      }
    }
    return begins;
  }

  /** The partition that begins at a block and is no more than a part of the image. */
  Optional<Extent> at(long block) {
    return partitions().stream()
        .filter(one -> one.first() == block * BLOCK && one.end() > one.first())
        .filter(one -> one.end() <= source.size() / SECTOR)
        .map(one -> new Extent(block, (one.end() - one.first()) * SECTOR))
        .findFirst();
  }

  /** An EFI system partition, wherever it is. */
  Optional<Extent> efi() {
    return partitions().stream()
        .filter(one -> one.isEfi() && one.first() % BLOCK == 0)
        .flatMap(one -> at(one.first() / BLOCK).stream())
        .findFirst();
  }

  /**
   * Finds out what lies behind all volumes.
   *
   * @param used the block behind all that must stay
   * @param volume the block behind the primary volume
   */
  void divide(long used, long volume) throws IsoException {
    long limit = (gpt == null ? sectors : sectors - 1 - arraySectors(gpt)) / BLOCK;
    begin = Math.max(used, Math.min(volume, limit));
    for (Partition one : partitions()) {
      if (one.first() >= used * BLOCK && one.end() > one.first() && one.end() <= sectors) {
        append(one);
        begin = Math.min(begin, one.first() / BLOCK);
      }
    }
    appended.sort(Comparator.comparingLong(one -> one.first));
    for (int i = 1; i < appended.size(); i++) {
      if (appended.get(i).first < appended.get(i - 1).end) {
        throw refused(
            "partitions that overlap behind the volume's end, at sector " + appended.get(i).first);
      }
    }
    if (used * BLOCK > sectors) {
      throw refused("the GPT ends in sector %d, amid the volume's files".formatted(sectors));
    }
  }

  private void append(Partition one) {
    for (int i = 0; i < appended.size(); i++) {
      Appended known = appended.get(i);
      if (known.first == one.first() && known.end == one.end()) {
        appended.set(i, new Appended(known.first, known.end, known.isEfi || one.isEfi()));
        return;
      }
    }
    appended.add(new Appended(one.first(), one.end(), one.isEfi()));
  }

  private static IsoException refused(String problem) {
    return new IsoException(new Place(0, "partition table"), problem);
  }

  /** The block where something new may begin. */
  long begin() {
    return begin;
  }

  /** Whether what stands at a block is behind all volumes. */
  boolean isAppended(long block) {
    return appended.stream().anyMatch(one -> one.first == block * BLOCK);
  }

  /** Where a partition behind all volumes begins now, and the octets of what is in it. */
  Extent moved(long block) {
    return appended.stream()
        .filter(one -> one.first == block * BLOCK)
        .map(one -> new Extent(one.newFirst / BLOCK, one.length))
        .findFirst()
        .orElseThrow();
  }

  /** Gives all appended EFI system partitions, and that at a block, another content. */
  boolean replaceEfi(Content content, long block) {
    boolean any = false;
    for (Appended one : appended) {
      if (one.isEfi || one.first == block * BLOCK) {
        one.content = content;
        any = true;
      }
    }
    return any;
  }

  /** Whether all contents fit where partitions are. */
  boolean fits() {
    return appended.stream()
        .allMatch(one -> {
          Content content = one.content;
          return content == null || content.length() <= (one.end - one.first) * SECTOR;
        });
  }

  /** Puts contents where partitions are, with zeros behind them. */
  void replaceInPlace(Patches patches) throws IsoException {
    for (Appended one : appended) {
      Content content = one.content;
      if (content != null) {
        if (one.first % BLOCK != 0 || one.end % BLOCK != 0) {
          throw refused("a partition that does not begin and end with a block");
        }
        patches.replace(one.first / BLOCK, (one.end - one.first) / BLOCK, content);
      }
    }
    newSectors = sectors;
  }

  private static long aligned(long blocks) {
    return Math.ceilDiv(blocks, ALIGNED) * ALIGNED;
  }

  /**
   * Puts all that was behind the volumes behind what is new, and finds where the image ends.
   *
   * @return the block where the volumes end
   */
  long place(Layout layout) {
    layout.align(ALIGNED);
    final long data = layout.end();
    for (Appended one : appended) {
      long length = (one.end - one.first) * SECTOR;
      Content content = one.content;
      Content now =
          content == null
              ? new Content(List.of(new Run.OfSource(one.first * SECTOR, length)))
              : content;
      one.length = Math.max(length, now.length());
      long blocks = aligned(Math.ceilDiv(one.length, Volume.BLOCK));
      long block = layout.take(blocks);
      layout.put(block, Contents.padded(now, blocks * Volume.BLOCK));
      one.newFirst = block * BLOCK;
      one.newEnd = one.newFirst + blocks * BLOCK;
    }
    long least = layout.take(PADDING) * BLOCK + PADDING * BLOCK;
    least += gpt == null ? 0 : arraySectors(gpt) + 1;
    long unit = isInCylinders() ? CYLINDER : (long) ALIGNED * BLOCK;
    newSectors = Math.ceilDiv(least, unit) * unit;
    long had = layout.take(0);
    layout.take(newSectors / BLOCK - had);
    return data;
  }

  /** As isohybrid pads its images. */
  private boolean isInCylinders() {
    return mbr != null
        && sectors % CYLINDER == 0
        && mbr.partitions().stream().anyMatch(one -> one.start() == 0 && one.end() == sectors);
  }

  /**
   * Where a volume ends that ended at a block.
   *
   * @param data the block behind all that is new
   */
  long volumeEnd(long end, long data) {
    if (end > begin) {
      for (Appended one : appended) {
        if (Math.ceilDiv(one.end, BLOCK) == end) {
          return Math.ceilDiv(one.newEnd, BLOCK);
        }
      }
      return Math.max(data, (newSectors - sectors) / BLOCK + end);
    }
    return appended.isEmpty() ? newSectors / BLOCK : data;
  }

  /**
   * Writes the tables anew.
   *
   * @param data the block behind all that is new of the volumes
   * @param moved blocks of files that stand elsewhere now, and where
   */
  void write(Patches patches, Layout layout, long data, Map<Long, NewFile> moved)
      throws IOException, IsoException {
    if (newSectors >>> 32 != 0 && mbr != null) {
      throw refused("with that, the image has more than 2 TiB, which an MBR cannot tell of");
    }
    if (mbr != null) {
      Mbr changed = mbr;
      Geometry geometry = Geometry.ofImage(newSectors);
      for (MbrEntry entry : mbr.partitions()) {
        Partition now =
            entry.type() == MbrEntry.PROTECTIVE
                ? new Partition(
                    entry.start(),
                    entry.start() < LENGTH && entry.end() >= sectors ? newSectors : entry.end(),
                    false)
                : now(entry.start(), entry.end(), data, moved);
        if (now.first() != entry.start() || now.end() != entry.end()) {
          changed = changed.with(entry.withRange(now.first(), now.end() - now.first(), geometry));
        }
      }
      patches.put(MBR_TABLE, Arrays.copyOfRange(changed.octets(), MBR_TABLE, SECTOR));
    }
    if (gpt != null) {
      write(gpt, patches, layout, data, moved);
    }
  }

  private void write(Gpt old, Patches patches, Layout layout, long data, Map<Long, NewFile> moved)
      throws IOException, IsoException {
    Gpt changed = old;
    List<Partition> before = new ArrayList<>();
    List<Partition> after = new ArrayList<>();
    for (GptEntry entry : old.partitions()) {
      if (!isGap(entry)) {
        Partition now = now(entry.first(), entry.last() + 1, data, moved);
        changed = changed.with(entry.withRange(now.first(), now.end() - 1));
        before.add(new Partition(entry.first(), entry.last() + 1, false));
        after.add(now);
      }
    }
    for (GptEntry entry : old.partitions()) {
      if (isGap(entry)) {
        changed = changed.with(gap(entry, before, after));
      }
    }
    var octets = changed.resized(newSectors).octets();
    long end = newSectors / BLOCK;
    long block = (newSectors - 1 - arraySectors(old)) / BLOCK;
    byte[] backup = new byte[(int) (end - block) * Volume.BLOCK];
    for (var one : octets.entrySet()) {
      if (one.getKey() < (long) LENGTH * SECTOR) {
        patches.put(one.getKey(), one.getValue());
      } else {
        int at = (int) (one.getKey() - block * Volume.BLOCK);
        System.arraycopy(one.getValue(), 0, backup, at, one.getValue().length);
      }
    }
    layout.put(block, backup);
  }

  /** What lies between the partitions before it and behind it, or nothing. */
  private GptEntry gap(GptEntry entry, List<Partition> before, List<Partition> after) {
    long first = entry.first();
    long end = entry.last() + 1 + newSectors - sectors;
    for (int i = 0; i < before.size(); i++) {
      if (before.get(i).first() < entry.first()) {
        first = Math.max(first, after.get(i).end());
      } else {
        end = Math.min(end, after.get(i).first());
      }
    }
    return first < end
        ? entry.withRange(first, end - 1)
        : new GptEntry(entry.number(), UNUSED, UNUSED, 0, 0, 0, "");
  }

  /** Where a partition is now that was there. */
  private Partition now(long first, long end, long data, Map<Long, NewFile> moved)
      throws IsoException {
    for (Appended one : appended) {
      if (one.first == first && one.end == end) {
        return new Partition(one.newFirst, one.newEnd, false);
      }
    }
    NewFile file = first % BLOCK == 0 ? moved.get(first / BLOCK) : null;
    if (file != null) {
      long to = file.block() * BLOCK;
      return new Partition(to, to + file.blocks() * BLOCK, false);
    }
    long border = begin * BLOCK;
    if (end < border - BLOCK + 1) {
      return new Partition(first, end, false);
    }
    if (first >= border) {
      throw refused("a partition from sector %d on, in the padding".formatted(first));
    }
    if (!appended.isEmpty() && end <= border) {
      return new Partition(first, data * BLOCK, false);
    }
    if (!appended.isEmpty() && end < appended.getLast().end) {
      throw refused("a partition that ends in sector %d, amid an appended one".formatted(end));
    }
    if (end > sectors + LONGEST_CYLINDER) {
      throw refused("a partition that ends in sector %d, behind the image's end".formatted(end));
    }
    return new Partition(first, Math.max(data * BLOCK, newSectors - (sectors - end)), false);
  }
}
