package org.barestack.app;

import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import org.barestack.command.Failure;
import org.barestack.render.TemplateException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program. */
public final class Main {
  private static final String TRACE = "BARESTACK_TRACE";

  private Main() {}

  /**
   * Runs one command and ends with its exit code: 0 done, 1 not done, 2 bad command line or site,
   * 70 a fault of ours.
   */
  public static void main(String[] arguments) {
    System.exit(run(Commands.of(arguments), System.getenv(), arguments));
  }

  static int run(CommandLine commandLine, Map<String, String> environment, String... arguments) {
    commandLine.setParameterExceptionHandler(Main::badCommandLine);
    commandLine.setExecutionExceptionHandler(
        (fault, command, parsed) -> ended(fault, command.getErr(), environment));
    try {
      return commandLine.execute(arguments);
    } catch (VirtualMachineError | LinkageError | AssertionError e) {
      // a stack that overflows, a class that is not in the jar
      return ended(e, commandLine.getErr(), environment);
    }
  }

  private static int ended(Throwable fault, PrintWriter err, Map<String, String> environment) {
    if (environment.containsKey(TRACE)) {
      fault.printStackTrace(err);
    }
    err.println("barestack: " + message(fault));
    err.flush();
    return switch (fault) {
      case Failure failure -> failure.exitCode();
      case TemplateException _ -> Failure.BAD_INPUT;
      case UncheckedIOException _ -> Failure.NOT_DONE;
      case RuntimeException _, Error _ -> Failure.INTERNAL;
      default -> Failure.NOT_DONE;
    };
  }

  private static int badCommandLine(ParameterException fault, String[] arguments) {
    CommandLine command = fault.getCommandLine();
    PrintWriter err = command.getErr();
    if (arguments.length == 0) {
      command.usage(err);
      return Failure.BAD_INPUT;
    }
    err.println(
        "barestack: "
            + (fault instanceof UnmatchedArgumentException unmatched && !unmatched.isUnknownOption()
                ? (command.getSubcommands().isEmpty() ? "too much: " : "no such command: ")
                    + String.join(" ", unmatched.getUnmatched())
                : fault.getMessage()));
    UnmatchedArgumentException.printSuggestions(fault, err);
    err.println(command.getCommandSpec().qualifiedName() + " --help says what it takes");
    return Failure.BAD_INPUT;
  }

  /** What the JDK says of a file is often only its name. */
  private static String message(Throwable fault) {
    return switch (fault) {
      case AccessDeniedException denied -> denied.getFile() + ": permission denied";
      case NoSuchFileException missing -> missing.getFile() + ": there is no such file or folder";
      case UncheckedIOException io
          when io.getCause() instanceof FileSystemException cause
              && cause.toString().equals(io.getMessage()) ->
          message(cause);
      case Failure _, TemplateException _, UncheckedIOException _ ->
          String.valueOf(fault.getMessage());
      case RuntimeException _, Error _ -> fault + " (a fault of ours; " + TRACE + "=1 shows where)";
      default -> fault.getMessage() != null ? fault.getMessage() : fault.toString();
    };
  }
}
