package org.barestack.site;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.barestack.model.Role;
import org.barestack.site.SiteProblem.Severity;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of problem with its whole message: problems.txt edits base.yaml for each. */
class ProblemsTest {
  private static final Path DATA = Path.of("src/test/resources/org/barestack/site");
  private static final Set<Role> ROLES =
      Set.of(Role.MANAGEMENT, Role.KVM_WORKER, new Role("storage"));

  @TempDir static Path folder;

  /** A block of problems.txt: lines to replace, and what is then said. */
  record Case(String name, String site, List<String> expected) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() throws IOException {
    String base = Files.readString(DATA.resolve("base.yaml"));
    return Stream.of(Files.readString(DATA.resolve("problems.txt")).split("\n\n"))
        .map(block -> parse(base, block.strip().lines().toList()));
  }

  private static Case parse(String base, List<String> block) {
    String site = base;
    List<String> expected = new ArrayList<>();
    int at = 1;
    while (at < block.size()) {
      StringBuilder from = new StringBuilder();
      StringBuilder to = new StringBuilder();
      for (; at < block.size() && block.get(at).startsWith("-"); at++) {
        from.append(block.get(at).substring(2)).append('\n');
      }
      for (; at < block.size() && block.get(at).startsWith("+"); at++) {
        to.append(block.get(at).substring(2)).append('\n');
      }
      for (; at < block.size() && block.get(at).startsWith(">"); at++) {
        expected.add(block.get(at).substring(2));
      }
      assertThat(site).contains(from);
      site = site.replace(from, to);
    }
    return new Case(block.getFirst().substring(2), site, expected);
  }

  @BeforeAll
  static void scripts() throws IOException {
    Path scripts = Files.createDirectories(folder.resolve("site/scripts"));
    Files.writeString(folder.resolve("secret.sh"), "#!/bin/sh\n");
    Files.createSymbolicLink(scripts.resolve("outside.sh"), folder.resolve("secret.sh"));
    Files.writeString(scripts.resolve("good.sh"), "#!/bin/sh\nexit 0\n");
    Files.writeString(scripts.resolve("plain.txt"), "exit 0\n");
    Files.writeString(scripts.resolve("end.sh"), "#!/bin/sh\ncat <<.\n  %end\n.\n");
    Files.writeString(scripts.resolve("large.sh"), "#!/bin/sh\n" + "#".repeat(256 << 10));
    Files.writeString(scripts.resolve("latin1.sh"), "#!/bin/sh\n# é\n", ISO_8859_1);
    Files.writeString(scripts.resolve("crlf.sh"), "#!/bin/sh\r\nexit 0\r\n");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void says(Case wrong) throws IOException {
    assertThat(said(wrong.site())).isEqualTo(wrong.expected());
  }

  @Test
  void theBaseIsGood() throws IOException {
    assertThat(said(Files.readString(DATA.resolve("base.yaml")))).isEmpty();
  }

  /** All problems in words, without the folder; checks that only errors make a site bad. */
  private static List<String> said(String site) throws IOException {
    Path file = Files.writeString(folder.resolve("site/site.yaml"), site);
    List<SiteProblem> problems =
        switch (SiteFile.load(file, ROLES)) {
          case SiteResult.Good(var _, List<SiteProblem> warnings) -> {
            assertThat(warnings).noneMatch(problem -> problem.severity() == Severity.ERROR);
            // the base has one note, which is not what this is about
            yield warnings.stream().filter(one -> one.severity() == Severity.WARNING).toList();
          }
          case SiteResult.Bad(List<SiteProblem> all) -> {
            assertThat(all)
                .anyMatch(problem -> problem.severity() == Severity.ERROR)
                .noneMatch(problem -> problem.severity() == Severity.NOTE);
            yield all;
          }
        };
    return problems.stream()
        .map(problem -> problem.toString().replace(file.getParent() + "/", ""))
        .toList();
  }
}
