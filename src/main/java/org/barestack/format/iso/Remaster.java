package org.barestack.format.iso;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_16BE;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.barestack.format.image.Content;
import org.barestack.format.image.Overlay;
import org.barestack.format.iso.BootCatalog.BootEntry;
import org.barestack.format.iso.ImageVolume.PathTables;
import org.barestack.format.iso.IsoEntry.IsoFile;
import org.barestack.format.iso.NewPaths.NewEntry;
import org.barestack.format.iso.Trees.Led;
import org.barestack.format.iso.VolumeSet.Descriptor;
import org.jspecify.annotations.Nullable;

/**
 * An image made anew: the old one with other files in it, as an overlay over it. Files that are not
 * put stay where they are, octet by octet. What is put goes where the old file was if that is its
 * alone and long enough, else behind the volume's end; appended partitions, padding and the backup
 * of the GPT then follow. All trees, path tables, El Torito's catalog, boot info tables, MBR and
 * GPT are kept true. What is new bears the volume's creation date, so that the same in gives the
 * same out.
 *
 * <p>A path that is put changes alone: a file that had other names too (a hard link) keeps its old
 * content under those. Firmware and partition tables follow the path.
 *
 * <p>Not for threads at the same time. The image must stay open, and files of this host as they
 * are, as long as the overlay is used.
 */
public final class Remaster {
  private static final int LABEL = 32;
  private static final int JOLIET_LABEL = 16;
  private static final byte[] CHECK_SUM = "ISO MD5SUM".getBytes(US_ASCII);

  private final IsoImage source;
  private final List<Put> puts = new ArrayList<>();
  private @Nullable String label;
  private @Nullable Content efi;

  /** A path, and either its content or a folder of this host. */
  private record Put(String path, @Nullable Content content, @Nullable Path tree) {}

  private Remaster(IsoImage source) {
    this.source = source;
  }

  /** Of an image, which stays as it is. */
  public static Remaster of(IsoImage source) {
    return new Remaster(source);
  }

  /**
   * What EFI firmware boots: the image of El Torito's EFI entry, or else the EFI system partition
   * of MBR or GPT. Its length is that of the file or partition, else what El Torito says, else what
   * its FAT says.
   *
   * @return empty if the image does not boot by EFI
   * @throws IsoException if the boot catalog or the partition tables cannot be kept true
   */
  public Optional<Extent> efiPartition() throws IOException, IsoException {
    SystemArea area = new SystemArea(source.medium());
    BootImages boot = new BootImages(source);
    Optional<BootEntry> entry = boot.efi();
    return entry.isEmpty() ? area.efi() : Optional.of(efi(area, boot, entry.get()));
  }

  private Extent efi(SystemArea area, BootImages boot, BootEntry entry)
      throws IOException, IsoException {
    long block = entry.block();
    for (IsoFile file : files(block)) {
      return file.extents().getFirst();
    }
    Optional<Extent> partition = area.at(block);
    return partition.isPresent() ? partition.get() : new Extent(block, boot.length(entry));
  }

  /** Files of one extent that begin at a block. */
  private List<IsoFile> files(long block) {
    List<IsoFile> files = new ArrayList<>();
    for (IsoEntry entry : source.entries()) {
      if (entry instanceof IsoFile file
          && file.extents().getFirst().block() == block
          && file.length() > 0
          && file.extents().size() == 1) {
        files.add(file);
      }
    }
    return files;
  }

  /**
   * Puts a file, or another content for one that is there, which keeps its permissions; a new one
   * has 0644. Folders come into being, with 0755. Of a path that is put more than once, the last
   * counts.
   *
   * @param path from the root, without a leading {@code /}
   * @return this
   * @throws IllegalArgumentException if no file can have that path
   */
  public Remaster put(String path, Content content) {
    check(path);
    puts.add(new Put(path, content, null));
    return this;
  }

  /**
   * Puts all of a folder of this host: files by reference, never in memory, 0755 if the owner may
   * run them, else 0644; folders; symbolic links that do not lead out of it. It is read by {@link
   * #overlay()}.
   *
   * @param folder where it comes to stand, from the root; empty for the root
   * @return this
   * @throws IllegalArgumentException if no folder can have that path
   */
  public Remaster putAll(String folder, Path tree) {
    if (!folder.isEmpty()) {
      check(folder);
    }
    puts.add(new Put(folder, null, tree));
    return this;
  }

  private static void check(String path) {
    String problem = NewPaths.problem(path);
    if (problem != null) {
      throw new IllegalArgumentException("'" + path + "' cannot be a path: it " + problem);
    }
  }

  /**
   * Gives the volume another label, by which Linux and GRUB find it; Joliet has its first 16
   * characters.
   *
   * @param identifier 1 to 32 characters of ASCII, without a space at either end
   * @return this
   * @throws IllegalArgumentException if it is none
   */
  public Remaster label(String identifier) {
    if (!identifier.matches("[!-~]([ -~]{0,30}[!-~])?")) {
      throw new IllegalArgumentException(
          "a label has 1 to 32 characters of ASCII, without a space at either end: '"
              + identifier
              + "'");
    }
    label = identifier;
    return this;
  }

  /**
   * Gives EFI firmware another file system to boot, in the place of the one there, and wherever the
   * image has one: El Torito's, the same as a file of the tree, and appended partitions. It stays
   * where it was if it is not longer.
   *
   * @return this
   */
  public Remaster efiPartition(Content content) {
    efi = content;
    return this;
  }

  /**
   * The image to be.
   *
   * @throws IOException if the image or a folder of this host cannot be read
   * @throws IsoException if the image has something that cannot be kept true, or a path cannot be
   *     put; the message begins with the place and says why
   */
  public Overlay overlay() throws IOException, IsoException {
    return new Making().overlay();
  }

  /** One making of the overlay. */
  private final class Making {
    private final SystemArea area = new SystemArea(source.medium());
    private final BootImages boot = new BootImages(source);
    private final Patches patches = new Patches(source.medium());
    private final Trees trees = new Trees(source, area.begins(), patches);
    private final Descriptor primary = trees.descriptors().getFirst().descriptor();

    Making() throws IOException, IsoException {}

    Overlay overlay() throws IOException, IsoException {
      long used = used();
      area.divide(used, primary.volume().blocks());
      NewPaths paths = paths();
      Tree main = trees.main(source.volume());
      Placing placing = new Placing(trees, main, date());
      checkCount(paths);
      placing.putAll(paths.entries());
      Layout layout = new Layout(area.begin());
      Map<Tree, PathTableWriter> tables = new HashMap<>();
      for (Tree tree : trees.all()) {
        tables.put(tree, tree.arrange(layout));
      }
      Map<Tree, PathTables> tablePlaces = new HashMap<>();
      for (Tree tree : trees.all()) {
        PathTableWriter table = tables.get(tree);
        tablePlaces.put(
            tree,
            table == null || !tree.isRearranged()
                ? tree.volume().pathTables()
                : place(tree, table, layout));
      }
      for (NewFile file : placing.files()) {
        if (!file.isPlaced()) {
          file.place(file.length() == 0 ? layout.begin() : layout.take(file.blocks()));
        }
      }
      placing.refer();
      for (Tree tree : trees.all()) {
        tree.write(layout);
      }
      write(placing, layout);
      for (Led led : trees.descriptors()) {
        PathTables now = tablePlaces.getOrDefault(led.tree(), led.tree().volume().pathTables());
        describe(led, now);
      }
      return finish(placing, layout);
    }

    private Overlay finish(Placing placing, Layout layout) throws IOException, IsoException {
      if (layout.isEmpty() && area.fits()) {
        area.replaceInPlace(patches);
        return patches.overlay(source.size(), List.of());
      }
      long data = area.place(layout);
      boot.write(patches, placing.moved(), area);
      area.write(patches, layout, data, placing.moved());
      Map<Tree, Long> changes = new HashMap<>();
      for (Led led : trees.descriptors()) {
        long had = led.descriptor().volume().blocks();
        long change = area.volumeEnd(had + led.shift(), data) - led.shift() - had;
        // A copy counts its volume from where its session begins.
        long now = had + (led.isCopy() ? changes.getOrDefault(led.tree(), 0L) : change);
        changes.putIfAbsent(led.tree(), change);
        patches.put(
            led.descriptor().sector() * Volume.BLOCK + 80, new Field().both32(now).octets());
      }
      return patches.overlay(layout.begin() * Volume.BLOCK, layout.runs());
    }

    /** The block behind all that must stay where it is. */
    private long used() throws IOException, IsoException {
      Occupied occupied = new Occupied();
      trees.occupy(occupied);
      long used = occupied.check();
      BootCatalog catalog = boot.catalog();
      if (catalog != null) {
        used = Math.max(used, catalog.sector() + 1);
        for (BootEntry entry : catalog.entries()) {
          boolean isBehind = entry.block() >= used && area.at(entry.block()).isPresent();
          if (!isBehind && entry.bootable()) {
            Extent extent = efi(area, boot, entry);
            used = Math.max(used, Math.ceilDiv(extent.end(), Volume.BLOCK));
          }
        }
      }
      return used;
    }

    private NewPaths paths() throws IOException, IsoException {
      NewPaths paths = new NewPaths();
      if (efi != null) {
        Content content = efi;
        long block = boot.efi().map(BootEntry::block).orElse(-1L);
        boolean isAppended = area.replaceEfi(content, block);
        List<IsoFile> files = block < 0 ? List.of() : files(block);
        files.forEach(file -> paths.put(file.path(), new NewEntry.File(content, false)));
        if (files.isEmpty() && !isAppended) {
          throw new IsoException(
              new Place(0, "EFI partition"),
              "the image has no EFI partition that could be replaced: neither a file of its tree,"
                  + " nor an appended partition");
        }
        if (files.isEmpty() && block >= 0 && !area.isAppended(block)) {
          throw new IsoException(
              new Place(block * Volume.BLOCK, "EFI partition"),
              "El Torito's EFI image stands amid the volume, but is no file of its tree");
        }
      }
      for (Put put : puts) {
        if (put.content() != null) {
          paths.put(put.path(), new NewEntry.File(put.content(), false));
        }
        if (put.tree() != null) {
          paths.putAll(put.path(), put.tree());
        }
      }
      BootCatalog catalog = boot.catalog();
      if (catalog != null) {
        for (IsoFile file : files(catalog.sector())) {
          if (paths.entries().containsKey(file.path())) {
            throw new IsoException(
                new Place(file.record(), "/" + file.path()),
                "is the boot catalog, which is kept true by itself; do not put it");
          }
        }
      }
      return paths;
    }

    private void checkCount(NewPaths paths) throws IsoException {
      long count = (long) paths.entries().size() + source.entries().size();
      if (count > Limits.ENTRIES) {
        throw new IsoException(
            new Place(0, "image"),
            "%d files and directories, of which an image may have %d"
                .formatted(count, Limits.ENTRIES));
      }
    }

    /** When the volume was created; 1970 if that says nothing. */
    private Instant date() throws IsoException {
      Instant date = Dates.digits(primary.octets(), 813);
      int year = date.atZone(ZoneOffset.UTC).getYear();
      return year < 1900 || year > 2155 ? Instant.EPOCH : date;
    }

    /** Where a tree's path tables are now: where they were, if they fit. */
    private PathTables place(Tree tree, PathTableWriter table, Layout layout) throws IOException {
      PathTables old = tree.volume().pathTables();
      long shift = tree.shift();
      long blocks = Math.ceilDiv((long) table.length(), Volume.BLOCK);
      boolean fits = blocks <= Math.ceilDiv(old.length(), Volume.BLOCK);
      PathTables now =
          fits
              ? new PathTables(
                  table.length(), old.little(), old.optionalLittle(), old.big(), old.optionalBig())
              : new PathTables(
                  table.length(),
                  layout.take(blocks) - shift,
                  old.optionalLittle() == 0 ? 0 : layout.take(blocks) - shift,
                  layout.take(blocks) - shift,
                  old.optionalBig() == 0 ? 0 : layout.take(blocks) - shift);
      put(now.little(), shift, table.octets(false), fits, layout);
      put(now.optionalLittle(), shift, table.octets(false), fits, layout);
      put(now.big(), shift, table.octets(true), fits, layout);
      put(now.optionalBig(), shift, table.octets(true), fits, layout);
      return now;
    }

    private void put(long block, long shift, byte[] octets, boolean inPlace, Layout layout)
        throws IOException {
      if (block != 0 && inPlace) {
        patches.put((block + shift) * Volume.BLOCK, octets);
      } else if (block != 0) {
        layout.put(block + shift, octets);
      }
    }

    /** Writes the contents of all new files. */
    private void write(Placing placing, Layout layout) throws IOException, IsoException {
      for (Map.Entry<Long, NewFile> one : placing.moved().entrySet()) {
        boot.inform(one.getValue(), one.getKey());
      }
      for (NewFile file : placing.files()) {
        Long had = placing.kept().get(file.block());
        if (had != null) {
          boot.inform(file, file.block());
          patches.replace(file.block(), had, file.content());
        } else if (file.length() > 0) {
          layout.put(file.block(), file.content());
        }
      }
    }

    private void describe(Led led, PathTables tables) throws IOException, IsoException {
      Descriptor descriptor = led.descriptor();
      long at = descriptor.sector() * Volume.BLOCK;
      Octets old = descriptor.octets();
      patches.put(
          at + 132,
          new Field()
              .both32(tables.length())
              .little32(tables.little())
              .little32(tables.optionalLittle())
              .big32(tables.big())
              .big32(tables.optionalBig())
              .octets());
      EditedDirectory root = led.tree().root();
      if (root.isMoved()) {
        patches.put(at + 156 + 1, (byte) 0);
        Extent extent = root.extent();
        patches.put(
            at + 156 + 2, new Field().both32(extent.block()).both32(extent.length()).octets());
      }
      if (label != null) {
        patches.put(at + 40, label(label, descriptor.joliet()));
      }
      if (descriptor.sector() == primary.sector() || old.has(883, CHECK_SUM)) {
        patches.put(at + 883, new Field().text("", 512, US_ASCII).octets());
      }
    }

    private static byte[] label(String text, boolean joliet) {
      String cut = joliet ? text.substring(0, Math.min(text.length(), JOLIET_LABEL)) : text;
      return new Field().text(cut.strip(), LABEL, joliet ? UTF_16BE : US_ASCII).octets();
    }
  }
}
