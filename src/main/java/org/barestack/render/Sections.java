package org.barestack.render;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The sections of a rendered kickstart, the way pykickstart's parser splits them. */
record Sections(List<String> commands, List<Section> sections, List<TemplateProblem> problems) {
  /**
   * @param header its first line, {@code %pre --log=/tmp/x}
   * @param line where that stands, from 1
   * @param body what stands between it and {@code %end}
   */
  record Section(String header, int line, List<String> body) {}

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
    if (begin == line.length() || line.charAt(begin) != '%') {
      return "";
    }
    int end = begin;
    while (end < line.length() && !Character.isWhitespace(line.charAt(end))) {
      end++;
    }
    return line.substring(begin, end);
  }

  static Stream<TemplateProblem> problems(String kickstart) {
    return of(kickstart).problems().stream();
  }

  static Sections of(String kickstart) {
    List<String> commands = new ArrayList<>();
    List<Section> sections = new ArrayList<>();
    List<TemplateProblem> problems = new ArrayList<>();
    List<String> lines = kickstart.lines().toList();
    Section open = null;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      String word = firstWord(line);
      if (open == null && WORDS.contains(word) && !word.equals("%include")) {
        open = new Section(line, i + 1, new ArrayList<>());
        sections.add(open);
      } else if (open == null) {
        commands.add(line);
      } else if (word.equals("%end")) {
        open = null;
      } else if (WORDS.contains(word)) {
        problems.add(
            new TemplateProblem(
                "the rendered kickstart", i + 1, "'" + word + "' inside of " + open.header()));
      } else {
        open.body().add(line);
      }
    }
    if (open != null) {
      problems.add(
          new TemplateProblem(
              "the rendered kickstart", open.line(), open.header() + " has no %end"));
    }
    return new Sections(commands, sections, problems);
  }
}
