package org.barestack.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.barestack.shell.ShellProblem.Severity;
import org.barestack.testing.Golden;
import org.barestack.testing.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class ShellSyntaxTest {
  private static final Path TABLE = Path.of("src/test/resources/shell/syntax.txt");

  /** Errors of ours where bash -n has none; docs/shell-checks.md names them. */
  private static final Set<String> EXTRA =
      Set.of(
          "unclosed-heredoc",
          "heredoc-delimiter-space",
          "empty-test",
          "bad-for",
          "nested-too-deep",
          "nul-character",
          "crlf-shebang",
          "crlf-heredoc");

  @TempDir Path folder;

  /** One line of the table. */
  record Row(String kind, String problems, String script) {
    static Row parse(String line) {
      String[] cells = line.split(" \\| ?", 3);
      return new Row(cells[0], cells[1], unescaped(cells[2]));
    }

    private static String unescaped(String text) {
      return Pattern.compile("\\\\(u([0-9a-f]{4})|.)")
          .matcher(text)
          .replaceAll(match -> java.util.regex.Matcher.quoteReplacement(character(match)));
    }

    private static String character(MatchResult match) {
      return switch (match.group(1).charAt(0)) {
        case 'n' -> "\n";
        case 't' -> "\t";
        case 'r' -> "\r";
        case 'u' -> Character.toString(Integer.parseInt(match.group(2), 16));
        default -> match.group(1);
      };
    }

    @Override
    public String toString() {
      return kind + " " + script.replace("\n", "\\n");
    }
  }

  static Stream<Row> table() throws IOException {
    return Files.readAllLines(TABLE).stream().filter(line -> !line.startsWith("#")).map(Row::parse);
  }

  private static String rules(List<ShellProblem> problems) {
    return problems.isEmpty()
        ? "-"
        : problems.stream()
            .map(one -> one.line() + ":" + one.column() + " " + one.rule())
            .collect(Collectors.joining(" "));
  }

  private static boolean hasError(List<ShellProblem> problems) {
    return problems.stream().anyMatch(problem -> problem.severity() == Severity.ERROR);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("table")
  void sameAsBash(Row row) {
    List<ShellProblem> problems = ShellSyntax.problems(row.script(), Dialect.BASH);
    assertThat(rules(problems)).isEqualTo(row.problems());
    assertThat(new Bash(Dialect.BASH).refuses(folder, row.script()))
        .as("bash -n refuses it")
        .isEqualTo(row.kind().equals("bad") || row.kind().equals("extglob"));
    switch (row.kind()) {
      case "good", "extglob" -> assertThat(problems).isEmpty();
      case "bad" -> assertThat(hasError(problems)).isTrue();
      default -> {
        assertThat(problems).isNotEmpty();
        assertThat(problems)
            .filteredOn(problem -> problem.severity() == Severity.ERROR)
            .extracting(ShellProblem::rule)
            .isSubsetOf(EXTRA);
      }
    }
  }

  /** Single quotes in a double-quoted expansion are the one thing that differs. */
  @Test
  void shIsBashInItsPosixMode() throws IOException {
    Bash bash = new Bash(Dialect.SH);
    Set<String> differ = new TreeSet<>();
    for (Row row : table().toList()) {
      List<ShellProblem> problems = ShellSyntax.problems(row.script(), Dialect.SH);
      if (row.kind().equals("good") || row.kind().equals("bad")) {
        assertThat(hasError(problems))
            .as(row.toString())
            .isEqualTo(bash.refuses(folder, row.script()));
      }
      if (!rules(problems).equals(row.problems())) {
        differ.add(row.script());
      }
    }
    assertThat(differ).containsExactly("echo \"${x:-it's}\"");
  }

  @Test
  void theTableHasEveryRule() throws IOException {
    Map<String, Integer> kinds = new TreeMap<>();
    Set<String> rules = new TreeSet<>();
    for (Row row : table().toList()) {
      kinds.merge(row.kind(), 1, Integer::sum);
      Stream.of(row.problems().split(" "))
          .filter(word -> word.matches("[a-z-]{2,}"))
          .forEach(rules::add);
    }
    assertThat(kinds.get("good")).isGreaterThan(200);
    assertThat(kinds.get("bad")).isGreaterThan(180);
    Set<String> documented =
        Pattern.compile("(?m)^\\| `([a-z-]+)` \\|")
            .matcher(Files.readString(Path.of("docs/shell-checks.md")))
            .results()
            .map(match -> match.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    documented.remove("nested-too-deep");
    assertThat(rules).isEqualTo(documented);
  }

  /** What people read, rule by rule: the first script of the table that has it. */
  @Test
  void messages() throws IOException {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Row row : table().toList()) {
      for (ShellProblem problem : ShellSyntax.problems(row.script(), Dialect.BASH)) {
        texts.putIfAbsent(
            problem.rule()
                + "."
                + problem.severity().name().toLowerCase(java.util.Locale.ROOT)
                + ".txt",
            problem + "\n" + row.script().replace("\r", "^M").replace("\0", "^@") + "\n");
      }
    }
    texts.put(
        "nested-too-deep.error.txt",
        ShellSyntax.problems("(".repeat(400) + "a" + " )".repeat(400), Dialect.BASH).getFirst()
            + "\n");
    Golden.check("shell/messages", texts);
  }

  @Test
  void otherLanguagesAreNotParsed() {
    assertThat(ShellSyntax.problems("print('it\\'s')\nif x:\r\n", Dialect.OTHER)).isEmpty();
  }

  /** The scripts of the checkout, of the rendered kickstarts, and of this machine. */
  @ParameterizedTest
  @EnumSource(names = {"BASH", "SH"})
  void noFalseErrors(Dialect dialect) throws IOException {
    List<Path> files = new ArrayList<>(repository());
    int own = files.size();
    files.addAll(Bash.scripts(Path.of("/usr/bin"), 1));
    Path sections = Files.createDirectory(folder.resolve("sections"));
    files.addAll(kickstartScripts(sections));
    Bash bash = new Bash(dialect);
    int refused = 0;
    for (Path file : files) {
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      List<ShellProblem> problems = ShellSyntax.problems(text, dialect);
      boolean bad = bash.refuses(file);
      refused += bad ? 1 : 0;
      assertThat(hasError(problems)).as("%s as %s: %s", file, dialect, problems).isEqualTo(bad);
      if (file.startsWith("src") || file.startsWith(sections)) {
        assertThat(problems).as(file.toString()).isEmpty();
      }
    }
    System.out.printf(
        "shell: as %s %d scripts like bash -n, %d of them refused%n",
        dialect, files.size(), refused);
    assertThat(own).isGreaterThan(100);
    assertThat(files).hasSizeGreaterThan(own + 20);
  }

  private static List<Path> repository() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String root : List.of("barestack", ".ci", "src", "examples", "kickstart-templates")) {
      files.addAll(Bash.scripts(Path.of(root), 20));
    }
    files.removeIf(file -> file.toString().endsWith(".j2"));
    return files;
  }

  /** The shell scripts within the rendered kickstarts, each into a file. */
  private static List<Path> kickstartScripts(Path folder) throws IOException {
    Pattern section =
        Pattern.compile(
            "(?ms)^%(?:pre|pre-install|post|onerror)\\b[^\\n]*--interpreter=\\S*bash[^\\n]*\\n(.*?)^%end$");
    Set<String> scripts = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Path.of("src/test/resources/render"))) {
      for (Path file :
          (Iterable<Path>) files.filter(one -> one.toString().endsWith(".ks"))::iterator) {
        section
            .matcher(Files.readString(file))
            .results()
            .forEach(match -> scripts.add(match.group(1)));
      }
    }
    assertThat(scripts).hasSizeGreaterThan(5);
    List<Path> written = new ArrayList<>();
    for (String script : scripts) {
      written.add(Files.writeString(folder.resolve(written.size() + ".sh"), script));
    }
    return written;
  }

  private static final List<String> PIECES =
      List.of(
          "'",
          "\"",
          "`",
          "$(",
          "$((",
          "${",
          "(",
          ")",
          "{",
          "}",
          "((",
          "))",
          "[[ ",
          " ]]",
          "\n",
          "\\",
          "#",
          "<<EOF\n",
          "<<-A ",
          "EOF\n",
          ";",
          "&&",
          "||",
          "|",
          "&",
          "if ",
          "then ",
          "fi",
          "do ",
          "done",
          "case x in ",
          "esac",
          ";;",
          "else",
          "a=(",
          "<(",
          "$\"",
          "$'",
          "!",
          "time ",
          " ",
          "\t",
          "<",
          ">",
          "<<<",
          "function ",
          "for ",
          "in ",
          "while ",
          "@(",
          "a[",
          "=",
          "\\\n");

  private static String mutated(String script, SplittableRandom random) {
    StringBuilder text = new StringBuilder(script);
    for (int edits = random.nextInt(1, 5); edits > 0; edits--) {
      int from = random.nextInt(text.length() + 1);
      int to = Math.min(text.length(), from + random.nextInt(random.nextBoolean() ? 2 : 20));
      String piece = random.nextInt(3) == 0 ? "" : PIECES.get(random.nextInt(PIECES.size()));
      text.replace(from, random.nextBoolean() ? from : to, piece);
    }
    return text.toString();
  }

  private static void staysInside(String text, List<ShellProblem> problems) {
    List<String> lines = List.of(text.split("\n", -1));
    assertThat(problems)
        .isSorted()
        .doesNotHaveDuplicates()
        .allSatisfy(problem -> {
          assertThat(problem.line()).isBetween(1, lines.size());
          String line = lines.get(problem.line() - 1);
          assertThat(problem.column()).isBetween(1, line.codePointCount(0, line.length()) + 1);
          assertThat(problem.rule()).isNotBlank();
          assertThat(problem.message()).isNotBlank();
          assertThat(problem.remedy()).isNotBlank();
          assertThat(problem.toString()).doesNotContain("\n", "\0");
        });
  }

  private static List<String> seeds() throws IOException {
    List<String> scripts = new ArrayList<>(table().map(Row::script).toList());
    for (Path file : repository()) {
      String text = Files.readString(file);
      if (text.length() < 4_000) {
        scripts.add(text);
      }
    }
    scripts.removeIf(
        text -> text.contains("\0") || text.contains("\r") || text.contains("extglob"));
    return scripts;
  }

  /**
   * Mutants of good scripts are refused if bash refuses them, and else not. Of some ten thousand,
   * bash judges one by an accident of its own; so two of these may differ, and are printed.
   */
  @Test
  void mutantsLikeBash() throws IOException {
    List<String> scripts = seeds();
    Bash bash = new Bash(Dialect.BASH);
    AtomicInteger refused = new AtomicInteger();
    AtomicInteger extra = new AtomicInteger();
    List<String> differing = new ArrayList<>();
    int tries = 600;
    Properties.forAll(
        tries,
        random -> {
          String text = mutated(scripts.get(random.nextInt(scripts.size())), random);
          List<ShellProblem> problems = ShellSyntax.problems(text, Dialect.BASH);
          staysInside(text, problems);
          boolean bad = bash.refuses(folder, text);
          refused.addAndGet(bad ? 1 : 0);
          boolean told =
              problems.stream()
                  .anyMatch(one -> one.severity() == Severity.ERROR && EXTRA.contains(one.rule()));
          if (told && !bad) {
            extra.incrementAndGet();
          } else if (hasError(problems) != bad) {
            differing.add("bash refuses it: %s, we say %s:%n%s".formatted(bad, problems, text));
          }
        });
    System.out.printf(
        "shell: %d mutants, bash -n refuses %d; we refuse these and %d more by named rules%n",
        tries, refused.get(), extra.get());
    differing.forEach(System.out::println);
    assertThat(differing).hasSizeLessThan(Long.getLong("seed") == null ? 3 : 1);
  }

  @Test
  void whateverComesIn() throws IOException {
    List<String> scripts = seeds();
    Properties.forAll(
        3_000,
        random -> {
          String text = mutated(scripts.get(random.nextInt(scripts.size())), random);
          String other = scripts.get(random.nextInt(scripts.size()));
          String mixed =
              switch (random.nextInt(4)) {
                case 0 -> text.substring(random.nextInt(text.length() + 1)) + other;
                case 1 -> text.replace("\n", "\r\n");
                case 2 -> text.replace(' ', (char) random.nextInt(0x2100));
                default ->
                    IntStream.range(0, random.nextInt(1, 60))
                        .mapToObj(i -> PIECES.get(random.nextInt(PIECES.size())))
                        .collect(Collectors.joining());
              };
          for (Dialect dialect : Dialect.values()) {
            staysInside(mixed, ShellSyntax.problems(mixed, dialect));
          }
        });
  }

  static Stream<String> large() {
    int size = 1 << 20;
    SplittableRandom random = new SplittableRandom(7);
    StringBuilder any = new StringBuilder();
    while (any.length() < size) {
      any.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    Stream<String> repeated =
        Stream.of(
                "(",
                "((",
                "$(",
                "$((",
                "${",
                "`",
                "\"",
                "'",
                "{ ",
                "[[ ",
                "! ",
                "if ",
                "<(",
                "<<A\n",
                "<<A ",
                "a[",
                "\"$(",
                "\"${x:-",
                "((\"$(",
                "\\",
                "\\\n",
                "echo \"a b\" $(c) ${d}\n",
                "\u00a0",
                "\u201ca ",
                "a \\ \n",
                "a\r\n",
                "shopt -s extglob ",
                "%end\n",
                "EOF \n",
                "if a; then b; fi\n",
                "((a) )\n",
                "[[ a =~ (b|c) ]]\n",
                "for x in a; do b; done\n",
                "$(<<A) ",
                "cat <<A\nA\n",
                "\0",
                "x=(a b)\n",
                "echo ((",
                "a=$((1 + (2)))\n")
            .map(piece -> piece.repeat(size / piece.length()));
    return Stream.concat(
        repeated,
        Stream.of(
            any.toString(),
            "((".repeat(60) + "x ".repeat(size / 2) + ")x".repeat(120),
            "((\"$(".repeat(40) + "x ".repeat(size / 2) + ")\") )".repeat(40),
            "cat <<A\n" + "\\\n".repeat(size / 2) + "A\n",
            "cat" + " <<A".repeat(size / 8) + "\n" + "A\n".repeat(size / 8),
            "$(cat <<A) ".repeat(size / 16) + "\n" + "A\n".repeat(size / 16),
            "case x in\n" + "a|b) c;;\n".repeat(size / 9) + "esac\n",
            "if a; then b\n" + "elif c; then d\n".repeat(size / 15) + "fi\n"));
  }

  /**
   * Time grows with the text and not with its square: the bound is some thirty times what it takes.
   */
  @Test
  void aMegabyteIsQuickAndNeedsLittleStack() throws InterruptedException {
    List<String> texts = large().toList();
    List<Throwable> thrown = new ArrayList<>();
    long[] slowest = {0, 0};
    ThreadMXBean clock = ManagementFactory.getThreadMXBean();
    Thread small =
        new Thread(
            null,
            () -> {
              for (String text : texts) {
                long start = clock.getCurrentThreadCpuTime();

                ShellSyntax.problems(text, Dialect.BASH);
                long took = clock.getCurrentThreadCpuTime() - start;
                slowest[0] = Math.max(slowest[0], took);
                slowest[1] += took;
              }
            },
            "small-stack",
            512 * 1024);
    small.setUncaughtExceptionHandler((thread, e) -> thrown.add(e));
    small.start();
    small.join();
    assertThat(thrown).isEmpty();
    System.out.printf(
        "shell: %d texts of 1 MB, %d ms of the processor on average, %d ms the slowest%n",
        texts.size(),
        Duration.ofNanos(slowest[1]).toMillis() / texts.size(),
        Duration.ofNanos(slowest[0]).toMillis());
    assertThat(Duration.ofNanos(slowest[0])).isLessThan(Duration.ofSeconds(4));
  }
}
