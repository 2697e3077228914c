package org.barestack.format.iso;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Pattern;
import org.barestack.format.iso.Description.Kind;

/**
 * What a tree calls new files and directories in their records (§7.5, §7.6; Joliet Specification,
 * "Joliet Directory Identifiers"): as long as the identifiers that it has already, with a version
 * if those have one, and unique in their directory.
 */
final class Naming {
  private static final Pattern VERSION = Pattern.compile(";[0-9]{1,5}$");

  /** Level 1: eight characters, and three of an extension. */
  private static final int SHORT = 8;

  private static final int SHORT_EXTENSION = 3;

  /** Levels 2 and 3: 30 characters with the extension, 31 of a directory. */
  private static final int LONG = 30;

  private static final int JOLIET = 64;

  /** What the records' length allows, and many programs write. */
  private static final int LONG_JOLIET = 103;

  private final boolean joliet;
  private boolean isLong;
  private boolean isVersioned;
  private boolean isDotted;
  private boolean hasFiles;

  Naming(boolean joliet) {
    this.joliet = joliet;
  }

  /** Learns from a record of the tree, and keeps its identifier from being used again. */
  void learn(EditedDirectory directory, EditedRecord record) {
    String text = text(record.identifier());
    String plain = VERSION.matcher(text).replaceFirst("");
    directory.reserve(key(plain));
    int dot = plain.lastIndexOf('.');
    if (record.kind() == Kind.DIRECTORY && record.directory() != null) {
      isLong |= plain.length() > (joliet ? JOLIET : SHORT);
      return;
    }
    hasFiles = true;
    isVersioned |= !plain.equals(text);
    isDotted |= plain.endsWith(".");
    isLong |=
        joliet
            ? plain.length() > JOLIET
            : (dot < 0 ? plain.length() : dot) > SHORT
                || (dot >= 0 && plain.length() - dot - 1 > SHORT_EXTENSION);
  }

  private String text(byte[] identifier) {
    return new String(identifier, joliet ? StandardCharsets.UTF_16BE : StandardCharsets.ISO_8859_1);
  }

  private String key(String plain) {
    if (joliet) {
      return plain;
    }
    return (plain.endsWith(".") ? plain.substring(0, plain.length() - 1) : plain)
        .toUpperCase(Locale.ROOT);
  }

  /** The identifier of something new. */
  byte[] identifier(EditedDirectory directory, String name, boolean isDirectory) {
    int dot = isDirectory ? -1 : name.lastIndexOf('.');
    String stem = dot > 0 ? name.substring(0, dot) : name;
    String extension = dot > 0 ? name.substring(dot + 1) : "";
    return joliet
        ? joliet(directory, stem, extension, isDirectory)
        : plain(directory, stem, extension, isDirectory);
  }

  private byte[] joliet(
      EditedDirectory directory, String stem, String extension, boolean isDirectory) {
    String suffix = extension.isEmpty() ? "" : "." + ucs2(extension);
    int most = (isLong ? LONG_JOLIET : JOLIET) - (isVersioned ? 2 : 0);
    if (suffix.length() > most / 2) {
      suffix = suffix.substring(0, most / 2);
    }
    String unique = unique(directory, ucs2(stem), suffix, most - suffix.length());
    return (isVersioned && !isDirectory ? unique + ";1" : unique)
        .getBytes(StandardCharsets.UTF_16BE);
  }

  private static String ucs2(String text) {
    return text.codePoints()
        .map(c -> c > 0xffff || "*/:;?\\".indexOf(c) >= 0 ? '_' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  private byte[] plain(
      EditedDirectory directory, String stem, String extension, boolean isDirectory) {
    String suffix = characters(extension);
    int mostOfSuffix = isLong ? SHORT : SHORT_EXTENSION;
    suffix = suffix.substring(0, Math.min(suffix.length(), mostOfSuffix));
    int most = isLong ? LONG - suffix.length() : SHORT;
    String unique = unique(directory, characters(stem), suffix.isEmpty() ? "" : "." + suffix, most);
    if (!isDirectory) {
      unique = suffix.isEmpty() && (isDotted || !hasFiles) ? unique + "." : unique;
      unique = isVersioned || !hasFiles ? unique + ";1" : unique;
    }
    return unique.getBytes(StandardCharsets.US_ASCII);
  }

  /** d-characters (§7.4.1). */
  private static String characters(String text) {
    return text.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9_]", "_");
  }

  private String unique(EditedDirectory directory, String stem, String suffix, int most) {
    String cut = stem.substring(0, Math.min(stem.length(), most));
    String name = cut + suffix;
    while (!directory.reserve(key(name))) {
      String number = Integer.toString(directory.number(key(cut + suffix)));
      name = cut.substring(0, Math.min(cut.length(), most - number.length())) + number + suffix;
    }
    return name;
  }

  /**
   * The order of records in a directory (§9.3): by name, then extension, filled up with spaces;
   * Joliet's by the octets of UCS-2.
   */
  int compare(byte[] one, byte[] other) {
    if (joliet) {
      return Arrays.compareUnsigned(one, other);
    }
    String[] first = parts(one);
    String[] second = parts(other);
    int order = padded(first[0], second[0]);
    return order == 0 ? padded(first[1], second[1]) : order;
  }

  private static String[] parts(byte[] identifier) {
    String text = new String(identifier, StandardCharsets.ISO_8859_1);
    String plain = VERSION.matcher(text).replaceFirst("");
    int dot = plain.indexOf('.');
    return dot < 0
        ? new String[] {plain, ""}
        : new String[] {plain.substring(0, dot), plain.substring(dot + 1)};
  }

  private static int padded(String one, String other) {
    int length = Math.max(one.length(), other.length());
    for (int i = 0; i < length; i++) {
      char first = i < one.length() ? one.charAt(i) : ' ';
      char second = i < other.length() ? other.charAt(i) : ' ';
      if (first != second) {
        return Character.compare(first, second);
      }
    }
    return 0;
  }
}
