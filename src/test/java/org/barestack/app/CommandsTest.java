package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class CommandsTest {
  static Collection<String> names() {
    return Commands.all().getSubcommands().keySet();
  }

  @ParameterizedTest
  @MethodSource("names")
  void aCommandThatIsBuiltAloneIsTheSame(String name) {
    CommandLine alone = Commands.of(name, "--help");

    assertThat(alone.getSubcommands()).hasSize(name.equals("completion") ? names().size() : 1);
    assertThat(help(alone, name)).isEqualTo(help(Commands.all(), name));
  }

  private static String help(CommandLine program, String name) {
    return Objects.requireNonNull(program.getSubcommands().get(name)).getUsageMessage();
  }
}
