package org.barestack.format.rpm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/** Packages that rpmbuild does not make. Each part can be another than the rest says. */
final class HandMadeRpm {
  /** An entry of a header before it has its place. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Value(int type, int count, byte[] octets) {}

  /**
   * A file in header and archive.
   *
   * @param mode as stat has it
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Item(String folder, String name, int mode, byte[] content, String link, long inode) {
    static Item file(String path, byte[] content) {
      int cut = path.lastIndexOf('/') + 1;
      return new Item(path.substring(0, cut), path.substring(cut), 0100644, content, "", 0);
    }

    static Item link(String path, String to) {
      int cut = path.lastIndexOf('/') + 1;
      return new Item(
          path.substring(0, cut), path.substring(cut), 0120777, to.getBytes(UTF_8), to, 0);
    }

    static Item special(String path, int mode) {
      int cut = path.lastIndexOf('/') + 1;
      return new Item(path.substring(0, cut), path.substring(cut), mode, new byte[0], "", 0);
    }

    Item inode(long number) {
      return new Item(folder, name, mode, content, link, number);
    }
  }

  final TreeMap<Integer, Value> main = new TreeMap<>();
  final TreeMap<Integer, Value> signature = new TreeMap<>();
  byte[] payload = new byte[0];

  /** What comes behind the payload. */
  byte[] rest = new byte[0];

  /** A package of these files, whose payload is a plain archive. */
  static HandMadeRpm of(Item... items) {
    HandMadeRpm rpm = new HandMadeRpm();
    rpm.main.put(Tag.NAME, text("made"));
    rpm.main.put(Tag.VERSION, text("1"));
    rpm.main.put(Tag.RELEASE, text("1"));
    rpm.main.put(Tag.ARCH, text("noarch"));
    rpm.main.put(Tag.SOURCE_RPM, text("made-1-1.src.rpm"));
    rpm.main.put(Tag.PAYLOAD_FORMAT, text("cpio"));
    rpm.main.put(Tag.FILE_DIGEST_ALGORITHM, int32(8));
    rpm.main.put(Tag.PAYLOAD_DIGEST_ALGORITHM, int32(8));
    rpm.signature.put(Tag.RSA_HEADER, new Value(7, 3, new byte[] {1, 2, 3}));
    rpm.files(items);
    rpm.archive(archive(items));
    return rpm;
  }

  /** Lists files in the header. */
  void files(Item... items) {
    if (items.length == 0) {
      return;
    }
    List<String> names = new ArrayList<>();
    LinkedHashMap<String, Integer> folders = new LinkedHashMap<>();
    List<String> digests = new ArrayList<>();
    List<String> links = new ArrayList<>();
    int[] sizes = new int[items.length];
    int[] indexes = new int[items.length];
    int[] inodes = new int[items.length];
    ByteBuffer modes = ByteBuffer.allocate(2 * items.length);
    for (int i = 0; i < items.length; i++) {
      Item item = items[i];
      names.add(item.name());
      indexes[i] = folders.computeIfAbsent(item.folder(), _ -> folders.size());
      boolean file = (item.mode() & 0170000) == 0100000;
      digests.add(file ? sha256(item.content()) : "");
      links.add(item.link());
      sizes[i] = item.content().length;
      inodes[i] = (int) item.inode();
      modes.putShort((short) item.mode());
    }
    main.put(Tag.BASE_NAMES, texts(names));
    main.put(Tag.DIR_NAMES, texts(List.copyOf(folders.keySet())));
    main.put(Tag.DIR_INDEXES, int32(indexes));
    main.put(Tag.FILE_SIZES, int32(sizes));
    main.put(Tag.FILE_MODES, new Value(3, items.length, modes.array()));
    main.put(Tag.FILE_DIGESTS, texts(digests));
    main.put(Tag.FILE_LINKTOS, texts(links));
    main.put(Tag.FILE_FLAGS, int32(new int[items.length]));
    main.put(Tag.FILE_INODES, int32(inodes));
    main.put(Tag.FILE_DEVICES, int32(new int[items.length]));
  }

  /** The same, for one expression. */
  HandMadeRpm listing(Item... items) {
    files(items);
    return this;
  }

  /** A payload that is this archive, with its digest in the header. */
  HandMadeRpm archive(byte[] archive) {
    payload = archive;
    main.put(Tag.PAYLOAD_SHA256, texts(List.of(sha256(archive))));
    return this;
  }

  /** The same, packed, by the compressor that the header names. */
  HandMadeRpm packed(String compressor, byte[] packed) {
    main.put(Tag.PAYLOAD_COMPRESSOR, text(compressor));
    return archive(packed);
  }

  HandMadeRpm with(int tag, Value value) {
    main.put(tag, value);
    return this;
  }

  HandMadeRpm without(int tag) {
    main.remove(tag);
    return this;
  }

  static Value text(String text) {
    return new Value(6, 1, (text + "\0").getBytes(UTF_8));
  }

  static Value texts(List<String> texts) {
    return new Value(8, texts.size(), (String.join("\0", texts) + "\0").getBytes(UTF_8));
  }

  static Value int32(int... numbers) {
    ByteBuffer octets = ByteBuffer.allocate(4 * numbers.length);
    for (int number : numbers) {
      octets.putInt(number);
    }
    return new Value(4, numbers.length, octets.array());
  }

  static String sha256(byte[] octets) {
    return HexFormat.of().formatHex(Digests.of("SHA-256").digest(octets));
  }

  static byte[] gzip(byte[] octets) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(octets);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  /** The archive of these files as rpmbuild has it, "newc". */
  static byte[] archive(Item... items) {
    ByteArrayOutputStream archive = new ByteArrayOutputStream();
    for (int i = 0; i < items.length; i++) {
      Item item = items[i];
      boolean more = false;
      for (int k = i + 1; k < items.length; k++) {
        more |= item.inode() != 0 && items[k].inode() == item.inode();
      }
      byte[] content = more ? new byte[0] : item.content();
      archive.writeBytes(
          entry("." + item.folder() + item.name(), item.mode(), content.length, content));
    }
    archive.writeBytes(trailer());
    return archive.toByteArray();
  }

  static byte[] trailer() {
    return entry("TRAILER!!!", 0, 0, new byte[0]);
  }

  /** One entry, which may say another length than it has. */
  static byte[] entry(String name, int mode, long length, byte[] content) {
    byte[] octets = (name + "\0").getBytes(UTF_8);
    ByteArrayOutputStream entry = new ByteArrayOutputStream();
    entry.writeBytes(
        "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x"
            .formatted(0, mode, 0, 0, 1, 0, length, 0, 0, 0, 0, octets.length, 0)
            .getBytes(UTF_8));
    entry.writeBytes(octets);
    pad(entry, 4);
    entry.writeBytes(content);
    pad(entry, 4);
    return entry.toByteArray();
  }

  /** One entry of rpm's own form, for the file of that number. */
  static byte[] stripped(int number, byte[] content) {
    ByteArrayOutputStream entry = new ByteArrayOutputStream();
    entry.writeBytes("07070X%08x".formatted(number).getBytes(UTF_8));
    pad(entry, 4);
    entry.writeBytes(content);
    pad(entry, 4);
    return entry.toByteArray();
  }

  private static void pad(ByteArrayOutputStream out, int to) {
    while (out.size() % to != 0) {
      out.write(0);
    }
  }

  static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  static byte[] lead() {
    byte[] lead = new byte[96];
    ByteBuffer.wrap(lead).putInt(0xedabeedb).put((byte) 3).put(79, (byte) 5);
    return lead;
  }

  byte[] mainHeader() {
    return header(Tag.HEADER_IMMUTABLE, main);
  }

  /** The whole file. */
  byte[] bytes() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(lead());
    out.writeBytes(header(Tag.HEADER_SIGNATURES, signature));
    pad(out, 8);
    out.writeBytes(mainHeader());
    out.writeBytes(payload);
    out.writeBytes(rest);
    return out.toByteArray();
  }

  private static byte[] header(int region, Map<Integer, Value> values) {
    ByteBuffer index = ByteBuffer.allocate(16 * (values.size() + 1));
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    index.position(16);
    values.forEach((tag, value) -> {
      pad(
          data,
          switch (value.type()) {
            case 3 -> 2;
            case 4 -> 4;
            case 5 -> 8;
            default -> 1;
          });
      index.putInt(tag).putInt(value.type()).putInt(data.size()).putInt(value.count());
      data.writeBytes(value.octets());
    });
    index.putInt(0, region).putInt(4, 7).putInt(8, data.size()).putInt(12, 16);
    ByteBuffer trailer = ByteBuffer.allocate(16);
    trailer.putInt(region).putInt(7).putInt(-index.capacity()).putInt(16);
    data.writeBytes(trailer.array());
    ByteBuffer intro = ByteBuffer.allocate(16);
    intro.putInt(0x8eade801).putInt(0).putInt(values.size() + 1).putInt(data.size());
    return joined(intro.array(), index.array(), data.toByteArray());
  }
}
