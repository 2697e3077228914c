package org.barestack.format.iso;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.barestack.format.image.Content;
import org.barestack.format.image.Medium;
import org.barestack.format.iso.Description.Kind;
import org.barestack.format.iso.ImageVolume.Names;
import org.barestack.format.iso.SharingProtocol.Entry;
import org.jspecify.annotations.Nullable;

/**
 * One tree of an image, into which files are put. Every record keeps the octets that it has, but
 * for the fields that must change; so whatever a program wrote there stays. Blocks are those of the
 * tree, which may count from elsewhere than from the image's begin.
 */
final class Tree {
  private static final int REGULAR_FILE = 0100644;
  private static final int DIRECTORY = 0040755;
  private static final int LINK = 0120777;
  static final int EXECUTABLE = 0111;

  /** Octets in each record that are no entries; CD-ROM XA has 14. */
  private static final int MOST_SKIPPED = 32;

  /** Octets of PX in RRIP 1.12, which has a file's serial number. */
  private static final int LONG_PX = 44;

  private static final int CE = 28;
  private static final int LONGEST = 254;
  private static final int SELF = 0;
  private static final int PARENT = 1;

  private final Medium view;
  private final long shift;
  private final ImageVolume volume;
  private final Patches patches;
  private final @Nullable RockRidge rockRidge;
  private final Describer describer;
  private final Naming naming;
  private final EditedDirectory root;
  private final List<EditedDirectory> directories = new ArrayList<>();
  private final Map<Long, Integer> names = new HashMap<>();

  /** Octets behind records, where their CE leads: from and to, from the view's begin. */
  private final List<long[]> continued = new ArrayList<>();

  /** CL and PL entries, by the block of the directory to which they lead. */
  private final List<Reference> references = new ArrayList<>();

  private long lastSerial;

  /** An entry of a record that leads to a directory. */
  private record Reference(EditedRecord record, long at, EditedDirectory to) {}

  /** A record that stands for a directory which is kept elsewhere. */
  private record Moved(EditedRecord record, Entry entry, EditedDirectory in) {}

  /**
   * Reads all of its directories.
   *
   * @param view an image that begins where the tree's blocks count from
   * @param shift the block of the image where that is
   */
  Tree(Medium view, long shift, ImageVolume volume, Patches patches)
      throws IOException, IsoException {
    this.view = view;
    this.shift = shift;
    this.volume = volume;
    this.patches = patches;
    Budget budget = new Budget();
    DirectoryReader reader = new DirectoryReader(view, volume.root(), "", budget);
    this.rockRidge =
        volume.names() == Names.ROCK_RIDGE ? RockRidge.of(view, budget, reader.self()) : null;
    if (rockRidge != null && rockRidge.skip() > MOST_SKIPPED) {
      throw reader
          .self()
          .wrong(
              "the tree's records have %d octets of another system's each; %d are written"
                  .formatted(rockRidge.skip(), MOST_SKIPPED));
    }
    boolean joliet = volume.names() == Names.JOLIET;
    this.describer = rockRidge == null ? new Identifiers(joliet) : rockRidge;
    this.naming = new Naming(joliet);
    this.root = new EditedDirectory("", null, new byte[] {0}, volume.root());
    read(budget);
  }

  private void read(Budget budget) throws IOException, IsoException {
    Map<Long, EditedDirectory> byBlock = new HashMap<>(Map.of(root.source().block(), root));
    List<Moved> moved = new ArrayList<>();
    Queue<EditedDirectory> ahead = new ArrayDeque<>(List.of(root));
    while (!ahead.isEmpty()) {
      EditedDirectory directory = ahead.remove();
      directories.add(directory);
      DirectoryReader reader =
          new DirectoryReader(view, directory.source(), directory.path(), budget);
      for (ParsedRecord head : List.of(reader.self(), reader.parent())) {
        directory.take(EditedRecord.of(head, "", Kind.DIRECTORY, false));
        List<Entry> entries = see(head, directory.isRoot() && head.isSelf());
        if (head.isSelf()) {
          directory.serial(serial(entries));
        }
      }
      boolean goesOn = false;
      for (ParsedRecord record = reader.next(); record != null; record = reader.next()) {
        budget.entry(record.octets());
        EditedRecord edited = take(directory, record, goesOn, moved);
        goesOn = record.goesOn();
        if (record.isDirectory() && !record.isAssociated()) {
          EditedDirectory child =
              new EditedDirectory(
                  directory.isRoot() ? edited.name() : directory.path() + "/" + edited.name(),
                  directory,
                  edited.identifier(),
                  record.extent());
          if (byBlock.putIfAbsent(record.extent().block(), child) != null) {
            throw record.wrong("two records stand for the directory at its block");
          }
          edited.directory(child);
          directory.keep(child);
          ahead.add(child);
        }
        naming.learn(directory, edited);
      }
    }
    for (Moved one : moved) {
      lead(one, byBlock);
    }
  }

  private EditedRecord take(
      EditedDirectory directory, ParsedRecord record, boolean isMore, List<Moved> moved)
      throws IOException, IsoException {
    List<Entry> entries = see(record, false);
    if (record.isAssociated()) {
      EditedRecord associated = EditedRecord.of(record, "", Kind.FILE, false);
      directory.take(associated);
      return associated;
    }
    Description described =
        rockRidge == null ? describer.describe(record) : rockRidge.describe(record, entries);
    EditedRecord edited =
        EditedRecord.of(
            record,
            described.name(),
            described.child() == null ? described.kind() : Kind.DIRECTORY,
            !described.moved() && !isMore);
    directory.take(edited);
    if (described.child() != null) {
      for (Entry entry : entries) {
        if (entry.signature().equals("CL")) {
          moved.add(new Moved(edited, entry, directory));
        }
      }
    }
    if (described.kind() == Kind.FILE && record.extent().length() > 0) {
      names.merge(record.extent().block() + shift, 1, Integer::sum);
    }
    return edited;
  }

  /** CL leads down to a directory that is kept elsewhere, and PL from there up again. */
  private void lead(Moved one, Map<Long, EditedDirectory> byBlock)
      throws IOException, IsoException {
    EditedDirectory to = byBlock.get(one.entry().octets().both32(4));
    if (to == null || to.isRoot() || rockRidge == null) {
      throw one.entry().octets().wrong(4, "CL leads to a directory that is kept nowhere");
    }
    one.record().directory(to);
    references.add(new Reference(one.record(), one.entry().octets().offset() + 4, to));
    EditedRecord parent = to.records().get(PARENT);
    for (Entry entry : entries(parent)) {
      if (entry.signature().equals("PL")) {
        references.add(new Reference(parent, entry.octets().offset() + 4, one.in()));
      }
    }
  }

  /**
   * Notes what of a record stands elsewhere, and the greatest serial number.
   *
   * @return the entries of its system use area; none without Rock Ridge
   */
  private List<Entry> see(ParsedRecord record, boolean isRootsOwn)
      throws IOException, IsoException {
    if (rockRidge == null) {
      return List.of();
    }
    List<Entry> entries = rockRidge.entries(record, isRootsOwn);
    long from = record.octets().offset();
    for (Entry entry : entries) {
      long at = entry.octets().offset();
      if (at < from || at >= from + record.octets().length()) {
        continued.add(new long[] {at, at + entry.octets().length()});
      }
    }
    lastSerial = Math.max(lastSerial, serial(entries));
    return entries;
  }

  private static long serial(List<Entry> entries) throws IsoException {
    for (Entry entry : entries) {
      if (entry.signature().equals("PX") && entry.octets().length() >= LONG_PX) {
        return entry.octets().both32(36);
      }
    }
    return 0;
  }

  private List<Entry> entries(EditedRecord record) throws IOException, IsoException {
    ParsedRecord parsed = record.parsed();
    return rockRidge == null || parsed == null
        ? List.of()
        : rockRidge.entries(parsed, record == root.records().get(SELF));
  }

  ImageVolume volume() {
    return volume;
  }

  /** The block of the image where its own count from. */
  long shift() {
    return shift;
  }

  EditedDirectory root() {
    return root;
  }

  List<EditedDirectory> directories() {
    return directories;
  }

  /** Where records go on elsewhere: from and to, octets from the image's begin. */
  List<long[]> continued() {
    return continued.stream()
        .map(one -> new long[] {one[0] + shift * Volume.BLOCK, one[1] + shift * Volume.BLOCK})
        .toList();
  }

  boolean hasLinks() {
    return rockRidge != null;
  }

  /** Whether its files have no more names than their records do: those of ECMA-119 alone. */
  boolean isPlain() {
    return volume.names() == Names.PLAIN;
  }

  /** How many names a file has, by its first block in the image. */
  int names(long block) {
    return names.getOrDefault(block, 0);
  }

  /** The sections of a file, by its first record; blocks are the image's. */
  List<Extent> extents(EditedDirectory in, EditedRecord first) {
    List<Extent> extents = new ArrayList<>();
    for (int i = in.records().indexOf(first); i >= 0 && i < in.records().size(); i++) {
      ParsedRecord parsed = in.records().get(i).parsed();
      if (parsed == null) {
        break;
      }
      extents.add(new Extent(parsed.extent().block() + shift, parsed.extent().length()));
      if (!parsed.goesOn()) {
        break;
      }
    }
    return extents;
  }

  /** A new directory. */
  EditedDirectory addDirectory(EditedDirectory in, String name, Instant date) throws IsoException {
    byte[] identifier = naming.identifier(in, name, true);
    EditedDirectory directory =
        new EditedDirectory(in.isRoot() ? name : in.path() + "/" + name, in, identifier, null);
    directory.serial(nextSerial());
    EditedRecord record =
        record(name, Kind.DIRECTORY, identifier, date, DIRECTORY, directory.serial(), List.of());
    record.directory(directory);
    directory.take(head(0, date, directory.serial()));
    directory.take(head(1, date, in.serial()));
    in.add(List.of(record));
    in.keep(directory);
    in.countDirectory();
    directories.add(directory);
    return directory;
  }

  private EditedRecord head(int identifier, Instant date, long serial) {
    Field systemUse = new Field();
    if (rockRidge != null) {
      systemUse
          .zeros(rockRidge.skip())
          .raw(SystemUse.permissions(DIRECTORY, 2, serial))
          .raw(SystemUse.dates(date));
    }
    return EditedRecord.of(
        new DirectoryRecord(0, 0, date, true, new Field().number8(identifier), systemUse).octets(),
        "",
        Kind.DIRECTORY,
        false);
  }

  private long nextSerial() {
    if (root.serial() == 0) {
      return 0;
    }
    lastSerial++;
    return lastSerial;
  }

  /** A new file. */
  List<EditedRecord> addFile(
      EditedDirectory in, String name, int permissions, NewFile file, Instant date)
      throws IsoException {
    byte[] identifier = naming.identifier(in, name, false);
    List<EditedRecord> group = new ArrayList<>();
    group.add(
        record(
            name,
            Kind.FILE,
            identifier,
            date,
            REGULAR_FILE | permissions,
            nextSerial(),
            List.of()));
    while (group.size() < file.sections()) {
      group.add(group.getFirst().twin());
    }
    in.add(group);
    return group;
  }

  /** A new symbolic link. */
  void addLink(EditedDirectory in, String name, String target, Instant date) throws IsoException {
    byte[] identifier = naming.identifier(in, name, false);
    in.add(
        List.of(
            record(name, Kind.LINK, identifier, date, LINK, nextSerial(), SystemUse.link(target))));
  }

  private EditedRecord record(
      String name,
      Kind kind,
      byte[] identifier,
      Instant date,
      int mode,
      long serial,
      List<byte[]> more)
      throws IsoException {
    Field inside = new Field();
    Field outside = new Field();
    int continuation = 0;
    if (rockRidge != null) {
      List<byte[]> entries = new ArrayList<>();
      entries.add(SystemUse.permissions(mode, 1, serial));
      entries.add(SystemUse.dates(date));
      entries.addAll(SystemUse.names(name));
      entries.addAll(more);
      inside.zeros(rockRidge.skip());
      int before = ParsedRecord.FIXED + identifier.length + (identifier.length + 1) % 2;
      int length = entries.stream().mapToInt(entry -> entry.length).sum();
      boolean isWhole = before + inside.length() + length <= LONGEST;
      for (byte[] entry : entries) {
        boolean fits =
            outside.length() == 0
                && (isWhole || before + inside.length() + entry.length + CE <= LONGEST);
        (fits ? inside : outside).raw(entry);
      }
      if (outside.length() > 0) {
        continuation = before + inside.length();
        inside.raw(SystemUse.continuation(0, 0, outside.length()));
      }
      if (outside.length() > Volume.BLOCK) {
        throw new IsoException(
            new Place(0, name), "name and target are too long together for a directory record");
      }
    }
    DirectoryRecord record =
        new DirectoryRecord(
            0, 0, date, kind == Kind.DIRECTORY, new Field().raw(identifier), inside);
    return EditedRecord.of(record.octets(), name, kind, true)
        .continued(outside.octets(), continuation);
  }

  /**
   * Gives a file another content; names and permissions stay. It is one file then, whatever other
   * names it had.
   *
   * @return its records now
   */
  List<EditedRecord> replace(
      EditedDirectory in, EditedRecord first, NewFile file, boolean staysAlone, Instant date)
      throws IOException, IsoException {
    int sections = extents(in, first).size();
    long block = extents(in, first).getFirst().block();
    for (Entry entry : entries(first)) {
      switch (entry.signature()) {
        case "TF" -> date(first, entry.octets(), date);
        case "PX" -> {
          if (staysAlone && entry.octets().both32(12) > 1) {
            part(first, entry.octets(), block);
          }
        }
        default -> {}
      }
    }
    first.markReplaced();
    first.put(18, new Field().date(date).octets());
    if (sections == 1 && file.sections() == 1) {
      first.goesOn(false);
      return List.of(first);
    }
    List<EditedRecord> group = new ArrayList<>(List.of(first));
    while (group.size() < file.sections()) {
      group.add(first.twin());
    }
    in.replace(first, sections, group);
    return group;
  }

  /** One name less for all others of a file; this one is a file of its own. */
  private void part(EditedRecord record, Octets px, long block) throws IOException, IsoException {
    put(record, px.offset() + 12, new Field().both32(1).octets());
    if (px.length() >= LONG_PX) {
      put(record, px.offset() + 36, new Field().both32(nextSerial()).octets());
    }
    for (EditedDirectory directory : directories) {
      for (EditedRecord other : directory.records()) {
        ParsedRecord parsed = other.parsed();
        if (parsed != null
            && other != record
            && other.kind() == Kind.FILE
            && parsed.extent().length() > 0
            && parsed.extent().block() + shift == block
            && !other.isReplaced()) {
          for (Entry entry : entries(other)) {
            if (entry.signature().equals("PX")) {
              int at = (int) (entry.octets().offset() - parsed.octets().offset());
              boolean isInside = at >= 0 && at + 20 <= parsed.octets().length();
              long links = isInside ? little32(other.octets(), at + 12) : 0;
              if (links > 1) {
                other.put(at + 12, new Field().both32(links - 1).octets());
              }
            }
          }
        }
      }
    }
  }

  private static long little32(byte[] octets, int at) {
    return (octets[at] & 0xff)
        | (octets[at + 1] & 0xff) << 8
        | (octets[at + 2] & 0xff) << 16
        | (octets[at + 3] & 0xffL) << 24;
  }

  /** Each of the dates that a TF has (RRIP 1.12 §4.1.6). */
  private void date(EditedRecord record, Octets tf, Instant date) throws IOException, IsoException {
    boolean isLong = (tf.number8(4) & 0x80) != 0;
    byte[] coded = (isLong ? new Field().digits(date) : new Field().date(date)).octets();
    for (int at = 5; at + coded.length <= tf.length(); at += coded.length) {
      put(record, tf.offset() + at, coded);
    }
  }

  /** Puts octets at a place of the view: in a record, or where that goes on. */
  private void put(EditedRecord record, long at, byte[] octets) throws IOException {
    ParsedRecord parsed = record.parsed();
    long begin = parsed == null ? Long.MAX_VALUE : parsed.octets().offset();
    if (parsed != null && at >= begin && at + octets.length <= begin + parsed.octets().length()) {
      record.put((int) (at - begin), octets);
    } else {
      patches.put(at + shift * Volume.BLOCK, octets);
    }
  }

  /** Finds room for each directory that no longer fits where it was, and for the path tables. */
  PathTableWriter arrange(Layout layout) throws IsoException {
    List<EditedRecord> more = new ArrayList<>();
    for (EditedDirectory directory : directories) {
      if (directory.isChanged()) {
        directory.sort((one, other) -> naming.compare(one.identifier(), other.identifier()));
        long length = directory.octets().length;
        long had = directory.source().length();
        if (directory.isNew() || length > had || had % Volume.BLOCK != 0) {
          long block = layout.take(length / Volume.BLOCK) - shift;
          directory.extent(new Extent(block, length));
        }
        directory.records().stream()
            .filter(record -> record.continued().length > 0)
            .forEach(more::add);
      }
    }
    continueIn(layout, more);
    return new PathTableWriter(root, naming::compare);
  }

  /** Where records go on: as many in a block as fit. */
  private void continueIn(Layout layout, List<EditedRecord> records) {
    Field block = new Field();
    List<EditedRecord> inBlock = new ArrayList<>();
    for (EditedRecord record : records) {
      if (block.length() + record.continued().length > Volume.BLOCK) {
        flush(layout, block, inBlock);
        block = new Field();
        inBlock.clear();
      }
      block.raw(record.continued());
      inBlock.add(record);
    }
    if (!inBlock.isEmpty()) {
      flush(layout, block, inBlock);
    }
  }

  private void flush(Layout layout, Field block, List<EditedRecord> records) {
    long at = layout.take(1);
    layout.put(at, Contents.padded(Content.of(block.octets()), Volume.BLOCK));
    int offset = 0;
    for (EditedRecord record : records) {
      int length = record.continued().length;
      record.put(record.continuation(), SystemUse.continuation(at - shift, offset, length));
      offset += length;
    }
  }

  /** Whether its path tables must be written anew. */
  boolean isRearranged() {
    return directories.stream().anyMatch(EditedDirectory::isMoved);
  }

  /** Writes all that changed; all extents are known. */
  void write(Layout layout) throws IOException, IsoException {
    countLinks();
    for (EditedDirectory directory : directories) {
      refer(directory);
    }
    for (Reference reference : references) {
      if (reference.to().isMoved()) {
        put(
            reference.record(),
            reference.at(),
            new Field().both32(reference.to().extent().block()).octets());
      }
    }
    for (EditedDirectory directory : directories) {
      if (directory.isMoved()) {
        layout.put(directory.extent().block() + shift, directory.octets());
      } else if (directory.isChanged()) {
        byte[] octets = directory.octets();
        long offset = (directory.extent().block() + shift) * Volume.BLOCK;
        patches.put(offset, Arrays.copyOf(octets, (int) directory.extent().length()));
      } else {
        for (EditedRecord record : directory.records()) {
          ParsedRecord parsed = record.parsed();
          if (parsed != null && record.isChanged()) {
            patches.put(parsed.octets().offset() + shift * Volume.BLOCK, record.octets());
          }
        }
      }
    }
  }

  /** Each record that stands for a directory tells where that is. */
  private void refer(EditedDirectory directory) {
    EditedRecord self = directory.records().get(SELF);
    EditedRecord above = directory.records().get(PARENT);
    ParsedRecord was = above.parsed();
    // libisofs lets each directory of Joliet be its own parent; who reads it is used to that.
    boolean isOwnParent =
        was != null && was.extent().block() == directory.source().block() && !directory.isRoot();
    EditedDirectory parent = isOwnParent ? directory : directory.parent();
    if (directory.isMoved()) {
      self.extent(directory.extent());
    }
    if (parent.isMoved() || directory.isNew()) {
      boolean leadsThere = was == null || was.extent().block() == parent.source().block();
      if (leadsThere) {
        above.extent(parent.extent());
      }
    }
    if (directory.isMoved()) {
      directory.standing().stream()
          .filter(record -> isKept(record, directory))
          .forEach(record -> record.extent(directory.extent()));
    }
  }

  /** Whether a record is a directory's own in its parent, and no CL that leads to it. */
  private static boolean isKept(EditedRecord record, EditedDirectory child) {
    ParsedRecord parsed = record.parsed();
    return parsed == null
        || (parsed.isDirectory() && parsed.extent().block() == child.source().block());
  }

  /**
   * PX's links of directories: where the source counts what is in one (2 and one for each, as
   * genisoimage does; xorriso says 1 for all), so do we.
   */
  private void countLinks() throws IOException, IsoException {
    if (rockRidge == null) {
      return;
    }
    boolean counts = links(root) >= 2;
    for (EditedDirectory directory : directories) {
      if (!directory.isNew() && (directory.newDirectories() == 0 || links(directory) < 2)) {
        continue;
      }
      long links =
          directory.isNew()
              ? counts ? 2L + directory.newDirectories() : 1
              : links(directory) + directory.newDirectories();
      links(directory.records().get(SELF), links);
      if (directory.isRoot()) {
        links(directory.records().get(PARENT), links);
      }
      for (EditedRecord record : directory.standing()) {
        links(record, links);
      }
    }
    for (EditedDirectory directory : directories) {
      EditedDirectory parent = directory.parent();
      if (parent.newDirectories() > 0 || directory.isNew()) {
        links(directory.records().get(PARENT), links(parent));
      }
    }
  }

  /** As its own record says now. */
  private long links(EditedDirectory directory) throws IOException, IsoException {
    EditedRecord self = directory.records().get(SELF);
    int at = permissionsAt(self);
    return at < 0 ? 1 : little32(self.octets(), at + 12);
  }

  private void links(EditedRecord record, long links) throws IOException, IsoException {
    int at = permissionsAt(record);
    if (at >= 0) {
      record.put(at + 12, new Field().both32(links).octets());
    }
  }

  /** Where PX is in a record; -1 if it has none, or elsewhere. */
  private int permissionsAt(EditedRecord record) throws IOException, IsoException {
    ParsedRecord parsed = record.parsed();
    if (parsed == null && rockRidge != null) {
      int named = record.identifier().length;
      return ParsedRecord.FIXED + named + (named + 1) % 2 + rockRidge.skip();
    }
    for (Entry entry : entries(record)) {
      long at = parsed == null ? -1 : entry.octets().offset() - parsed.octets().offset();
      if (entry.signature().equals("PX")
          && parsed != null
          && at >= 0
          && at + entry.octets().length() <= parsed.octets().length()) {
        return (int) at;
      }
    }
    return -1;
  }
}
