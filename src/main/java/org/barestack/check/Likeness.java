package org.barestack.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The files of one node, to tell whether those of another are the same but for the node's own
 * words. All words must be as long as this one's; so whatever is wrong with one node's files is
 * wrong with the other's at the same place. Looking is a hundred times as fast as checking.
 */
final class Likeness {
  private final OwnWords words;
  private final Map<String, Draft> drafts = new LinkedHashMap<>();

  /** A file, and where words stand in it that are the node's own. */
  private record Draft(String text, List<Gap> gaps) {}

  /**
   * @param word the place of its word in {@link OwnWords#all}
   */
  private record Gap(int begin, int end, int word) {}

  /**
   * @param files texts by name
   */
  Likeness(Map<String, String> files, OwnWords words) {
    this.words = words;
    List<Integer> order = words.longestFirst();
    Pattern any =
        Pattern.compile(
            order.stream()
                .map(at -> "(" + Pattern.quote(words.all().get(at)) + ")")
                .collect(Collectors.joining("|")));
    files.forEach(
        (name, text) -> drafts.put(name, new Draft(text, gaps(any.matcher(text), order))));
  }

  private static List<Gap> gaps(Matcher words, List<Integer> order) {
    List<Gap> gaps = new ArrayList<>();
    while (words.find()) {
      int group = 1;
      while (words.start(group) < 0) {
        group++;
      }
      gaps.add(new Gap(words.start(), words.end(), order.get(group - 1)));
    }
    return gaps;
  }

  /** Whose files these are. */
  OwnWords words() {
    return words;
  }

  /** Whether the files of another node differ from these in nothing but its own words. */
  boolean holds(Map<String, String> others, OwnWords theirs) {
    return words.lengths().equals(theirs.lengths())
        && drafts.keySet().equals(others.keySet())
        && drafts.entrySet().stream()
            .allMatch(
                draft -> holds(draft.getValue(), others.getOrDefault(draft.getKey(), ""), theirs));
  }

  private static boolean holds(Draft draft, String other, OwnWords theirs) {
    String text = draft.text();
    if (text.length() != other.length()) {
      return false;
    }
    int from = 0;
    for (Gap gap : draft.gaps()) {
      // The word may be there for another reason, such as in a list of all nodes.
      boolean fits =
          text.regionMatches(from, other, from, gap.begin() - from)
              && (other.startsWith(theirs.all().get(gap.word()), gap.begin())
                  || text.regionMatches(gap.begin(), other, gap.begin(), gap.end() - gap.begin()));
      if (!fits) {
        return false;
      }
      from = gap.end();
    }
    return text.regionMatches(from, other, from, text.length() - from);
  }
}
