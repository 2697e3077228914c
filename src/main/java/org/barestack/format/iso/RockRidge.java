package org.barestack.format.iso;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.barestack.format.image.Medium;
import org.barestack.format.iso.Description.Kind;
import org.barestack.format.iso.SharingProtocol.Entry;
import org.jspecify.annotations.Nullable;

/** Names, permissions and links by Rock Ridge (RRIP 1.09 to 1.12). */
final class RockRidge implements Describer {
  /** What ER calls it, by its versions. */
  private static final Set<String> IDENTIFIERS = Set.of("RRIP_1991A", "IEEE_P1282", "IEEE_1282");

  private static final int PERMISSIONS = 07777;
  private static final int TYPE = 0170000;
  private static final int REGULAR = 0100000;
  private static final int DIRECTORY = 0040000;
  private static final int LINK = 0120000;

  private static final int CREATION = 0x01;
  private static final int MODIFY = 0x02;
  private static final int LONG_FORM = 0x80;

  private final SharingProtocol protocol;
  private final Identifiers identifiers = new Identifiers(false);

  private RockRidge(SharingProtocol protocol) {
    this.protocol = protocol;
  }

  /**
   * Whether a tree has it: its root's own record says so by SP and ER.
   *
   * @return null if it does not
   */
  static @Nullable RockRidge of(Medium medium, Budget budget, ParsedRecord root)
      throws IOException, IsoException {
    SharingProtocol protocol = SharingProtocol.of(medium, budget, root);
    if (protocol == null) {
      return null;
    }
    for (Entry entry : protocol.ofRoot(root)) {
      if (entry.signature().equals("ER")) {
        Octets er = entry.octets();
        if (IDENTIFIERS.contains(er.part(8, er.number8(4)).latin())) {
          return new RockRidge(protocol);
        }
      }
    }
    return null;
  }

  /** All entries of a record, in order. */
  List<Entry> entries(ParsedRecord record, boolean isRoot) throws IOException, IsoException {
    return isRoot ? protocol.ofRoot(record) : protocol.of(record);
  }

  /** Octets at the begin of system use areas that are another system's. */
  int skip() {
    return protocol.skip();
  }

  @Override
  public Description describe(ParsedRecord record) throws IOException, IsoException {
    return describe(record, protocol.of(record));
  }

  /** By its entries, which are known. */
  Description describe(ParsedRecord record, List<Entry> entries) throws IsoException {
    Gathered gathered = new Gathered(record);
    for (Entry entry : entries) {
      gathered.add(entry);
    }
    return gathered.description();
  }

  @Override
  public Description describeSelf(ParsedRecord record) throws IOException, IsoException {
    Gathered gathered = new Gathered(record);
    for (Entry entry : protocol.of(record)) {
      // The name of a directory in itself is "." by NM's flags.
      if (!entry.signature().equals("NM")) {
        gathered.add(entry);
      }
    }
    return gathered.description();
  }

  /** What the entries of one record say. */
  private final class Gathered {
    private final ParsedRecord record;
    private final ByteArrayOutputStream name = new ByteArrayOutputStream();
    private boolean nameGoesOn = true;
    private @Nullable Integer mode;
    private Instant modified;
    private @Nullable LinkTarget target;
    private @Nullable Long child;
    private boolean moved;

    Gathered(ParsedRecord record) {
      this.record = record;
      this.modified = record.date();
    }

    void add(Entry entry) throws IsoException {
      Octets octets = entry.octets();
      switch (entry.signature()) {
        case "NM" -> addName(octets);
        case "PX" -> mode = (int) octets.both32(4);
        case "TF" -> addDates(octets);
        case "SL" -> {
          target = target == null ? new LinkTarget() : target;
          target.add(octets);
        }
        case "CL" -> child = octets.both32(4);
        case "RE" -> moved = true;
        // PL is not needed by who goes down. PN is of devices, SF of sparse files.
        case "SF" -> throw octets.wrong(0, "a sparse file, which cannot be read");
        case "ZF" -> throw octets.wrong(0, "a compressed file (zisofs), which cannot be read");
        default -> {}
      }
    }

    /** §4.1.4. */
    private void addName(Octets octets) throws IsoException {
      int flags = octets.number8(4);
      if ((flags & ~1) != 0) {
        throw octets.wrong(4, "NM has flags %#x, which are not for this entry".formatted(flags));
      }
      if (!nameGoesOn) {
        throw octets.wrong(0, "a second name, though the first does not go on");
      }
      nameGoesOn = flags == 1;
      name.writeBytes(octets.tail(5).raw());
      if (name.size() > Limits.NAME) {
        throw octets.wrong(0, "a name of more than " + Limits.NAME + " octets");
      }
    }

    /** §4.1.6: those dates that the flags name, in the order of the flags. */
    private void addDates(Octets octets) throws IsoException {
      int flags = octets.number8(4);
      if ((flags & MODIFY) == 0) {
        return;
      }
      boolean isLong = (flags & LONG_FORM) != 0;
      int at = 5 + ((flags & CREATION) == 0 ? 0 : isLong ? 17 : 7);
      modified = isLong ? Dates.digits(octets, at) : Dates.numbers(octets, at);
    }

    Description description() throws IsoException {
      if (name.size() > 0 && nameGoesOn) {
        throw record.wrong("a name that goes on, and does not");
      }
      Kind kind = kind();
      return new Description(
          name.size() == 0 && nameGoesOn
              ? identifiers.name(record)
              : record.octets().text(name.toByteArray(), UTF_8),
          kind,
          mode == null ? kind.mode() : mode & PERMISSIONS,
          modified,
          target == null ? null : target.text(record),
          child,
          moved);
    }

    private Kind kind() throws IsoException {
      Kind kind = record.isDirectory() ? Kind.DIRECTORY : target == null ? Kind.FILE : Kind.LINK;
      // What stands for a moved directory is recorded as a file, with the directory's mode.
      if (mode != null && child == null && kind != kind(mode)) {
        throw record.wrong(
            "its record makes it a %s, but its mode %#o does not".formatted(kind.word(), mode));
      }
      return kind;
    }

    private Kind kind(int mode) throws IsoException {
      return switch (mode & TYPE) {
        case REGULAR -> Kind.FILE;
        case DIRECTORY -> Kind.DIRECTORY;
        case LINK -> Kind.LINK;
        default ->
            throw record.wrong(
                "neither file, directory nor symbolic link, but of mode %#o".formatted(mode));
      };
    }
  }
}
