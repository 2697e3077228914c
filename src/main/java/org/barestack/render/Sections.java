package org.barestack.render;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The sections of a rendered kickstart, the way pykickstart's parser splits them.
 *
 * @param outside what stands in none of them, each line with its end
 */
record Sections(String outside, List<Section> sections, List<TemplateProblem> problems) {
  /**
   * @param header its first line, {@code %pre --log=/tmp/x}
   * @param text what stands between it and {@code %end}, each line with its end
   */
  record Section(String header, String text) {
    List<String> body() {
      return text.lines().toList();
    }
  }

  /** First words on which the parser acts in every section, indented or not. */
  static final Set<String> WORDS =
      Set.of(
          "%end",
          "%include",
          "%ksappend",
          "%pre",
          "%pre-install",
          "%post",
          "%onerror",
          "%traceback",
          "%packages",
          "%addon",
          "%anaconda",
          "%certificate");

  /** A line's first word if it begins with a percent sign, as those of sections do; else empty. */
  static String firstWord(String line) {
    int begin = 0;
    while (begin < line.length() && Character.isWhitespace(line.charAt(begin))) {
      begin++;
    }
    return begin == line.length() || line.charAt(begin) != '%' ? "" : firstWord(line, begin);
  }

  /** The word that begins there. */
  static String firstWord(String line, int begin) {
    int end = begin;
    while (end < line.length() && !Character.isWhitespace(line.charAt(end))) {
      end++;
    }
    return line.substring(begin, end);
  }

  /** The lines that stand in no section. */
  List<String> commands() {
    return outside.lines().toList();
  }

  /**
   * Splits a kickstart. A large part of it is files, none of whose lines begins like a section, so
   * only lines that begin with a percent sign are looked at.
   */
  static Sections of(String kickstart) {
    StringBuilder outside = new StringBuilder();
    List<Section> sections = new ArrayList<>();
    List<TemplateProblem> problems = new ArrayList<>();
    String header = null;
    int opened = 0;
    int from = 0;
    for (int sign = kickstart.indexOf('%'); sign >= 0; sign = kickstart.indexOf('%', sign + 1)) {
      int begin = lineBegunBy(kickstart, sign);
      if (begin < 0) {
        continue;
      }
      int end = lineEnd(kickstart, sign);
      String line = kickstart.substring(begin, end);
      String word = firstWord(line);
      if (!WORDS.contains(word) || (header == null && word.equals("%include"))) {
        continue;
      }
      if (header == null) {
        outside.append(kickstart, from, begin);
        header = line;
        opened = begin;
        from = Math.min(end + 1, kickstart.length());
      } else if (word.equals("%end")) {
        sections.add(new Section(header, kickstart.substring(from, begin)));
        header = null;
        from = Math.min(end + 1, kickstart.length());
      } else {
        problems.add(problem(kickstart, begin, "'" + word + "' inside of " + header));
      }
    }
    if (header == null) {
      outside.append(kickstart, from, kickstart.length());
    } else {
      sections.add(new Section(header, kickstart.substring(from)));
      problems.add(problem(kickstart, opened, header + " has no %end"));
    }
    return new Sections(outside.toString(), sections, problems);
  }

  private static TemplateProblem problem(String kickstart, int at, String message) {
    return new TemplateProblem("the rendered kickstart", line(kickstart, at), message);
  }

  /** Which line stands there, from 1. */
  static int line(String text, int at) {
    return (int) text.substring(0, at).chars().filter(c -> c == '\n').count() + 1;
  }

  /** Where the line begins whose first word begins there; negative if other words stand before. */
  static int lineBegunBy(String text, int at) {
    int begin = at;
    while (begin > 0 && !isBreak(text.charAt(begin - 1))) {
      if (!Character.isWhitespace(text.charAt(begin - 1))) {
        return -1;
      }
      begin--;
    }
    return begin;
  }

  private static int lineEnd(String text, int at) {
    int end = at;
    while (end < text.length() && !isBreak(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isBreak(char c) {
    return c == '\n' || c == '\r';
  }
}
