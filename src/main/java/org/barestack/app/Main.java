package org.barestack.app;

import org.barestack.command.Failure;
import picocli.CommandLine;

/** The program. */
public final class Main {
  private Main() {}

  /**
   * Runs one command and ends with its exit code: 0 done, 1 not done, 2 bad command line or site.
   */
  public static void main(String[] arguments) {
    System.exit(run(Assembly.commandLine(), arguments));
  }

  static int run(CommandLine commandLine, String... arguments) {
    commandLine.setExecutionExceptionHandler((fault, command, parsed) -> {
      if (fault instanceof Failure failure) {
        command.getErr().println("barestack: " + failure.getMessage());
        return failure.exitCode();
      }
      if (System.getenv("BARESTACK_TRACE") != null) {
        fault.printStackTrace(command.getErr());
      }
      String message = fault.getMessage();
      command
          .getErr()
          .println(
              "barestack: "
                  + (message != null ? message : fault.toString())
                  + (fault instanceof RuntimeException
                      ? "\nbarestack: BARESTACK_TRACE=1 shows where that came from"
                      : ""));
      return Failure.NOT_DONE;
    });
    return commandLine.execute(arguments);
  }
}
