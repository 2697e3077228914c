package org.barestack.command;

import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Spec;

/** {@code barestack completion bash|zsh}. */
@Command(
    name = "completion",
    synopsisSubcommandLabel = "SHELL",
    description = {
      "Prints what makes a shell complete commands, options and nodes.",
      "In ~/.bashrc: source <(barestack completion bash); in ~/.zshrc the same with zsh."
    },
    footer = {"", "Example:", "  barestack completion bash > barestack.bash"})
public final class CompletionCommand {
  /**
   * Beside what picocli writes: nodes are asked of the program, at the TAB that needs them, since
   * only it knows which site is meant. COMMANDS take a node, OPTIONS a value.
   */
  private static final String NODES =
      """

      # Nodes of the site, where a command takes one: the program is asked.
      function _barestack_with_nodes() {
        _complete_barestack
        local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
        local program=${COMP_WORDS[0]/#\\~/$HOME} site="" i
        if [ ${#COMPREPLY[@]} != 0 ]; then return 0; fi
        case $word in -*) return 0 ;; esac
        case $before in OPTIONS) return 0 ;; esac
        case ${COMP_WORDS[1]} in COMMANDS) ;; *) return 0 ;; esac
        for ((i = 1; i < COMP_CWORD; i++)); do
          case ${COMP_WORDS[i]} in -s|--site) site=${COMP_WORDS[i+1]} ;; esac
        done
        COMPREPLY=( $(compgen -W "$("$program" completion nodes ${site:+--site "$site"} 2>/dev/null)" -- "$word") )
      }
      complete -F _barestack_with_nodes -o default barestack
      """;

  @Spec private CommandSpec command = CommandSpec.create();

  @Command(
      name = "bash",
      description = "Prints it for bash.",
      footer = {"", "Example:", "  barestack completion bash > barestack.bash"})
  int bash() {
    new Print(command).text(script());
    return 0;
  }

  /** Zsh runs bash's completions (bashcompinit); what picocli writes sees to that itself. */
  @Command(
      name = "zsh",
      description = "Prints it for zsh.",
      footer = {"", "Example:", "  barestack completion zsh > barestack.zsh"})
  int zsh() {
    new Print(command).text(script());
    return 0;
  }

  @Command(name = "nodes", hidden = true, description = "Prints the nodes of the site.")
  int nodes(@Mixin SiteOptions options) {
    Print out = new Print(command);
    options.load().nodes().forEach(node -> out.line(node.name().text()));
    return 0;
  }

  private String script() {
    CommandLine program = command.root().commandLine();
    List<CommandSpec> commands = commands(command.root()).toList();
    String withNode =
        command.root().subcommands().values().stream()
            .map(CommandLine::getCommandSpec)
            .filter(CompletionCommand::takesNode)
            .map(CommandSpec::name)
            .sorted()
            .collect(Collectors.joining("|"));
    String withValue =
        commands.stream()
            .flatMap(one -> one.options().stream())
            .filter(option -> option.arity().max() > 0)
            .map(OptionSpec::names)
            .flatMap(Stream::of)
            .collect(
                Collectors.collectingAndThen(
                    Collectors.toCollection(TreeSet::new), names -> String.join("|", names)));
    return AutoComplete.bash(command.root().name(), program)
        + NODES.replace("COMMANDS", withNode).replace("OPTIONS", withValue);
  }

  private static boolean takesNode(CommandSpec one) {
    return one.positionalParameters().stream()
        .anyMatch(parameter -> parameter.paramLabel().startsWith("NODE"));
  }

  private static Stream<CommandSpec> commands(CommandSpec from) {
    return Stream.concat(
        Stream.of(from),
        from.subcommands().values().stream().flatMap(sub -> commands(sub.getCommandSpec())));
  }
}
