package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.barestack.command.Failure;
import org.barestack.testing.Command;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** What helps people to type: examples, completion, exit codes. */
class HelpTest {
  @TempDir static Path folder;

  // Examples

  static Stream<CommandLine> commands() {
    return commands(Commands.all());
  }

  private static Stream<CommandLine> commands(CommandLine from) {
    return Stream.concat(
        Stream.of(from),
        from.getSubcommands().values().stream()
            .filter(sub -> !sub.getCommandSpec().usageMessage().hidden())
            .flatMap(HelpTest::commands));
  }

  private static List<String> examples(CommandLine command) {
    return Arrays.stream(command.getCommandSpec().usageMessage().footer())
        .filter(line -> line.startsWith("  "))
        .map(String::strip)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandHasAnExampleThatParses(CommandLine command) {
    String name = command.getCommandSpec().qualifiedName();
    assertThat(command.getUsageMessage()).containsPattern("\nExamples?:\n  ");
    assertThat(examples(command)).as(name).isNotEmpty();
    for (String example : examples(command)) {
      String bare = example.replaceFirst("^sudo ", "").replaceFirst(" [|<>] .*", "");
      assertThat(bare + " ").startsWith(name + " ");
      String[] words = bare.substring("barestack ".length()).split(" (?![^\"]*\"(?: |$))", -1);
      ParseResult parsed = Commands.all().parseArgs(words);
      while (parsed.hasSubcommand()) {
        parsed = parsed.subcommand();
      }
      assertThat(parsed.commandSpec().qualifiedName() + " ").startsWith(name + " ");
      assertThat(parsed.commandSpec().subcommands()).as(example + " does something").isEmpty();
    }
  }

  // Exit codes

  @Test
  void theExitCodesAreThoseOfTheProgram() {
    Map<String, String> codes = Commands.all().getCommandSpec().usageMessage().exitCodeList();
    assertThat(codes.keySet())
        .containsExactly(
            "0", Failure.NOT_DONE + "", Failure.BAD_INPUT + "", "3", Failure.INTERNAL + "");
    String page = read(Path.of("docs/command-line.md"));
    assertThat(codes)
        .allSatisfy(
            (code, meaning) -> assertThat(page).contains("| " + code + " | " + meaning + " |"));
  }

  // Completion

  @BeforeAll
  static void aProgramInAFolderWithASite() throws IOException {
    Files.copy(Path.of("examples/minimal/site.yaml"), folder.resolve("site.yaml"));
    // What the completion runs at a TAB, answered as the program answers it.
    Barestack nodes = Barestack.run("completion", "nodes", "--site", folder.toString());
    assertThat(nodes).isEqualTo(new Barestack(0, "mgmt1\nkvm1\n", ""));
    Path program = folder.resolve("barestack");
    Files.writeString(
        program,
        """
        #!/bin/sh
        case "$*" in
        "completion nodes") printf 'mgmt1\\nkvm1\\n' ;;
        "completion nodes --site elsewhere") printf 'far1\\n' ;;
        *) echo "not asked for: $*" >&2; exit 1 ;;
        esac
        """);
    assertThat(program.toFile().setExecutable(true)).isTrue();
    for (String shell : List.of("bash", "zsh")) {
      Files.writeString(
          folder.resolve("completion." + shell), Barestack.run("completion", shell).out());
    }
  }

  private static final String LINES =
      """
      barestack va                        | validate
      barestack secrets reci              | recipients
      barestack secrets recipients        | add list remove
      barestack status --js               | --json
      barestack build-iso --kind          | cidata iso oemdrv
      barestack events kv                 | kvm1
      barestack events                    | kvm1 mgmt1
      barestack events --site elsewhere f | far1
      barestack status kv                 |
      ./barestack reinstall mg            | mgmt1
      """;

  @ParameterizedTest
  @CsvSource(delimiter = '|', nullValues = "-", textBlock = LINES)
  void bashCompletes(String line, @Nullable String words) {
    assertThat(complete("bash", line)).isEqualTo(words == null ? "" : words);
    assertThat(
            Command.of(
                    "bash", "-c", "source " + folder + "/completion.bash && complete -p barestack")
                .run()
                .output())
        .isEqualTo("complete -o default -F _barestack_with_nodes barestack\n");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', nullValues = "-", textBlock = LINES)
  void zshCompletes(String line, @Nullable String words) {
    assertThat(complete("zsh", line)).isEqualTo(words == null ? "" : words);
  }

  /** The words that a shell offers after a line; a last word of one letter or more is begun. */
  private static String complete(String shell, String line) {
    List<String> words = new ArrayList<>(List.of(line.split(" ", -1)));
    boolean begun = words.getLast().matches("va|reci|--js|kv|mg|f");
    if (!begun) {
      words.add("");
    }
    String script =
        """
        cd %s; PATH=$PWD:$PATH
        %s
        """
            .formatted(
                folder,
                shell.equals("bash")
                    ? """
                    source ./completion.bash
                    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
                    compopt() { :; } # bash has it only while it really completes
                    _barestack_with_nodes
                    printf '%s\\n' "${COMPREPLY[@]}"
                    """
                    : """
                    autoload -U +X compinit && compinit -D -u
                    autoload -U +X bashcompinit && bashcompinit
                    source ./completion.zsh
                    emulate ksh
                    compopt() { :; }
                    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()
                    _barestack_with_nodes
                    emulate zsh # which itself takes only what fits (compadd)
                    print -rl -- ${(M)COMPREPLY:#${@[-1]}*}
                    print -r -- ${_comps[barestack]} >&2
                    """);
    List<String> command =
        new ArrayList<>(
            shell.equals("bash") ? List.of("bash", "--norc", "-c") : List.of("zsh", "-f", "-c"));
    command.add(script);
    command.add(shell);
    command.addAll(words);
    Command.Result result = Command.of(command.toArray(String[]::new)).run();
    assertThat(result.errors())
        .isEqualTo(
            shell.equals("bash") ? "" : "_bash_complete -F _barestack_with_nodes -o default\n");
    String output = result.output();
    return String.join(" ", output.lines().filter(word -> !word.isBlank()).sorted().toList());
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
