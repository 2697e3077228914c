package org.barestack.format.iso;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.barestack.format.image.Medium;
import org.barestack.format.iso.Description.Kind;
import org.barestack.format.iso.VolumeSet.Descriptor;

/**
 * All descriptors of an image and all trees to which they lead: those from sector 16 on, copies of
 * them (xorriso's table of contents), and those that count from a partition's begin (its {@code
 * -partition_offset}).
 */
final class Trees {
  private static final int FIRST = 16;

  /** Where further descriptors are looked for, before the first directory. */
  private static final int SCANNED = 256;

  /**
   * A later session has a copy of its descriptors so many sectors before its path table, or less;
   * where nothing leads to an earlier one, it is all there is.
   */
  private static final int SESSION = 64;

  /** Volume structure descriptors of UDF (ECMA-167 §2/9.1). */
  private static final Set<String> UDF = Set.of("BEA01", "NSR02", "NSR03", "TEA01", "BOOT2");

  private final Medium source;
  private final ImageVolume read;
  private final Patches patches;
  private final List<Led> all = new ArrayList<>();
  private final List<Tree> trees = new ArrayList<>();

  /**
   * A descriptor and its tree, which may have several.
   *
   * @param isCopy whether it is in a copy of another set
   */
  record Led(Descriptor descriptor, long shift, Tree tree, boolean isCopy) {}

  /**
   * Reads all of them.
   *
   * @param partitions blocks where partitions begin
   */
  Trees(IsoImage image, Set<Long> partitions, Patches patches) throws IOException, IsoException {
    this.source = image.medium();
    this.read = image.volume();
    this.patches = patches;
    VolumeSet main = VolumeSet.read(source, 0, FIRST);
    take(main);
    long end =
        all.stream()
            .map(led -> led.descriptor().volume())
            .mapToLong(volume -> Math.min(volume.root().block(), volume.pathTables().little()))
            .min()
            .orElse(0);
    long sector = FIRST + 1L;
    for (; sector < Math.min(end, SCANNED); sector++) {
      long at = sector;
      Octets octets = Octets.read(source, at * Volume.BLOCK, Volume.BLOCK, "sector " + at);
      if (UDF.contains(octets.part(1, 5).latin())) {
        throw octets.wrong(
            1, "a UDF file system beside the ISO's, which would go stale; take an image without");
      }
      if (VolumeSet.isAt(source, at)
          && all.stream().noneMatch(led -> led.descriptor().sector() == at)) {
        further(octets, at, partitions);
      }
    }
    for (sector = Math.max(sector, end - SESSION); sector < end; sector++) {
      if (VolumeSet.isAt(source, sector)) {
        Octets octets =
            Octets.read(source, sector * Volume.BLOCK, Volume.BLOCK, "sector " + sector);
        further(octets, sector, partitions);
      }
    }
  }

  private void further(Octets octets, long sector, Set<Long> partitions)
      throws IOException, IsoException {
    for (Led led : all) {
      long shift = led.shift();
      if (octets.little32(158) == led.descriptor().volume().root().block()
          && led.descriptor().isPrimary()) {
        take(VolumeSet.read(ShiftedMedium.of(source, shift), shift, sector - shift));
        return;
      }
    }
    long shift = sector - FIRST;
    if (!partitions.contains(shift)) {
      throw sessions(sector);
    }
    take(VolumeSet.read(ShiftedMedium.of(source, shift), shift, FIRST));
  }

  private static IsoException sessions(long sector) {
    return new IsoException(
        new Place(sector * Volume.BLOCK, "volume descriptor"),
        "another primary volume here: the image has several sessions, of which only the last would"
            + " be kept true; write it anew as one session, or take the image from which it was"
            + " made");
  }

  private void take(VolumeSet set) throws IOException, IsoException {
    Medium view = ShiftedMedium.of(source, set.shift());
    boolean isCopy = all.stream().anyMatch(led -> led.shift() == set.shift());
    for (Descriptor descriptor : set.descriptors()) {
      Tree known = null;
      for (Led led : all) {
        if (led.shift() == set.shift() && led.descriptor().isOf(descriptor.volume())) {
          known = led.tree();
        }
      }
      if (known == null) {
        if (set.shift() != 0 || !descriptor.volume().equals(read)) {
          // Refuses what cannot be read.
          List<IsoEntry> _ = TreeReader.read(view, descriptor.volume());
        }
        known = new Tree(view, set.shift(), descriptor.volume(), patches);
        trees.add(known);
      } else if (!known.volume().pathTables().equals(descriptor.volume().pathTables())) {
        throw new IsoException(
            new Place(descriptor.sector() * Volume.BLOCK + 132, "volume descriptor"),
            "path tables of its own, though its tree is another descriptor's");
      }
      all.add(new Led(descriptor, set.shift(), known, isCopy));
    }
  }

  List<Led> descriptors() {
    return all;
  }

  /** Each once; the first primary one first. */
  List<Tree> all() {
    return trees;
  }

  /** The tree that is read, with Rock Ridge or Joliet. */
  Tree main(ImageVolume volume) {
    return trees.stream()
        .filter(tree -> tree.shift() == 0 && tree.volume().root().equals(volume.root()))
        .findFirst()
        .orElseThrow();
  }

  /** Notes where everything stands. */
  void occupy(Occupied occupied) {
    occupied.add("the system area", 0, FIRST * (long) Volume.BLOCK);
    for (Led led : all) {
      long at = led.descriptor().sector() * Volume.BLOCK;
      occupied.add("a volume descriptor", at, at + Volume.BLOCK);
    }
    for (Tree tree : trees) {
      long shift = tree.shift();
      ImageVolume.PathTables tables = tree.volume().pathTables();
      for (long table :
          new long[] {
            tables.little(), tables.optionalLittle(), tables.big(), tables.optionalBig()
          }) {
        if (table != 0) {
          long at = (table + shift) * Volume.BLOCK;
          occupied.add("a path table at block " + (table + shift), at, at + tables.length());
        }
      }
      tree.continued()
          .forEach(range -> occupied.add("what a record goes on in", range[0], range[1]));
      for (EditedDirectory directory : tree.directories()) {
        Extent extent = directory.source();
        long at = (extent.block() + shift) * Volume.BLOCK;
        String name = "directory /" + directory.path() + " at block " + (extent.block() + shift);
        occupied.add(name, at, at + extent.length());
        for (EditedRecord record : directory.records()) {
          ParsedRecord parsed = record.parsed();
          if (parsed != null && !parsed.isDirectory() && record.kind() == Kind.FILE) {
            Extent of = parsed.extent();
            occupied.addFile(
                "/" + directory.path() + "/" + record.name(),
                new Extent(of.block() + shift, of.length()));
          }
        }
      }
    }
  }
}
