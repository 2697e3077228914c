package org.barestack.storm;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What an iPXE script makes a machine load, if each command succeeds: branches are not followed.
 *
 * @param next the script that it goes on with; null if none
 * @param kernel null if it starts none
 * @param arguments of the kernel
 * @param images that go with the kernel
 */
record BootScript(
    @Nullable URI next, @Nullable URI kernel, List<String> arguments, List<URI> images) {
  private static final String MAGIC = "#!ipxe";
  private static final Pattern BLANKS = Pattern.compile("\\s+");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)}");

  BootScript {
    arguments = List.copyOf(arguments);
    images = List.copyOf(images);
  }

  /**
   * Reads one.
   *
   * @param at where it was loaded from: other places may be told relative to it
   * @param settings what its variables stand for, by their names without {@code :hexhyp} and the
   *     like; {@code mac} as {@code 52-54-00-01-02-03}
   * @throws Lost if it is none
   */
  static BootScript parse(String text, URI at, Map<String, String> settings) throws Lost {
    if (!text.startsWith(MAGIC)) {
      throw new Lost("what it was told to run is no iPXE script");
    }
    Map<String, String> known = new HashMap<>(settings);
    URI kernel = null;
    List<String> arguments = List.of();
    List<URI> images = new ArrayList<>();
    for (String line : text.lines().skip(1).toList()) {
      List<String> words = words(line, known);
      if (words.isEmpty()) {
        continue;
      }
      List<String> operands = operands(words);
      switch (words.getFirst()) {
        case "set" -> {
          if (words.size() > 2) {
            known.put(name(words.get(1)), String.join(" ", words.subList(2, words.size())));
          }
        }
        case "chain", "autoboot" -> {
          if (!operands.isEmpty()) {
            return new BootScript(place(at, operands.getFirst()), null, List.of(), List.of());
          }
        }
        case "kernel", "imgselect" -> {
          if (!operands.isEmpty()) {
            kernel = place(at, operands.getFirst());
            arguments = operands.subList(1, operands.size());
          }
        }
        case "initrd", "module", "imgfetch" -> {
          if (!operands.isEmpty()) {
            images.add(place(at, operands.getFirst()));
          }
        }
        case "boot" -> {
          return new BootScript(null, kernel, arguments, images);
        }
        default -> {}
      }
    }
    return new BootScript(null, kernel, arguments, images);
  }

  /** The value of a kernel argument. */
  Optional<String> argument(String name) {
    return arguments.stream()
        .filter(one -> one.startsWith(name + "="))
        .map(one -> one.substring(name.length() + 1))
        .reduce((_, last) -> last);
  }

  /** Those of the first command of a line; the rest runs if it fails. */
  private static List<String> words(String line, Map<String, String> known) {
    List<String> words = new ArrayList<>();
    for (String word : BLANKS.splitAsStream(line.strip()).toList()) {
      if (word.equals("||") || word.equals("&&") || word.equals(";")) {
        break;
      }
      String expanded = expanded(word, known);
      if (!expanded.isEmpty()) {
        words.add(expanded);
      }
    }
    return words.isEmpty() || words.getFirst().startsWith("#") ? List.of() : words;
  }

  private static List<String> operands(List<String> words) {
    return words.stream()
        .skip(1)
        .dropWhile(word -> word.startsWith("--"))
        .collect(Collectors.toUnmodifiableList());
  }

  private static String expanded(String word, Map<String, String> known) {
    Matcher variable = VARIABLE.matcher(word);
    return variable.replaceAll(
        found -> Matcher.quoteReplacement(known.getOrDefault(name(found.group(1)), "")));
  }

  /** {@code netX/mac:hexhyp} is {@code mac}. */
  private static String name(String variable) {
    String name = variable.replaceFirst("^net[0-9X]+/", "");
    int type = name.indexOf(':');
    return (type < 0 ? name : name.substring(0, type)).toLowerCase(Locale.ROOT);
  }

  private static URI place(URI at, String named) throws Lost {
    try {
      return at.resolve(named);
    } catch (IllegalArgumentException e) {
      throw new Lost("a boot script names a place that is no URL");
    }
  }
}
