package org.barestack.render;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The filters that end every expression of a template: each writes a value so that it means just
 * itself in one context, or refuses it. What a context cannot carry is never dropped or replaced,
 * except in text that only a person reads ({@code comment}, {@code screen}).
 */
final class Contexts {
  /** Text that is safe where it stands, because one of these filters wrote it. */
  record Rendered(String text) {
    @Override
    public String toString() {
      return text;
    }
  }

  /** A value does not fit into its context. */
  static final class Refusal extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refusal(String message) {
      super(message, null, false, false);
    }
  }

  private static final Pattern SHELL_SAFE = Pattern.compile("[A-Za-z0-9_@+:,./-]+");
  private static final Pattern KICKSTART_SAFE = Pattern.compile("[A-Za-z0-9_@+:=,./-]+");
  private static final Pattern GRUB_SAFE = Pattern.compile("[A-Za-z0-9_@+:=%,./()-]+");
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_@+:=,./-]*");

  /**
   * Printable ASCII without quotes and backslashes: GRUB's {@code linux} puts backslashes before
   * those (grub-core/lib/cmdline.c), so that a kernel would not get them as they are.
   */
  private static final Pattern ARGUMENT = Pattern.compile("[!-~&&[^'\"\\\\]]+");

  private static final Pattern PACKAGE =
      Pattern.compile("-?(@\\^?)?[A-Za-z0-9][A-Za-z0-9_+.:/*?-]*");

  /** The characters of RFC 3986 §2, less those with a meaning to a shell that quotes nothing. */
  private static final Pattern URL =
      Pattern.compile("[A-Za-z][A-Za-z0-9+.-]*://[A-Za-z0-9_.~:/?\\[\\]@+,=%-]+");

  /** RFC 7468, with the line ends that OpenSSL writes. */
  private static final Pattern PEM =
      Pattern.compile(
          "(-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=]+\n)+-----END CERTIFICATE-----\n?)*");

  /** iPXE separates commands at these words (core/exec.c). */
  private static final List<String> IPXE_SEPARATORS = List.of("||", "&&", ";");

  static final Map<String, Function<Object, String>> BY_NAME =
      Map.ofEntries(
          Map.entry("sh", Contexts::shell),
          Map.entry("ks", value -> kickstart(text(value))),
          Map.entry("pkg", value -> matching(value, PACKAGE, "package name")),
          Map.entry("plain", value -> matching(value, PLAIN, "plain word")),
          Map.entry("url", value -> matching(value, URL, "absolute URL")),
          Map.entry("ipxe", value -> ipxe(text(value))),
          Map.entry("grub", value -> grub(text(value))),
          Map.entry("arg", value -> matching(value, ARGUMENT, "kernel argument")),
          Map.entry("yaml", Contexts::yaml),
          Map.entry("ini", value -> ini(text(value))),
          Map.entry("heredoc", value -> heredoc(text(value))),
          Map.entry("pem", value -> pem(text(value))),
          Map.entry("comment", value -> printable(text(value))),
          Map.entry("screen", value -> screen(text(value))),
          Map.entry("raw", Contexts::raw));

  private Contexts() {}

  /** One word of a POSIX shell, or with a list one word each. */
  private static String shell(Object value) {
    return value instanceof List<?> list
        ? list.stream().map(Contexts::shell).collect(Collectors.joining(" "))
        : shellWord(oneLine(text(value)));
  }

  private static String shellWord(String word) {
    return SHELL_SAFE.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  /**
   * One word, or the value of an option, on a kickstart line, which Python's {@code shlex.split}
   * takes apart.
   */
  private static String kickstart(String text) {
    String word = oneLine(text);
    return KICKSTART_SAFE.matcher(word).matches() ? word : "'" + word.replace("'", "'\"'\"'") + "'";
  }

  /** A string value of a GLib key file, which is how NetworkManager stores profiles. */
  private static String ini(String text) {
    String escaped = oneLine(text).replace("\\", "\\\\");
    String inner = escaped.strip();
    int start = escaped.indexOf(inner);
    return "\\s".repeat(start) + inner + "\\s".repeat(escaped.length() - start - inner.length());
  }

  /**
   * A YAML value, which also is one in a flow: a quoted string, a number, a truth value, or a list
   * of them. A string of several lines goes over as many, so that differences can be read.
   */
  private static String yaml(Object value) {
    return switch (value) {
      case List<?> list ->
          list.stream().map(Contexts::yaml).collect(Collectors.joining(", ", "[", "]"));
      case Number number -> number.toString();
      case Boolean flag -> flag.toString();
      default -> yamlString(text(value));
    };
  }

  /**
   * In double quotes (YAML 1.2 §7.3.1), in ASCII. A backslash at the end of a line leaves that line
   * break out, and the white space that begins the next line; its own goes behind a backslash.
   */
  private static String yamlString(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    boolean begins = false;
    for (int c : text.codePoints().toArray()) {
      if (begins) {
        quoted.append("\\\n      ");
      }
      switch (c) {
        case '"', '\\' -> quoted.append('\\').appendCodePoint(c);
        case '\n' -> quoted.append("\\n");
        case '\t' -> quoted.append("\\t");
        case ' ' -> quoted.append(begins ? "\\ " : " ");
        default -> {
          if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
            throw new Refusal("half a character in '" + printable(text) + "' cannot stand here");
          }
          if (c > ' ' && c < 0x7f) {
            quoted.appendCodePoint(c);
          } else {
            quoted.append(String.format(Locale.ROOT, c > 0xffff ? "\\U%08x" : "\\u%04x", c));
          }
        }
      }
      begins = c == '\n';
    }
    return quoted.append('"').toString();
  }

  /** One word of an iPXE script. iPXE has no quoting, so it is that word or nothing. */
  private static String ipxe(String text) {
    String word = oneLine(text);
    if (word.isEmpty()
        || word.startsWith("#")
        || word.contains("${")
        || word.chars().anyMatch(Character::isWhitespace)
        || IPXE_SEPARATORS.contains(word)) {
      throw new Refusal("iPXE cannot take '" + printable(text) + "' as one word");
    }
    return word;
  }

  /** One word of a GRUB script, which quotes as a POSIX shell does (GRUB's manual, Quoting). */
  private static String grub(String text) {
    String word = oneLine(text);
    return GRUB_SAFE.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  /** Text that iPXE's {@code echo} shows; what it would act upon becomes a question mark. */
  private static String screen(String text) {
    return text.replaceAll("[^A-Za-z0-9 .,:()/_'\"+=@<>!?*%-]", "?").strip();
  }

  /** Text on one line for people, such as in a comment. */
  private static String printable(String text) {
    return text.chars()
        .map(c -> isControl((char) c) ? ' ' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** A here-document: the redirection, the text as it is, and the end marker. */
  static String heredoc(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\n' && c != '\t' && isControl(c)) {
        throw new Refusal(
            "line " + Sections.line(text, i) + " of the text holds a control character");
      }
    }
    for (int sign = text.indexOf('%'); sign >= 0; sign = text.indexOf('%', sign + 1)) {
      int begin = Sections.lineBegunBy(text, sign);
      if (begin >= 0 && Sections.WORDS.contains(Sections.firstWord(text, sign))) {
        throw new Refusal(
            "line "
                + Sections.line(text, sign)
                + " of the text begins like a kickstart section: '"
                + text.substring(sign).lines().findFirst().orElse("").strip()
                + "'");
      }
    }
    String marker = "EOF";
    while (holdsLine(text, marker)) {
      marker += "_";
    }
    return "<<'" + marker + "'\n" + text + (text.endsWith("\n") ? "" : "\n") + marker;
  }

  private static boolean holdsLine(String text, String line) {
    for (int at = text.indexOf(line); at >= 0; at = text.indexOf(line, at + 1)) {
      int end = at + line.length();
      if ((at == 0 || text.charAt(at - 1) == '\n')
          && (end == text.length() || text.charAt(end) == '\n')) {
        return true;
      }
    }
    return false;
  }

  /** Certificates, or nothing, as lines of a file; the last line break is the template's. */
  private static String pem(String text) {
    if (!PEM.matcher(text).matches()) {
      throw new Refusal("not certificates in PEM");
    }
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }

  private static String raw(Object value) {
    if (value instanceof Rendered rendered) {
      return rendered.text();
    }
    throw new Refusal("raw takes only what another filter wrote");
  }

  private static String matching(Object value, Pattern pattern, String what) {
    String text = text(value);
    if (!pattern.matcher(text).matches()) {
      throw new Refusal("not a " + what + ": '" + printable(text) + "'");
    }
    return text;
  }

  private static String oneLine(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isControl(text.charAt(i))) {
        throw new Refusal(
            "a line break or control character in '" + printable(text) + "' cannot stand here");
      }
    }
    return text;
  }

  /**
   * Control characters and whatever Python's {@code splitlines}, which pykickstart uses, splits.
   */
  private static boolean isControl(char c) {
    return c < ' ' || (c > '~' && (c <= '\u009f' || c == '\u2028' || c == '\u2029'));
  }

  private static String text(Object value) {
    return switch (value) {
      case String text -> text;
      case Rendered rendered -> rendered.text();
      case Number number -> number.toString();
      case Boolean flag -> flag.toString();
      default -> throw new Refusal("not a single value: join the list first");
    };
  }
}
