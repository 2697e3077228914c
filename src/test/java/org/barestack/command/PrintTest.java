package org.barestack.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrintTest {
  @ParameterizedTest(name = "terminal {0}, TERM={1}, NO_COLOR={2}: screen {3}, colour {4}")
  @CsvSource({
    "true, xterm, , true, true",
    "true, , , true, true",
    "true, xterm, '', true, true",
    "true, xterm, 1, true, false",
    "true, xterm, false, true, false",
    "true, dumb, , false, false",
    "false, xterm, , false, false",
    "false, xterm, 1, false, false",
  })
  void coloursAreForTerminalsOfPeopleWhoWantThem(
      boolean console,
      @Nullable String term,
      @Nullable String noColor,
      boolean screen,
      boolean colour) {
    Map<String, String> environment = new HashMap<>();
    if (term != null) {
      environment.put("TERM", term);
    }
    if (noColor != null) {
      environment.put("NO_COLOR", noColor);
    }
    assertThat(Print.terminal(console, environment)).isEqualTo(screen);
    assertThat(Print.colour(console, environment)).isEqualTo(colour);
  }
}
