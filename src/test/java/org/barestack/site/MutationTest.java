package org.barestack.site;

import static org.assertj.core.api.Assertions.assertThat;
import static org.barestack.testing.Properties.forAll;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.barestack.model.Role;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However a site file is mangled, it is good or bad with places, never an exception. */
class MutationTest {
  private static final Set<Role> ROLES = Set.of(Role.MANAGEMENT, Role.KVM_WORKER);
  private static final Pattern TOKEN = Pattern.compile("\\n *|\\w+|[^\\w\\n]");
  private static final List<String> ODD =
      List.of(
          "",
          "~",
          "[]",
          "{}",
          "- ",
          ": ",
          "\n",
          "\t",
          "\"",
          "'",
          "#",
          "&a ",
          "*a",
          "!!str ",
          "|",
          "---\n",
          "0",
          "-1",
          "1e9",
          "99999999999",
          "true",
          "null",
          "<<: ",
          "\0",
          "\u2028",
          "é",
          "10.1.0.1",
          "255.255.255.255-0.0.0.0",
          "fd00::1",
          "nic1",
          "mgmt",
          "os",
          "nodes:",
          "%",
          "x".repeat(5_000));

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"minimal", "lab", "rack"})
  void neverThrows(String name) throws IOException {
    String example = Files.readString(Path.of("examples", name, "site.yaml"));
    List<String> tokens = TOKEN.matcher(example).results().map(MatchResult::group).toList();
    Path scripts = Files.createDirectory(folder.resolve("scripts"));
    Files.copy(Path.of("examples/rack/scripts/tuned.sh"), scripts.resolve("tuned.sh"));
    forAll(300, random -> judge(mangled(tokens, random)));
  }

  private static String mangled(List<String> tokens, SplittableRandom random) {
    List<String> mangled = new ArrayList<>(tokens);
    for (int edits = random.nextInt(1, 5); edits > 0; edits--) {
      int at = random.nextInt(mangled.size());
      switch (random.nextInt(5)) {
        case 0 -> mangled.remove(at);
        case 1 -> mangled.add(at, mangled.get(at));
        case 2 -> mangled.set(at, ODD.get(random.nextInt(ODD.size())));
        case 3 -> mangled.set(at, mangled.get(random.nextInt(mangled.size())));
        default -> {
          int end = Math.min(mangled.size(), at + random.nextInt(1, 40));
          List<String> part = mangled.subList(at, end);
          if (random.nextBoolean()) {
            part.clear();
          } else {
            mangled.addAll(at, List.copyOf(part));
          }
        }
      }
    }
    return String.join("", mangled);
  }

  private void judge(String text) {
    Path file = folder.resolve("site.yaml");
    try {
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    int lines = text.split("\r\n|[\r\n\u0085\u2028\u2029]", -1).length;
    List<SiteProblem> problems =
        switch (SiteFile.load(file, ROLES)) {
          case SiteResult.Good good -> good.warnings();
          case SiteResult.Bad bad -> {
            assertThat(bad.problems()).isNotEmpty();
            yield bad.problems();
          }
        };
    assertThat(problems)
        .isSorted()
        .doesNotHaveDuplicates()
        .allSatisfy(problem -> {
          assertThat(problem.line()).isBetween(1, lines);
          assertThat(problem.column()).isPositive();
          assertThat(problem.message()).isNotBlank();
          assertThat(problem.remedy()).isNotBlank();
          assertThat(problem.toString()).doesNotContain("\n", "\u2028");
        });
  }
}
