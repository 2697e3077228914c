package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.barestack.testing.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The scripts of the checkout. Those that nodes get are checked as rendered, elsewhere. */
class ScriptsTest {
  static Stream<Path> scripts() throws IOException {
    try (Stream<Path> files = Files.walk(Path.of(""), 3)) {
      return files
          .filter(file ->
              Stream.of("barestack", "src/build", "src/standin", ".ci", "examples")
                  .anyMatch(file::startsWith))
          .filter(Files::isRegularFile)
          .filter(file -> file.toString().endsWith(".bash") || isScript(file))
          .toList()
          .stream();
    }
  }

  private static boolean isScript(Path file) {
    try {
      return Files.readString(file).startsWith("#!");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("scripts")
  void shellcheckFindsNothing(Path script) {
    assertThat(Command.of("shellcheck", "--external-sources", script.toString()).run().all())
        .isEqualTo("status 0\n");
  }

  @Test
  void theScriptsAreFound() throws IOException {
    assertThat(scripts().map(Path::toString))
        .contains(
            "barestack",
            ".ci/run",
            "src/build/find-jdk.sh",
            "src/standin/build.sh",
            "src/standin/init");
  }

  /** As systemd starts a service. */
  @Test
  void aJdkIsFoundWithoutAHome() {
    assertThat(Command.of("env", "-u", "HOME", "src/build/find-jdk.sh").run().status()).isZero();
  }

  @Test
  void makeAloneListsItsTargetsInColumns() {
    List<String> lines = Command.of("make", "--no-print-directory").run().output().lines().toList();
    assertThat(lines)
        .hasSizeGreaterThan(8)
        .allMatch(line -> line.matches("  make [a-z-]+( [A-Z]+=\\w+){0,2} {2,}[a-z].*"))
        .allMatch(line -> line.length() <= 120)
        .anyMatch(line -> line.startsWith("  make serve SITE=DIR "))
        .anyMatch(line -> line.startsWith("  make render-kickstart NODE=kvm1 "))
        .anyMatch(line -> line.startsWith("  make iso NODE=kvm1 "));
    assertThat(lines.stream().map(line -> line.lastIndexOf("  ") + 2).distinct())
        .as("one column")
        .hasSize(1);
  }
}
