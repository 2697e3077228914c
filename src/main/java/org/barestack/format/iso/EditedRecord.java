package org.barestack.format.iso;

import java.util.Arrays;
import org.barestack.format.iso.Description.Kind;
import org.jspecify.annotations.Nullable;

/** A directory record of the source that may be changed, or a new one. */
final class EditedRecord {
  private final @Nullable ParsedRecord parsed;
  private byte @Nullable [] octets;
  private final String name;
  private final Kind kind;
  private final boolean visible;
  private @Nullable EditedDirectory directory;
  private boolean replaced;

  /** Octets behind the record, where its CE leads; and where in the record that CE is. */
  private byte[] continued = new byte[0];

  private int continuation;

  private EditedRecord(
      @Nullable ParsedRecord parsed,
      byte @Nullable [] octets,
      String name,
      Kind kind,
      boolean visible) {
    this.parsed = parsed;
    this.octets = octets;
    this.name = name;
    this.kind = kind;
    this.visible = visible;
  }

  /**
   * One of the source.
   *
   * @param visible whether the tree has it under that name; not so the records of directories
   *     themselves, further sections of files, and what Rock Ridge moved
   */
  static EditedRecord of(ParsedRecord parsed, String name, Kind kind, boolean visible) {
    return new EditedRecord(parsed, null, name, kind, visible);
  }

  /** A new one. */
  static EditedRecord of(byte[] octets, String name, Kind kind, boolean visible) {
    return new EditedRecord(null, octets, name, kind, visible);
  }

  /** With octets that stand elsewhere. */
  EditedRecord continued(byte[] octetsElsewhere, int continuationAt) {
    continued = octetsElsewhere;
    continuation = continuationAt;
    return this;
  }

  /** The same once more, for a further section of its file. */
  EditedRecord twin() {
    return new EditedRecord(null, octets(), name, kind, false).continued(continued, continuation);
  }

  /** What it was read from; null for a new one. */
  @Nullable ParsedRecord parsed() {
    return parsed;
  }

  String name() {
    return name;
  }

  Kind kind() {
    return kind;
  }

  boolean isVisible() {
    return visible;
  }

  /** The directory for which it stands, wherever that is kept. */
  @Nullable EditedDirectory directory() {
    return directory;
  }

  void directory(EditedDirectory one) {
    directory = one;
    one.standing().add(this);
  }

  /** Whether its file has another content than in the source. */
  boolean isReplaced() {
    return replaced;
  }

  void markReplaced() {
    replaced = true;
  }

  byte[] continued() {
    return continued;
  }

  /** Where its CE is among its octets. */
  int continuation() {
    return continuation;
  }

  /** Whether its octets are not those of the source. */
  boolean isChanged() {
    return octets != null;
  }

  /** All of them, which nobody may change. */
  byte[] octets() {
    if (octets != null) {
      return octets.clone();
    }
    if (parsed == null) {
      throw new IllegalStateException("a record of nothing");
    }
    return parsed.octets().raw();
  }

  byte[] identifier() {
    byte[] all = octets();
    return Arrays.copyOfRange(all, ParsedRecord.FIXED, ParsedRecord.FIXED + (all[32] & 0xff));
  }

  /** Puts octets at an offset in it. */
  void put(int at, byte... some) {
    byte[] all = octets();
    if (!Arrays.equals(all, at, at + some.length, some, 0, some.length)) {
      System.arraycopy(some, 0, all, at, some.length);
      octets = all;
    }
  }

  /** §9.1.3 and §9.1.4, without an extended attribute record. */
  void extent(Extent extent) {
    put(1, (byte) 0);
    put(2, new Field().both32(extent.block()).both32(extent.length()).octets());
  }

  /** §9.1.6: whether the next record tells of more of the same file. */
  void goesOn(boolean value) {
    int flags = octets()[25];
    put(25, (byte) (value ? flags | 0x80 : flags & ~0x80));
  }
}
