package org.barestack.app;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import picocli.CommandLine;

/** What one run of the program ended with and printed. */
record Barestack(int status, String out, String err) {
  /** Runs a command in this process. */
  static Barestack run(String... arguments) {
    return run(Commands.of(arguments), Map.of(), arguments);
  }

  static Barestack run(
      CommandLine commandLine, Map<String, String> environment, String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    commandLine.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int status = Main.run(commandLine, environment, arguments);
    commandLine.getOut().flush();
    commandLine.getErr().flush();
    return new Barestack(status, out.toString(), err.toString());
  }
}
