package org.barestack.verify;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Digests of files, as CHECKSUM files of releases have them: "SHA256 (FILE) = HEX", with the size
 * as "# FILE: N bytes" before it; and as sha256sum writes them: "HEX FILE". What it says is true
 * only once its signature was verified.
 */
public final class ChecksumFile {
  /** Those of mirrors have some KiB. */
  private static final int LONGEST = 4 << 20;

  private static final Pattern SIZE = Pattern.compile("#\\s*(\\S.*):\\s*(\\d{1,18})\\s+bytes");
  private static final Pattern BSD = Pattern.compile("([A-Z0-9-]+) \\((.+)\\) = ([0-9A-Fa-f]+)");
  private static final Pattern COREUTILS = Pattern.compile("([0-9A-Fa-f]+) [ *](.+)");

  /** Those of whose digests others can make a second file are left out. */
  private static final Map<String, String> ALGORITHMS =
      Map.of("SHA256", "SHA-256", "SHA384", "SHA-384", "SHA512", "SHA-512");

  private static final Map<Integer, String> BY_DIGITS =
      Map.of(64, "SHA-256", 96, "SHA-384", 128, "SHA-512");

  private static final Set<String> PASSED_OVER = Set.of("MD5", "SHA1", "SHA224");

  private final Map<String, ExpectedContent> files;

  private ChecksumFile(Map<String, ExpectedContent> files) {
    this.files = files;
  }

  /**
   * Reads one.
   *
   * @param name of the file, for messages
   * @throws MalformedException if a line is none of those forms, says two things of one file, or
   *     there is no digest at all
   */
  public static ChecksumFile parse(String name, byte[] octets) throws MalformedException {
    if (octets.length > LONGEST) {
      throw new MalformedException(name, "has more than " + (LONGEST >> 20) + " MiB");
    }
    Map<String, Long> sizes = new HashMap<>();
    Map<String, Map<String, String>> digests = new LinkedHashMap<>();
    int number = 0;
    for (String raw : new String(octets, UTF_8).lines().toList()) {
      number++;
      String line = raw.stripTrailing();
      Matcher size = SIZE.matcher(line);
      if (size.matches()) {
        once(name, number, sizes, size.group(1), Long.valueOf(size.group(2)));
        continue;
      }
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      Matcher bsd = BSD.matcher(line);
      Matcher coreutils = COREUTILS.matcher(line);
      String file;
      String hex;
      String algorithm;
      if (bsd.matches()) {
        file = bsd.group(2);
        hex = bsd.group(3);
        if (PASSED_OVER.contains(bsd.group(1))) {
          continue;
        }
        algorithm = ALGORITHMS.get(bsd.group(1));
      } else if (coreutils.matches()) {
        hex = coreutils.group(1);
        file = coreutils.group(2);
        algorithm = BY_DIGITS.get(hex.length());
      } else {
        throw new MalformedException(
            name, "line " + number + ": neither 'SHA256 (FILE) = HEX' nor 'HEX  FILE'");
      }
      if (algorithm == null || !algorithm.equals(BY_DIGITS.get(hex.length()))) {
        throw new MalformedException(name, "line " + number + ": no SHA-256, SHA-384 or SHA-512");
      }
      once(
          name,
          number,
          digests.computeIfAbsent(file, _ -> new LinkedHashMap<>()),
          algorithm,
          hex.toLowerCase(Locale.ROOT));
    }
    if (digests.isEmpty()) {
      throw new MalformedException(name, "holds no SHA-256, SHA-384 or SHA-512");
    }
    Map<String, ExpectedContent> files = new LinkedHashMap<>();
    digests.forEach((file, found) -> {
      String best = new TreeSet<>(found.keySet()).last();
      Long size = sizes.get(file);
      files.put(
          file,
          new ExpectedContent(
              best,
              String.valueOf(found.get(best)),
              size == null ? OptionalLong.empty() : OptionalLong.of(size)));
    });
    return new ChecksumFile(files);
  }

  private static <T> void once(String name, int number, Map<String, T> map, String key, T value)
      throws MalformedException {
    T before = map.putIfAbsent(key, value);
    if (before != null && !before.equals(value)) {
      throw new MalformedException(
          name, "line " + number + ": says something else than a line before it");
    }
  }

  /** What it says of a file; names are compared as they are. */
  public Optional<ExpectedContent> file(String file) {
    return Optional.ofNullable(files.get(file));
  }

  /** All, in its order. */
  public Map<String, ExpectedContent> files() {
    return Map.copyOf(files);
  }
}
