package org.barestack.diff;

import com.github.difflib.DiffUtils;
import com.github.difflib.UnifiedDiffUtils;
import com.github.difflib.algorithm.myers.MyersDiffWithLinearSpace;
import com.github.difflib.patch.AbstractDelta;
import com.github.difflib.patch.ChangeDelta;
import com.github.difflib.patch.Chunk;
import com.github.difflib.patch.Patch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * How two texts differ, line by line. The unified form is that of POSIX's {@code diff -u}; {@code
 * patch} and {@code git apply} take it.
 *
 * @param hunks each begins with {@code @@}; lines end with a line feed
 * @param added lines that only the new text has
 * @param removed lines that only the old text has
 */
record LineDiff(String hunks, int added, int removed) {
  private static final int CONTEXT = 3;

  /** GNU diff's remark on a last line without a line feed; it is part of that line here. */
  private static final String NO_END = "\n\\ No newline at end of file";

  /** What leads from one text to another; no hunks between equal ones. */
  static LineDiff of(String before, String after) {
    List<String> old = lines(before);
    List<String> now = lines(after);
    Patch<String> patch = joined(DiffUtils.diff(old, now, new MyersDiffWithLinearSpace<>(), null));
    StringBuilder hunks = new StringBuilder();
    UnifiedDiffUtils.generateUnifiedDiff("", "", old, patch, CONTEXT).stream()
        .skip(2) // its header
        .forEach(line -> hunks.append(line).append('\n'));
    return new LineDiff(
        hunks.toString(),
        patch.getDeltas().stream().mapToInt(delta -> delta.getTarget().size()).sum(),
        patch.getDeltas().stream().mapToInt(delta -> delta.getSource().size()).sum());
  }

  /** By line feeds alone, so that carriage returns stay visible as a difference. */
  private static List<String> lines(String text) {
    List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
    String last = lines.removeLast();
    if (!last.isEmpty()) {
      lines.add(last + NO_END);
    }
    return lines;
  }

  /** The algorithm tells a replaced line as an insertion and a deletion side by side. */
  private static Patch<String> joined(Patch<String> found) {
    List<AbstractDelta<String>> deltas =
        found.getDeltas().stream()
            .sorted(
                Comparator.comparingInt(
                        (AbstractDelta<String> delta) -> delta.getSource().getPosition())
                    .thenComparingInt(delta -> delta.getTarget().getPosition()))
            .toList();
    Patch<String> patch = new Patch<>();
    AbstractDelta<String> open = null;
    for (AbstractDelta<String> delta : deltas) {
      if (open != null
          && end(open.getSource()) == delta.getSource().getPosition()
          && end(open.getTarget()) == delta.getTarget().getPosition()) {
        open =
            new ChangeDelta<>(
                both(open.getSource(), delta.getSource()),
                both(open.getTarget(), delta.getTarget()));
      } else {
        if (open != null) {
          patch.addDelta(open);
        }
        open = delta;
      }
    }
    if (open != null) {
      patch.addDelta(open);
    }
    return patch;
  }

  private static int end(Chunk<String> chunk) {
    return chunk.getPosition() + chunk.size();
  }

  private static Chunk<String> both(Chunk<String> first, Chunk<String> second) {
    List<String> lines = new ArrayList<>(first.getLines());
    lines.addAll(second.getLines());
    return new Chunk<>(first.getPosition(), lines);
  }
}
