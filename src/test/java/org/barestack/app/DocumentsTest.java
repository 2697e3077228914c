package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the documents tell people to type works, and what they link to is there. */
class DocumentsTest {
  /** They need no server, no root and no edit, so they are really run. */
  private static final Set<String> HARMLESS =
      Set.of(
          "validate",
          "schema",
          "render-kickstart",
          "render-cloud-init",
          "render",
          "status",
          "events",
          "logs");

  private static final Set<String> OTHER_PROGRAMS =
      Set.of(
          "git",
          "cd",
          "cp",
          "mkdir",
          "$EDITOR",
          "mvn",
          "ln",
          "systemctl",
          "sqlite3",
          "mount",
          "ssh");

  private static final Pattern CONSOLE =
      Pattern.compile("^ *```console\n(.*?)^ *```$", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern FENCED =
      Pattern.compile("^ *```.*?^ *```$", Pattern.DOTALL | Pattern.MULTILINE);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

  @TempDir static Path folder;

  /** A command line and the document that shows it. */
  record Shown(Path document, List<String> words) {
    static Shown parse(Path document, String command) {
      String bare = command.replaceFirst("[>|].*", "").strip().replaceFirst("^sudo ", "");
      return new Shown(document, List.of(bare.split("\\s+")));
    }

    String program() {
      return words.getFirst().replaceFirst("^\\.{1,2}/", "");
    }

    String[] arguments() {
      return words.subList(1, words.size()).toArray(String[]::new);
    }
  }

  /** A link and the document that it stands in. */
  record Link(Path document, String target) {}

  static Stream<Path> documents() throws IOException {
    try (Stream<Path> pages = Files.list(Path.of("docs"))) {
      return Stream.concat(
              Stream.of(
                  Path.of("README.md"),
                  Path.of("CONTRIBUTING.md"),
                  Path.of("ARCHITECTURE.md"),
                  Path.of("kickstart-templates/README.md"),
                  Path.of("src/standin/README.md")),
              pages.filter(page -> page.toString().endsWith(".md")).toList().stream())
          .sorted();
    }
  }

  private static String text(Path document) {
    try {
      return Files.readString(document);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<Shown> commands() throws IOException {
    return documents()
        .flatMap(document ->
            CONSOLE
                .matcher(text(document))
                .results()
                .flatMap(block -> block.group(1).lines())
                .map(String::strip)
                .filter(line -> line.startsWith("$ "))
                .map(line -> line.substring(2).replaceFirst("\\s#\\s.*", ""))
                .flatMap(line -> Stream.of(line.split("&&", -1)))
                .map(command -> Shown.parse(document, command)));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void aCommandThatIsShownExists(Shown shown) {
    switch (shown.program()) {
      case "barestack" ->
          assertThat(Commands.all().parseArgs(shown.arguments()).subcommand()).isNotNull();
      case "make" ->
          assertThat(text(Path.of("Makefile")))
              .contains(
                  "\n"
                      + shown.words().stream()
                          .filter(word -> word.indexOf('=') < 0)
                          .toList()
                          .getLast()
                      + ": ## ");
      default -> assertThat(OTHER_PROGRAMS).contains(shown.program());
    }
  }

  static Stream<Shown> harmless() throws IOException {
    return commands()
        .filter(shown -> shown.program().equals("barestack"))
        .filter(shown -> HARMLESS.contains(shown.arguments()[0]))
        .distinct();
  }

  @ParameterizedTest
  @MethodSource("harmless")
  void aHarmlessCommandThatIsShownWorks(Shown shown) throws IOException {
    Path site = Files.createTempDirectory(folder, "site");
    Files.copy(Path.of("examples/minimal/site.yaml"), site.resolve("site.yaml"));
    List<String> arguments = new ArrayList<>(List.of(shown.arguments()));
    arguments.replaceAll(word ->
        switch (word) {
          case "/etc/barestack" -> site.toString();
          case "/var/lib/barestack" -> site.resolve(".barestack").toString();
          default -> word;
        });
    int out = arguments.indexOf("--out");
    if (out > 0) {
      arguments.set(out + 1, site.resolve(arguments.get(out + 1)).toString());
    }
    if (!arguments.contains("schema") && !arguments.contains("--site")) {
      arguments.addAll(List.of("--site", site.toString()));
    }
    Barestack run = Barestack.run(arguments.toArray(String[]::new));
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(run.out()).isNotBlank();
  }

  @Test
  void commandsAreFound() throws IOException {
    assertThat(harmless().map(shown -> shown.arguments()[0])).containsAll(HARMLESS);
  }

  @Test
  void everyCommandStandsInSomeDocument() throws IOException {
    String all = String.join("\n", documents().map(DocumentsTest::text).toList());
    assertThat(Commands.all().getSubcommands().keySet())
        .allSatisfy(name -> assertThat(all).containsPattern("barestack " + name + "\\b"));
  }

  static Stream<Link> links() throws IOException {
    return documents()
        .flatMap(document ->
            LINK.matcher(prose(document))
                .results()
                .map(link -> link.group(1))
                .filter(target -> !target.matches("https?://.*"))
                .map(target -> new Link(document, target)));
  }

  private static String prose(Path document) {
    return FENCED.matcher(text(document)).replaceAll("");
  }

  @ParameterizedTest
  @MethodSource("links")
  void aLinkLeadsSomewhere(Link link) {
    String[] parts = link.target().split("#", 2);
    Path file =
        parts[0].isEmpty() ? link.document() : link.document().resolveSibling(parts[0]).normalize();
    assertThat(file).exists();
    if (parts.length == 2) {
      assertThat(
              prose(file).lines().filter(line -> line.startsWith("#")).map(DocumentsTest::anchor))
          .contains(parts[1]);
    }
  }

  /** As GitHub and most others make it from a heading. */
  private static String anchor(String heading) {
    return heading
        .replaceFirst("^#+ ", "")
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^\\p{Alnum} _-]", "")
        .replace(' ', '-');
  }
}
