package org.barestack.format.iso;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import org.barestack.format.image.Medium;
import org.barestack.format.iso.Description.Kind;
import org.barestack.format.iso.ImageVolume.Names;
import org.barestack.format.iso.IsoEntry.IsoDirectory;
import org.barestack.format.iso.IsoEntry.IsoFile;
import org.barestack.format.iso.IsoEntry.IsoLink;
import org.jspecify.annotations.Nullable;

/**
 * Walks a tree from its root down. No directory is read twice, so that one which is its own
 * descendant, or has two parents, is refused instead of being walked for ever.
 */
final class TreeReader {
  private final Medium medium;
  private final Budget budget;
  private final Describer describer;
  private final Queue<Directory> ahead = new ArrayDeque<>();
  private final Set<Long> met = new HashSet<>();
  private final List<IsoEntry> entries = new ArrayList<>();

  /** A directory that is to be read. */
  private record Directory(String path, int depth, Extent extent) {}

  private TreeReader(Medium medium, Budget budget, Describer describer) {
    this.medium = medium;
    this.budget = budget;
    this.describer = describer;
  }

  /** How the names of a primary tree are told. */
  static Names names(Medium medium, Extent root) throws IOException, IsoException {
    Budget budget = new Budget();
    return RockRidge.of(medium, budget, self(medium, root, budget)) == null
        ? Names.PLAIN
        : Names.ROCK_RIDGE;
  }

  /** All of a tree but its root, sorted by path. */
  static List<IsoEntry> read(Medium medium, ImageVolume volume) throws IOException, IsoException {
    Budget budget = new Budget();
    Describer describer = describer(medium, volume, budget);
    TreeReader reader = new TreeReader(medium, budget, describer);
    reader.walk(volume.root());
    reader.entries.sort(Comparator.comparing(IsoEntry::path));
    Overlaps.check(medium.size(), volume.root(), reader.entries);
    return List.copyOf(reader.entries);
  }

  private static Describer describer(Medium medium, ImageVolume volume, Budget budget)
      throws IOException, IsoException {
    if (volume.names() == Names.ROCK_RIDGE) {
      RockRidge rockRidge = RockRidge.of(medium, budget, self(medium, volume.root(), budget));
      if (rockRidge != null) {
        return rockRidge;
      }
    }
    return new Identifiers(volume.names() == Names.JOLIET);
  }

  private static ParsedRecord self(Medium medium, Extent root, Budget budget)
      throws IOException, IsoException {
    return new DirectoryReader(medium, root, "", budget).self();
  }

  private void walk(Extent root) throws IOException, IsoException {
    met.add(root.block());
    Directory directory = new Directory("", 0, root);
    while (directory != null) {
      DirectoryReader reader =
          new DirectoryReader(medium, directory.extent(), directory.path(), budget);
      Set<String> names = new HashSet<>();
      for (ParsedRecord record = reader.next(); record != null; record = reader.next()) {
        budget.entry(record.octets());
        if (!record.isAssociated()) {
          take(directory, record, reader, names);
        }
      }
      directory = ahead.poll();
    }
  }

  private void take(
      Directory directory, ParsedRecord record, DirectoryReader reader, Set<String> names)
      throws IOException, IsoException {
    Description described = describer.describe(record);
    if (described.moved()) {
      if (!record.isDirectory()) {
        throw record.wrong("a file that is marked as a directory moved elsewhere (RE)");
      }
      return;
    }
    String path = path(directory, described.name(), record);
    if (!names.add(described.name())) {
      throw record.wrong("the name '" + described.name() + "' is there twice");
    }
    if (described.kind() != Kind.FILE && record.goesOn()) {
      throw record.wrong("only a file may have several extents");
    }
    if (described.child() != null) {
      takeMoved(directory, record, described, described.child(), path);
      return;
    }
    long at = record.octets().offset();
    switch (described.kind()) {
      case DIRECTORY -> {
        enter(directory, record, record.extent(), path);
        entries.add(
            new IsoDirectory(path, described.mode(), described.modified(), at, record.extent()));
      }
      case FILE ->
          entries.add(
              new IsoFile(
                  path,
                  described.mode(),
                  described.modified(),
                  at,
                  extents(record, described.name(), reader),
                  record.isHidden()));
      case LINK ->
          entries.add(
              new IsoLink(
                  path, described.mode(), described.modified(), at, target(described, record)));
    }
  }

  private static String target(Description described, ParsedRecord record) throws IsoException {
    if (described.target() == null) {
      throw record.wrong("a symbolic link without a target");
    }
    return described.target();
  }

  /**
   * RRIP 1.12 §4.1.5: a record may stand for a directory that is kept elsewhere, so that no
   * directory is deeper than eight. What it is stands in that directory's own record.
   */
  private void takeMoved(
      Directory directory, ParsedRecord record, Description described, long block, String path)
      throws IOException, IsoException {
    if (described.kind() != Kind.FILE) {
      throw record.wrong("what stands for a moved directory (CL) must be recorded as a file");
    }
    ParsedRecord self = ownRecord(record, block, path);
    Description own = describer.describeSelf(self);
    if (own.kind() != Kind.DIRECTORY) {
      throw self.wrong("a directory's own record that makes it a " + own.kind().word());
    }
    enter(directory, record, self.extent(), path);
    entries.add(
        new IsoDirectory(
            path, own.mode(), own.modified(), record.octets().offset(), self.extent()));
  }

  private ParsedRecord ownRecord(ParsedRecord record, long block, String path)
      throws IOException, IsoException {
    if ((block + 1) * Volume.BLOCK > medium.size()) {
      throw record.wrong("stands for a directory at block " + block + ", behind the image's end");
    }
    Octets sector =
        Octets.read(
            medium, block * Volume.BLOCK, Volume.BLOCK, "directory /" + path + ", record 1");
    ParsedRecord self = ParsedRecord.parse(sector.part(0, sector.number8(0)), medium.size());
    if (!self.isSelf() || !self.isDirectory() || self.extent().block() != block) {
      throw sector.wrong(0, "no directory: its own record must be the first");
    }
    return self;
  }

  private void enter(Directory directory, ParsedRecord record, Extent extent, String path)
      throws IsoException {
    if (!met.add(extent.block())) {
      throw record.wrong(
          "directory /%s stands at block %d, as another one does: it is its own descendant, or has"
                  .formatted(path, extent.block())
              + " two parents");
    }
    if (directory.depth() == Limits.DEPTH) {
      throw record.wrong("/" + path + " has more than " + Limits.DEPTH + " directories above it");
    }
    ahead.add(new Directory(path, directory.depth() + 1, extent));
  }

  /** All sections of a file (ECMA-119 §6.5.1): records of the same name, one behind the other. */
  private List<Extent> extents(ParsedRecord first, String name, DirectoryReader reader)
      throws IOException, IsoException {
    List<Extent> extents = new ArrayList<>(List.of(first.extent()));
    ParsedRecord last = first;
    while (last.goesOn()) {
      if (last.extent().length() % Volume.BLOCK != 0) {
        // Linux would put the next section elsewhere in the file.
        throw last.wrong("goes on in another extent, but does not fill its own last block");
      }
      ParsedRecord next = reader.next();
      // Linux takes the name of the first, xorriso that of the last.
      if (next == null || !next.isMoreOf(first) || !describer.describe(next).name().equals(name)) {
        throw last.wrong("goes on in another extent, but the next record is none of this file");
      }
      budget.entry(next.octets());
      extents.add(next.extent());
      last = next;
    }
    return extents;
  }

  private static String path(Directory directory, String name, ParsedRecord record)
      throws IsoException {
    @Nullable String problem = problem(name);
    if (problem != null) {
      throw record.wrong("the name '" + name + "' " + problem);
    }
    String path = directory.path().isEmpty() ? name : directory.path() + "/" + name;
    if (path.getBytes(UTF_8).length > Limits.PATH) {
      throw record.wrong("a path of more than " + Limits.PATH + " octets");
    }
    return path;
  }

  /** Why that cannot be a path's component, or null. */
  private static @Nullable String problem(String name) {
    return switch (name) {
      case "" -> "is empty";
      case ".", ".." -> "leads elsewhere";
      default ->
          name.indexOf('/') >= 0
              ? "has a '/'"
              // Linux allows all but NUL; no medium has any, and they would drive terminals.
              : name.chars().anyMatch(Character::isISOControl) ? "has a control character" : null;
    };
  }
}
