package org.barestack.format.iso;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.regex.Pattern;
import org.barestack.format.iso.Description.Kind;

/**
 * Names as the directory records have them: ECMA-119's own, or Joliet's.
 *
 * @param joliet whether they are in UCS-2
 */
record Identifiers(boolean joliet) implements Describer {
  private static final Pattern VERSION = Pattern.compile(";[0-9]{1,5}$");

  @Override
  public Description describe(ParsedRecord record) throws IsoException {
    return described(name(record), record);
  }

  @Override
  public Description describeSelf(ParsedRecord record) {
    return described("", record);
  }

  /** The name without its version and, of a plain file, the dot that ends a name without a type. */
  String name(ParsedRecord record) throws IsoException {
    String name = record.identifier().text(joliet ? UTF_16BE : UTF_8);
    if (record.isDirectory()) {
      return name;
    }
    String unversioned = VERSION.matcher(name).replaceFirst("");
    return !joliet && unversioned.endsWith(".")
        ? unversioned.substring(0, unversioned.length() - 1)
        : unversioned;
  }

  static Description described(String name, ParsedRecord record) {
    Kind kind = record.isDirectory() ? Kind.DIRECTORY : Kind.FILE;
    return new Description(name, kind, kind.mode(), record.date(), null, null, false);
  }
}
