package org.barestack.render;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What can be said about a template before it is rendered with anything. */
final class TemplateSource {
  /** Keeps a brace at the end of a line from the one that begins the next line's tag. */
  private static final String APART = "\0";

  private static final String TAG = "\\{%.*?%}|\\{#.*?#}";

  /** A line, with the line break before it, that holds nothing but tags and comments. */
  private static final Pattern TAG_LINE =
      Pattern.compile("\n[ \t]*(?:(?:" + TAG + ")[ \t]*)+(?=\n|\\z)", Pattern.DOTALL);

  private static final Pattern FILTER =
      Pattern.compile("\\|\\s*([A-Za-z_]\\w*)|'(?:[^'\\\\]|\\\\.)*'|\"(?:[^\"\\\\]|\\\\.)*\"");

  private static final Pattern WORD =
      Pattern.compile(
          "\\s*(?:(?<string>'(?:[^'\\\\]|\\\\.)*'|\"(?:[^\"\\\\]|\\\\.)*\")"
              + "|(?<name>[A-Za-z_]\\w*(?:\\s*\\.\\s*\\w+)*)"
              + "|(?<number>\\d+)"
              + "|(?<pipe>\\|)"
              + "|(?<property>\\.\\s*\\w+)"
              + "|(?<open>[(\\[]))");

  private TemplateSource() {}

  /**
   * The template as jinjava gets it: begun with a line break, and each line that holds only tags
   * without the break before it. Such lines then leave no trace in the output, and the line numbers
   * of the rest stay right, which they do not with jinjava's own {@code trimBlocks}. {@link #lines}
   * undoes the first break.
   */
  static String prepare(String text) {
    String whole = "\n" + text;
    return TAG_LINE
        .matcher(whole)
        .replaceAll(line -> {
          String tags = line.group().strip();
          // the break moves into the first tag, so that it still counts as a line
          int inside = tags.startsWith("{%-") || tags.startsWith("{%+") ? 3 : 2;
          boolean brace = line.start() > 0 && whole.charAt(line.start() - 1) == '{';
          return Matcher.quoteReplacement(
              (brace ? APART : "") + tags.substring(0, inside) + "\n" + tags.substring(inside));
        });
  }

  /** Whether something in a {@linkplain #prepare prepared} template keeps braces apart. */
  static boolean keepsApart(String prepared) {
    return prepared.contains(APART);
  }

  /**
   * The output of a prepared template as a text file.
   *
   * @param apart whether something may be in it that keeps braces apart
   */
  static String lines(String output, boolean apart) {
    String text = output.startsWith("\n") ? output.substring(1) : output;
    return apart ? text.replace(APART, "") : text;
  }

  /**
   * Why an expression between double braces may not stand there; null if it may. It must be one
   * value that goes through filters, the last of them one for its context. A choice or a sum has to
   * be put in parentheses, so that the filter is seen to apply to all of it.
   */
  static @Nullable String complaint(String expression, Set<String> contexts) {
    String last = null;
    boolean afterPipe = true;
    boolean value = false;
    int at = 0;
    Matcher word = WORD.matcher(expression);
    while (!expression.substring(at).isBlank()) {
      if (!word.find(at) || word.start() != at) {
        return needsParentheses(contexts);
      }
      if (word.group("pipe") != null) {
        afterPipe = true;
        at = word.end();
      } else if (word.group("open") != null) {
        if (last == null && value && expression.charAt(word.start("open")) == '(') {
          return "functions cannot be called";
        }
        at = closing(expression, word.start("open"));
        if (at < 0) {
          return "a bracket is not closed";
        }
        value = true;
        afterPipe = false;
      } else if (word.group("property") != null && value && last == null) {
        at = word.end();
      } else if (afterPipe) {
        last = value ? word.group("name") : null;
        value = true;
        afterPipe = false;
        at = word.end();
      } else {
        return needsParentheses(contexts);
      }
    }
    return last != null && contexts.contains(last) ? null : needsParentheses(contexts);
  }

  private static String needsParentheses(Set<String> contexts) {
    return "an expression must end in a filter for its context, applied to all of it; one of "
        + String.join(", ", contexts.stream().sorted().toList())
        + ". Put sums and choices in parentheses: {{ (a if b else c)|sh }}";
  }

  /** The place after the bracket that closes the one at {@code open}; -1 if there is none. */
  private static int closing(String expression, int open) {
    int depth = 0;
    char quote = 0;
    for (int i = open; i < expression.length(); i++) {
      char c = expression.charAt(i);
      if (quote != 0) {
        if (c == '\\') {
          i++;
        } else if (c == quote) {
          quote = 0;
        }
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == '(' || c == '[' || c == '{') {
        depth++;
      } else if (c == ')' || c == ']' || c == '}') {
        depth--;
        if (depth == 0) {
          return i + 1;
        }
      }
    }
    return -1;
  }

  /** Filters named in an expression or a tag that are none of the known ones. */
  static List<String> unknownFilters(String expression, Set<String> known) {
    List<String> unknown = new ArrayList<>();
    Matcher filter = FILTER.matcher(expression);
    while (filter.find()) {
      String name = filter.group(1);
      if (name != null && !known.contains(name)) {
        unknown.add(name);
      }
    }
    return unknown;
  }
}
