package org.barestack.format.iso;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/** The target of a symbolic link, put together from its SL entries (RRIP 1.12 §4.1.3). */
final class LinkTarget {
  private static final int GOES_ON = 1;
  private static final int ROOT = 8;

  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private boolean entriesGoOn = true;

  /** Whether the next component is parted from what is there by a slash. */
  private boolean slash;

  /** One entry more. */
  void add(Octets entry) throws IsoException {
    if (!entriesGoOn) {
      throw entry.wrong(0, "a second target, though the first does not go on");
    }
    entriesGoOn = entry.number8(4) == GOES_ON;
    if (!entriesGoOn && entry.number8(4) != 0) {
      throw entry.wrong(4, "SL has flags %#x".formatted(entry.number8(4)));
    }
    int at = 5;
    while (at < entry.length()) {
      int length = entry.number8(at + 1);
      component(entry, at, entry.number8(at), entry.part(at + 2, length));
      at += 2 + length;
    }
    if (text.size() > Limits.TARGET) {
      throw entry.wrong(0, "a target of more than " + Limits.TARGET + " octets");
    }
  }

  private void component(Octets entry, int at, int flags, Octets content) throws IsoException {
    if (slash) {
      text.write('/');
    }
    switch (flags & ~GOES_ON) {
      case 0 -> {
        for (byte octet : content.raw()) {
          if (octet == 0 || octet == '/') {
            throw entry.wrong(at, "a component of a target with a NUL or a '/'");
          }
        }
        text.writeBytes(content.raw());
      }
      case 2 -> text.write('.');
      case 4 -> text.writeBytes("..".getBytes(UTF_8));
      case ROOT -> text.write('/');
      default ->
          throw entry.wrong(
              at,
              "a component of a target with flags %#x, whose meaning is another system's"
                  .formatted(flags));
    }
    slash = (flags & GOES_ON) == 0 && (flags & ROOT) == 0;
  }

  /** All of it, of which nothing may be missing. */
  String text(ParsedRecord record) throws IsoException {
    if (entriesGoOn || text.size() == 0) {
      throw record.wrong("a symbolic link whose target is not complete");
    }
    return record.octets().text(text.toByteArray(), UTF_8);
  }
}
