package org.barestack.diff;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.barestack.testing.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class LineDiffTest {
  @TempDir Path folder;

  static Stream<Arguments> texts() {
    return Stream.of(
        Arguments.of("equal", "a\nb\n", "a\nb\n", "", 0, 0),
        Arguments.of(
            "a line replaced", "a\nb\nc\n", "a\nx\nc\n", "@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n", 1, 1),
        Arguments.of(
            "lines replaced by fewer",
            "a\nb\nc\nd\n",
            "a\nx\nd\n",
            "@@ -1,4 +1,3 @@\n a\n-b\n-c\n+x\n d\n",
            1,
            2),
        Arguments.of("a new text", "", "a\nb\n", "@@ -0,0 +1,2 @@\n+a\n+b\n", 2, 0),
        Arguments.of("a text gone", "a\n", "", "@@ -1,1 +0,0 @@\n-a\n", 0, 1),
        Arguments.of(
            "the end of the last line",
            "a\nb",
            "a\nb\n",
            "@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n",
            1,
            1),
        Arguments.of(
            "Windows line ends", "a\r\nb\n", "a\nb\n", "@@ -1,2 +1,2 @@\n-a\r\n+a\n b\n", 1, 1),
        Arguments.of(
            "other writing",
            "größe\n価格\n",
            "größe\n價格\n",
            "@@ -1,2 +1,2 @@\n größe\n-価格\n+價格\n",
            1,
            1));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("texts")
  void hunksAreAsDiffWritesThem(
      String name, String before, String after, String hunks, int added, int removed) {
    assertThat(LineDiff.of(before, after)).isEqualTo(new LineDiff(hunks, added, removed));
  }

  @Test
  void gitAppliesWhatItWrites() throws IOException {
    long seed = Long.getLong("seed", 20260101);
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 40; round++) {
      String before = text(random);
      String after = random.nextInt(4) == 0 ? text(random) : edited(before, random);
      LineDiff diff = LineDiff.of(before, after);
      if (before.equals(after)) {
        assertThat(diff.hunks()).isEmpty();
        continue;
      }
      Path file = folder.resolve("text");
      Files.writeString(file, before);
      String old = before.isEmpty() ? "/dev/null" : "a/text";
      String now = after.isEmpty() ? "/dev/null" : "b/text";
      if (before.isEmpty()) {
        Files.delete(file);
      }
      Command.Result applied =
          Command.of("git", "-C", folder.toString(), "apply", "--whitespace=nowarn", "-")
              .with("GIT_CEILING_DIRECTORIES", folder.resolveSibling(""))
              .with("GIT_CONFIG_GLOBAL", "/dev/null")
              .input("--- %s%n+++ %s%n".formatted(old, now) + diff.hunks())
              .run();
      assertThat(applied.status()).as("seed %d: %s", seed, applied.all()).isZero();
      assertThat(Files.exists(file) ? Files.readString(file) : "")
          .as("seed %d", seed)
          .isEqualTo(after);
    }
  }

  private static String text(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int lines = random.nextInt(60); lines > 0; lines--) {
      text.append("line ".repeat(random.nextInt(3))).append((char) ('a' + random.nextInt(6)));
      text.append('\n');
    }
    boolean cut = random.nextInt(3) == 0 && !text.isEmpty();
    return cut ? text.substring(0, text.length() - 1) : text.toString();
  }

  private static String edited(String text, SplittableRandom random) {
    List<String> lines = new java.util.ArrayList<>(List.of(text.split("\n", -1)));
    for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
      int at = random.nextInt(lines.size());
      switch (random.nextInt(3)) {
        case 0 -> lines.add(at, "new");
        case 1 -> lines.set(at, "changed");
        default -> {
          if (lines.size() > 1) {
            lines.remove(at);
          }
        }
      }
    }
    return String.join("\n", lines);
  }

  @Test
  void textsThatHaveNothingInCommonAreComparedInTime() {
    StringBuilder one = new StringBuilder();
    StringBuilder other = new StringBuilder();
    for (int i = 0; i < 5000; i++) {
      one.append("a").append(i).append('\n');
      other.append("b").append(i).append('\n');
    }
    LineDiff diff = LineDiff.of(one.toString(), other.toString());
    assertThat(diff.added()).isEqualTo(5000);
    assertThat(diff.removed()).isEqualTo(5000);
  }
}
