package org.barestack.format.iso;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A volume with one directory: its files have their names by Rock Ridge and by Joliet, so that any
 * system reads them. The same volume is always the same octets.
 *
 * @param identifier at most 16 characters: what tools call its label. Lower case is no d-character
 *     of ECMA-119, but what {@code cidata} must be
 * @param date that all in it bears
 */
public record Volume(String identifier, Instant date, List<FileSection> files) {
  /** Octets of a logical block, and of a sector. */
  static final int BLOCK = 2048;

  /** The system area before the first descriptor (§6.2.1), in sectors. */
  private static final int SYSTEM_AREA = 16;

  private static final int PRIMARY = SYSTEM_AREA;
  private static final int PATH_TABLES = PRIMARY + 3;
  private static final int DIRECTORIES = PATH_TABLES + 4;

  private static final Field SELF = new Field().number8(0);
  private static final Field PARENT = new Field().number8(1);
  private static final int READABLE = 0555;

  /** In octets: there is one directory, and its record is the same in both trees. */
  private static final int PATH_TABLE_SIZE = 10;

  public Volume {
    if (!identifier.matches("[A-Za-z0-9_-]{1,16}")) {
      throw new IllegalArgumentException(
          "a volume identifier has 1 to 16 letters, digits, '_' or '-': '" + identifier + "'");
    }
    Set<String> names = new HashSet<>();
    files.forEach(file -> {
      if (!names.add(file.name().toLowerCase(Locale.ROOT))) {
        throw new IllegalArgumentException("two files are called " + file.name());
      }
    });
    files = files.stream().sorted(Comparator.comparing(FileSection::name)).toList();
  }

  /** Writes all of it. */
  public void write(OutputStream out) throws IOException {
    int primaryLength = directoryLength(false);
    int jolietLength = directoryLength(true);
    long primary = DIRECTORIES;
    // What the root's first record goes on in must lie behind that record: some read only forward.
    long reference = primary + blocks(primaryLength);
    long joliet = reference + 1;
    long content = joliet + blocks(jolietLength);
    long end = content + files.stream().mapToLong(file -> blocks(file.length())).sum();
    out.write(new byte[SYSTEM_AREA * BLOCK]);
    out.write(descriptor(false, end, primary, primaryLength));
    out.write(descriptor(true, end, joliet, jolietLength));
    out.write(VolumeDescriptor.terminator());
    out.write(pathTables(primary));
    out.write(pathTables(joliet));
    out.write(directory(false, primary, primaryLength, content));
    out.write(new Field().raw(SystemUse.reference()).padTo(BLOCK).octets());
    out.write(directory(true, joliet, jolietLength, content));
    for (FileSection file : files) {
      out.write(new Field().raw(file.content()).padTo(BLOCK).octets());
    }
  }

  private static long blocks(long octets) {
    return (octets + BLOCK - 1) / BLOCK;
  }

  private byte[] descriptor(boolean isJoliet, long end, long extent, int length) {
    long tables = isJoliet ? PATH_TABLES + 2L : PATH_TABLES;
    return new VolumeDescriptor(
            isJoliet,
            identifier,
            end,
            PATH_TABLE_SIZE,
            tables,
            tables + 1,
            new DirectoryRecord(extent, length, date, true, SELF, new Field()),
            date)
        .octets();
  }

  /** Both types of table (§9.4): the extent and the parent's number, in either order of octets. */
  private static byte[] pathTables(long extent) {
    return new Field()
        .number8(1)
        .number8(0)
        .little32(extent)
        .little16(1)
        .raw(SELF.octets())
        .padTo(BLOCK)
        .number8(1)
        .number8(0)
        .big32(extent)
        .big16(1)
        .raw(SELF.octets())
        .padTo(BLOCK)
        .octets();
  }

  private int directoryLength(boolean isJoliet) {
    return directory(isJoliet, 0, 0, 0).length;
  }

  /** No record goes over the end of a block (§6.8.1.1). */
  private byte[] directory(boolean isJoliet, long extent, int length, long content) {
    List<DirectoryRecord> records = new ArrayList<>();
    records.add(
        new DirectoryRecord(
            extent,
            length,
            date,
            true,
            SELF,
            isJoliet ? new Field() : root(extent + blocks(length))));
    records.add(
        new DirectoryRecord(
            extent, length, date, true, PARENT, isJoliet ? new Field() : ofDirectory()));
    long block = content;
    for (int i = 0; i < files.size(); i++) {
      FileSection file = files.get(i);
      records.add(
          new DirectoryRecord(
              block,
              file.length(),
              date,
              false,
              isJoliet
                  ? new Field().raw(file.name().getBytes(StandardCharsets.UTF_16BE))
                  : plainName(i),
              isJoliet ? new Field() : ofFile(file)));
      block += blocks(file.length());
    }
    Field field = new Field();
    for (DirectoryRecord one : records) {
      if (field.length() % BLOCK + one.length() > BLOCK) {
        field.padTo(BLOCK);
      }
      field.raw(one.octets());
    }
    return field.padTo(BLOCK).octets();
  }

  /**
   * The name for who knows neither Rock Ridge nor Joliet: eight d-characters, in the order of the
   * files, since a directory is sorted by it (§9.3).
   */
  private static Field plainName(int number) {
    String name = String.format(Locale.ROOT, "FILE%04d.;1", number);
    return new Field().raw(name.getBytes(StandardCharsets.US_ASCII));
  }

  private Field root(long reference) {
    return new Field()
        .raw(SystemUse.sharing())
        .raw(ofDirectory().octets())
        .raw(SystemUse.continuation(reference, SystemUse.reference().length));
  }

  private Field ofDirectory() {
    return new Field().raw(SystemUse.directory(READABLE)).raw(SystemUse.modified(date));
  }

  private Field ofFile(FileSection file) {
    return new Field()
        .raw(SystemUse.regular(file.mode()))
        .raw(SystemUse.modified(date))
        .raw(SystemUse.name(file.name()));
  }
}
