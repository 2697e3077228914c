package org.barestack.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.Console;
import java.io.PrintWriter;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;

/** A command's standard output: text for people, JSON for machines. */
final class Print {
  /** What a table may take where nobody can be asked, in characters. */
  private static final int USUAL_WIDTH = 120;

  private final PrintWriter out;

  Print(CommandSpec command) {
    this.out = command.commandLine().getOut();
  }

  void line(Object text) {
    out.println(text);
    out.flush();
  }

  /** Text that ends its own lines. */
  void text(String text) {
    out.print(text);
    out.flush();
  }

  void json(Object value) {
    try {
      line(JsonMapper.builder().build().writerWithDefaultPrettyPrinter().writeValueAsString(value));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("maps, lists and texts are always JSON", e);
    }
  }

  /** The terminal at which somebody sits; empty where none does. */
  static Optional<Console> console() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal);
  }

  /** Whether a person reads along at a terminal that can move its cursor. */
  static boolean terminal() {
    return terminal(console().isPresent(), System.getenv());
  }

  static boolean terminal(boolean console, Map<String, String> environment) {
    return console && !environment.getOrDefault("TERM", "").equals("dumb");
  }

  /** Whether to colour: on a terminal, unless NO_COLOR is set and not empty (no-color.org). */
  static boolean colour() {
    return colour(console().isPresent(), System.getenv());
  }

  static boolean colour(boolean console, Map<String, String> environment) {
    return terminal(console, environment) && environment.getOrDefault("NO_COLOR", "").isEmpty();
  }

  /** How wide the terminal is, in characters; the launcher knows, since the JVM cannot ask. */
  static int width() {
    String columns = System.getenv().getOrDefault("COLUMNS", "");
    return columns.matches("[1-9][0-9]{1,3}") ? Integer.parseInt(columns) : USUAL_WIDTH;
  }
}
