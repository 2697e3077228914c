package org.barestack.format.iso;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A directory of the source with what is put into it, or a new one. */
final class EditedDirectory {
  private final String path;
  private final @Nullable EditedDirectory parent;
  private final byte[] identifier;
  private final @Nullable Extent source;
  private Extent extent;

  /** First its own, then its parent's. */
  private List<EditedRecord> records = new ArrayList<>();

  /** Records of a name, for who sorts them in: all sections of a file are one. */
  private final List<List<EditedRecord>> added = new ArrayList<>();

  private final List<EditedDirectory> directories = new ArrayList<>();
  private final List<EditedRecord> standing = new ArrayList<>();
  private final Map<String, EditedRecord> byName = new HashMap<>();
  private final Set<String> identifiers = new HashSet<>();
  private final Map<String, Integer> counters = new HashMap<>();
  private boolean changed;
  private int newDirectories;
  private long serial;

  /**
   * One that is kept in its parent.
   *
   * @param path for messages
   * @param parent where it is kept; null for the root
   * @param source where it stands; null for a new one
   */
  EditedDirectory(
      String path, @Nullable EditedDirectory parent, byte[] identifier, @Nullable Extent source) {
    this.path = path;
    this.parent = parent;
    this.identifier = identifier.clone();
    this.source = source;
    this.extent = source == null ? new Extent(0, 0) : source;
    this.changed = source == null;
  }

  String path() {
    return path;
  }

  /** Where it is kept; itself for the root. */
  EditedDirectory parent() {
    return parent == null ? this : parent;
  }

  boolean isRoot() {
    return parent == null;
  }

  byte[] identifier() {
    return identifier.clone();
  }

  boolean isNew() {
    return source == null;
  }

  /** Where the source has it; of a new one nowhere. */
  Extent source() {
    return source == null ? new Extent(-1, 0) : source;
  }

  Extent extent() {
    return extent;
  }

  void extent(Extent to) {
    extent = to;
  }

  /** Whether it stands elsewhere than in the source. */
  boolean isMoved() {
    return !extent.equals(source());
  }

  /** Whether records came or went. */
  boolean isChanged() {
    return changed;
  }

  List<EditedRecord> records() {
    return records;
  }

  /** What is kept in it. */
  List<EditedDirectory> directories() {
    return directories;
  }

  /** Records that stand for it in directories: where it is kept, and where Rock Ridge has it. */
  List<EditedRecord> standing() {
    return standing;
  }

  /** Directories that it has more than in the source. */
  int newDirectories() {
    return newDirectories;
  }

  long serial() {
    return serial;
  }

  void serial(long number) {
    serial = number;
  }

  /** What has that name in the tree. */
  @Nullable EditedRecord find(String name) {
    return byName.get(name);
  }

  /** All names in the tree. */
  Map<String, EditedRecord> names() {
    return byName;
  }

  /** Takes a record of the source, in their order. */
  void take(EditedRecord record) {
    records.add(record);
    if (record.isVisible()) {
      byName.put(record.name(), record);
    }
  }

  void keep(EditedDirectory child) {
    directories.add(child);
  }

  /** One more below it in the tree. */
  void countDirectory() {
    newDirectories++;
  }

  /** Adds the records of a new name. */
  void add(List<EditedRecord> group) {
    changed = true;
    added.add(group);
    byName.put(group.getFirst().name(), group.getFirst());
  }

  /** Puts records in the place of a file's. */
  void replace(EditedRecord first, int count, List<EditedRecord> others) {
    for (List<EditedRecord> group : added) {
      if (group.contains(first)) {
        throw new IllegalStateException(first.name() + " is new, and replaced");
      }
    }
    int at = records.indexOf(first);
    records.subList(at, at + count).clear();
    records.addAll(at, others);
    changed = true;
  }

  /** Sorts what is new in; what was there keeps its order. */
  void sort(Comparator<EditedRecord> order) {
    added.sort(Comparator.comparing(List::getFirst, order));
    List<EditedRecord> all = new ArrayList<>(records.subList(0, 2));
    int next = 0;
    for (EditedRecord record : records.subList(2, records.size())) {
      while (next < added.size() && order.compare(added.get(next).getFirst(), record) < 0) {
        all.addAll(added.get(next));
        next++;
      }
      all.add(record);
    }
    for (; next < added.size(); next++) {
      all.addAll(added.get(next));
    }
    added.clear();
    records = all;
  }

  /** Takes an identifier's key, if nothing else has it. */
  boolean reserve(String key) {
    return identifiers.add(key);
  }

  /** Counts up from 0 for each stem. */
  int number(String stem) {
    return counters.merge(stem, 1, Integer::sum) - 1;
  }

  /** All records, none of which goes over the end of a block (§6.8.1.1). */
  byte[] octets() {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (EditedRecord record : records) {
      byte[] octets = record.octets();
      int left = Volume.BLOCK - all.size() % Volume.BLOCK;
      if (octets.length > left) {
        all.writeBytes(new byte[left]);
      }
      all.writeBytes(octets);
    }
    all.writeBytes(new byte[-all.size() & (Volume.BLOCK - 1)]);
    return all.toByteArray();
  }
}
