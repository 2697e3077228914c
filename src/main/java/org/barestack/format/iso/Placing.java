package org.barestack.format.iso;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.barestack.format.iso.Description.Kind;
import org.barestack.format.iso.NewPaths.NewEntry;
import org.jspecify.annotations.Nullable;

/**
 * Puts paths into all trees at once. A path is found in the tree that is read (Rock Ridge's, else
 * Joliet's); in the others by the same name, else, where that was cut or coded otherwise, by files
 * that both have. What another tree hides stays hidden there.
 */
final class Placing {
  private final Tree main;
  private final List<Tree> others;
  private final Instant date;
  private final List<NewFile> files = new ArrayList<>();

  /** Files that stand elsewhere now, by the block where they stood. */
  private final Map<Long, NewFile> moved = new HashMap<>();

  /** Files that stay where they were, by their block, with the blocks that they had. */
  private final Map<Long, Long> kept = new HashMap<>();

  private final List<Written> written = new ArrayList<>();

  /** Records of a file in a tree. */
  private record Written(Tree tree, List<EditedRecord> records, NewFile file) {}

  /** The same directory in the main tree and in the others, where it is null if they hide it. */
  private record Everywhere(EditedDirectory main, List<@Nullable EditedDirectory> others) {}

  Placing(Trees trees, Tree main, Instant date) {
    this.main = main;
    this.others = trees.all().stream().filter(tree -> tree != main).toList();
    this.date = date;
  }

  /** All that are new, in the order of their paths. */
  List<NewFile> files() {
    return files;
  }

  Map<Long, NewFile> moved() {
    return moved;
  }

  /** How many blocks a file had that stays where it was. */
  Map<Long, Long> kept() {
    return kept;
  }

  /** Puts all of it. */
  void putAll(Map<String, NewEntry> entries) throws IOException, IsoException {
    for (Map.Entry<String, NewEntry> one : entries.entrySet()) {
      put(one.getKey(), one.getValue());
    }
  }

  private void put(String path, NewEntry entry) throws IOException, IsoException {
    List<@Nullable EditedDirectory> roots = new ArrayList<>();
    others.forEach(tree -> roots.add(tree.root()));
    Everywhere at = new Everywhere(main.root(), roots);
    String[] names = path.split("/", -1);
    for (int i = 0; i < names.length - 1; i++) {
      at = directory(at, names[i], path);
    }
    String name = names[names.length - 1];
    switch (entry) {
      case NewEntry.Directory _ -> {
        Everywhere _ = directory(at, name, path);
      }
      case NewEntry.File file -> file(at, name, path, file);
      case NewEntry.Link link -> link(at, name, path, link.target());
    }
  }

  private static IsoException refused(@Nullable EditedRecord record, String path, String problem) {
    ParsedRecord parsed = record == null ? null : record.parsed();
    long offset = parsed == null ? 0 : parsed.octets().offset();
    return new IsoException(new Place(offset, "/" + path), problem);
  }

  private Everywhere directory(Everywhere in, String name, String path) throws IsoException {
    EditedRecord found = find(main, in.main(), name);
    EditedDirectory directory = found == null ? null : found.directory();
    if (found != null && (found.kind() != Kind.DIRECTORY || directory == null)) {
      throw refused(
          found, path, "'%s' is a %s on the image, and no directory".formatted(name, word(found)));
    }
    List<@Nullable EditedDirectory> counterparts = new ArrayList<>();
    if (directory == null) {
      checkName(name, path);
      directory = main.addDirectory(in.main(), name, date);
      for (int i = 0; i < others.size(); i++) {
        EditedDirectory other = in.others().get(i);
        if (other != null && find(others.get(i), other, name) != null) {
          throw refused(found, path, "is in another tree of the image, and not in this one");
        }
        counterparts.add(other == null ? null : others.get(i).addDirectory(other, name, date));
      }
    } else {
      for (int i = 0; i < others.size(); i++) {
        EditedDirectory other = in.others().get(i);
        counterparts.add(
            other == null ? null : counterpart(in.main(), directory, name, others.get(i), other));
      }
    }
    return new Everywhere(directory, counterparts);
  }

  private static String word(EditedRecord record) {
    return record.kind().word();
  }

  /** Where a tree has no names of its own, they are told without regard to case. */
  private static @Nullable EditedRecord find(Tree tree, EditedDirectory in, String name) {
    EditedRecord found = in.find(name);
    return found == null && tree.isPlain() ? in.find(name.toUpperCase(Locale.ROOT)) : found;
  }

  /** A tree without names of its own keeps no name that is longer or of other characters. */
  private void checkName(String name, String path) throws IsoException {
    boolean isKept =
        switch (main.volume().names()) {
          case ROCK_RIDGE -> true;
          case JOLIET -> name.length() <= 64 && !name.matches(".*[*/:;?\\\\].*");
          case PLAIN -> name.matches("[A-Za-z0-9_]{1,8}(\\.[A-Za-z0-9_]{1,3})?");
        };
    if (!isKept) {
      throw refused(
          null,
          path,
          "the image has no Rock Ridge, and without it there can be no file called '%s'"
              .formatted(name));
    }
  }

  /** The same directory in another tree; null if it is hidden there. */
  private @Nullable EditedDirectory counterpart(
      EditedDirectory in, EditedDirectory directory, String name, Tree other, EditedDirectory there)
      throws IsoException {
    EditedRecord same = find(other, there, name);
    if (same != null && same.directory() != null) {
      return same.directory();
    }
    Set<Long> blocks = new HashSet<>();
    collect(main, directory, blocks, 0);
    EditedDirectory found = null;
    boolean isUnclear = false;
    for (EditedRecord record : there.names().values()) {
      EditedDirectory candidate = record.directory();
      if (candidate == null || (in.find(record.name()) != null && !other.isPlain())) {
        continue;
      }
      isUnclear |= blocks.isEmpty();
      Set<Long> its = new HashSet<>();
      collect(other, candidate, its, 0);
      its.retainAll(blocks);
      if (!its.isEmpty()) {
        isUnclear |= found != null;
        found = candidate;
      }
    }
    if (isUnclear) {
      throw refused(
          directory.standing().getFirst(),
          directory.path(),
          "it cannot be told which directory this is in another tree of the image; put nothing"
              + " below it");
    }
    return found;
  }

  /** The first blocks of all files below a directory. */
  private static void collect(Tree tree, EditedDirectory directory, Set<Long> blocks, int depth) {
    for (EditedRecord record : directory.names().values()) {
      EditedDirectory child = record.directory();
      ParsedRecord parsed = record.parsed();
      if (child != null && depth < Limits.DEPTH) {
        collect(tree, child, blocks, depth + 1);
      } else if (parsed != null && record.kind() == Kind.FILE && parsed.extent().length() > 0) {
        blocks.add(parsed.extent().block() + tree.shift());
      }
    }
  }

  private void link(Everywhere in, String name, String path, String target) throws IsoException {
    EditedRecord found = find(main, in.main(), name);
    if (found != null) {
      throw refused(
          found,
          path,
          "is a %s on the image, and no symbolic link takes its place".formatted(word(found)));
    }
    if (!main.hasLinks()) {
      throw refused(null, path, "a symbolic link, which an image without Rock Ridge cannot have");
    }
    main.addLink(in.main(), name, target, date);
    for (int i = 0; i < others.size(); i++) {
      EditedDirectory other = in.others().get(i);
      if (other != null && others.get(i).hasLinks()) {
        others.get(i).addLink(other, name, target, date);
      }
    }
  }

  private void file(Everywhere in, String name, String path, NewEntry.File entry)
      throws IOException, IsoException {
    NewFile file = new NewFile(path, entry.content());
    files.add(file);
    EditedRecord found = find(main, in.main(), name);
    if (found != null) {
      if (found.kind() != Kind.FILE) {
        throw refused(found, path, "is a %s on the image, and no file".formatted(word(found)));
      }
      replace(in, found, name, file);
      return;
    }
    checkName(name, path);
    int permissions = entry.executable() ? Tree.EXECUTABLE : 0;
    add(main, in.main(), name, permissions, file);
    for (int i = 0; i < others.size(); i++) {
      EditedDirectory other = in.others().get(i);
      if (other != null) {
        EditedRecord there = find(others.get(i), other, name);
        if (there != null) {
          throw refused(there, path, "is in another tree of the image, and not in this one");
        }
        add(others.get(i), other, name, permissions, file);
      }
    }
  }

  private void add(Tree tree, EditedDirectory in, String name, int permissions, NewFile file)
      throws IsoException {
    written.add(new Written(tree, tree.addFile(in, name, permissions, file, date), file));
  }

  private void replace(Everywhere in, EditedRecord found, String name, NewFile file)
      throws IOException, IsoException {
    List<Extent> old = main.extents(in.main(), found);
    if (old.isEmpty()) {
      throw refused(found, file.path(), "is put twice");
    }
    long block = old.getFirst().block();
    boolean isAlone =
        main.names(block) == 1 && others.stream().allMatch(tree -> tree.names(block) <= 1);
    long had = Math.ceilDiv(old.getFirst().length(), Volume.BLOCK);
    if (isAlone && old.size() == 1 && file.length() > 0 && file.blocks() <= had) {
      file.place(block);
      kept.put(block, had);
    } else if (old.getFirst().length() > 0 && file.length() > 0) {
      moved.putIfAbsent(block, file);
    }
    for (int i = 0; i < others.size(); i++) {
      EditedDirectory other = in.others().get(i);
      EditedRecord there = other == null ? null : same(others.get(i), other, name, old.getFirst());
      if (other != null && there != null) {
        replace(others.get(i), other, there, file);
      }
    }
    replace(main, in.main(), found, file);
  }

  private void replace(Tree tree, EditedDirectory in, EditedRecord found, NewFile file)
      throws IOException, IsoException {
    written.add(new Written(tree, tree.replace(in, found, file, !file.isPlaced(), date), file));
  }

  /** The same file in another tree: that name, else the only one with that extent. */
  private static @Nullable EditedRecord same(
      Tree tree, EditedDirectory in, String name, Extent extent) throws IsoException {
    EditedRecord named = find(tree, in, name);
    if (named != null && named.kind() == Kind.FILE && stands(tree, named, extent)) {
      return named;
    }
    EditedRecord found = null;
    for (EditedRecord record : in.names().values()) {
      if (record.kind() == Kind.FILE && extent.length() > 0 && stands(tree, record, extent)) {
        if (found != null) {
          throw refused(
              record, in.path() + "/" + name, "has several names in another tree of the image");
        }
        found = record;
      }
    }
    return found;
  }

  private static boolean stands(Tree tree, EditedRecord record, Extent extent) {
    ParsedRecord parsed = record.parsed();
    return parsed != null
        && !record.isReplaced()
        && parsed.extent().length() == extent.length()
        && (extent.length() == 0 || parsed.extent().block() + tree.shift() == extent.block());
  }

  /** Writes into all records where their files stand. */
  void refer() {
    for (Written one : written) {
      List<Extent> extents = one.file().extents(one.tree().shift());
      for (int i = 0; i < extents.size(); i++) {
        EditedRecord record = one.records().get(i);
        record.extent(extents.get(i));
        record.goesOn(i < extents.size() - 1);
      }
    }
  }
}
