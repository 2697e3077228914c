package org.barestack.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.barestack.kickstart.Finding;
import org.barestack.kickstart.KickstartCheck;
import org.barestack.kickstart.Release;
import org.barestack.kickstart.Script;
import org.barestack.model.PlainText;
import org.barestack.shell.Dialect;
import org.barestack.shell.ShellProblem;
import org.barestack.shell.ShellSyntax;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code barestack check-kickstart}. */
@Command(
    name = "check-kickstart",
    description = {
      "Checks kickstart files against what an installer of Rocky Linux reads.",
      "Prints one finding a line, as compilers do. Ends with 0 if the installer would take all",
      "of them, with 1 if not."
    },
    footer = {
      "",
      "Examples:",
      "  barestack check-kickstart --release 9 ks.cfg",
      "  barestack check-kickstart --release 10 --json *.ks",
      "  barestack check-kickstart --release 9 -"
    })
public final class CheckKickstartCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", arity = "1..*", description = "Kickstarts; - is standard input.")
  private List<String> files = new ArrayList<>();

  @Option(
      names = {"-r", "--release"},
      required = true,
      paramLabel = "9|10",
      description = "The release whose installer shall read them.")
  private String release = "";

  @Option(names = "--json", description = "Print the findings as JSON.")
  private boolean json;

  @Spec private CommandSpec command = CommandSpec.create();

  /** A finding in a file, of the kickstart or of a script in it. */
  private record Located(
      String file,
      boolean error,
      int line,
      int column,
      String rule,
      String message,
      String remedy) {
    static Located of(String file, Finding finding) {
      return new Located(
          file,
          finding.severity() == Finding.Severity.ERROR,
          finding.line(),
          finding.column(),
          finding.rule().toString(),
          finding.message(),
          finding.remedy());
    }

    static Located of(String file, Script script, ShellProblem problem) {
      return new Located(
          file,
          problem.severity() == ShellProblem.Severity.ERROR,
          script.line() + problem.line() - 1,
          problem.column(),
          problem.rule(),
          problem.message(),
          problem.remedy() + (problem.rule().startsWith("unclosed-") ? cutOff(script) : ""));
    }

    /** The installer knows no quotes and no here-documents when it looks for the end. */
    private static String cutOff(Script script) {
      long end = script.line() + script.text().lines().count();
      return "; the script ends at the %end of line "
          + end
          + ", even if that was meant as its text";
    }

    String severity() {
      return error ? "error" : "warning";
    }
  }

  @Override
  public Integer call() throws IOException {
    KickstartCheck check = KickstartCheck.of(release());
    List<Located> all = new ArrayList<>();
    for (String file : files) {
      all.addAll(located(file, check.check(octets(file))));
    }
    long errors = all.stream().filter(Located::error).count();
    Print out = new Print(command);
    if (json) {
      out.json(all.stream().map(CheckKickstartCommand::fields).toList());
    } else {
      all.forEach(located -> out.line(line(located)));
      out.line(
          SiteOptions.count(files.size(), "kickstart")
              + " for release "
              + release
              + ": "
              + (all.isEmpty()
                  ? "good"
                  : SiteOptions.count(errors, "error")
                      + ", "
                      + SiteOptions.count(all.size() - errors, "warning")));
    }
    return errors == 0 ? 0 : Failure.NOT_DONE;
  }

  private Release release() {
    for (Release one : Release.values()) {
      if (one.toString().equals(release)) {
        return one;
      }
    }
    throw Failure.badInput(
        "--release "
            + release
            + ": there is a table for "
            + List.of(Release.values()).stream()
                .map(Release::toString)
                .collect(Collectors.joining(" and ")));
  }

  private static byte[] octets(String file) throws IOException {
    if (file.equals("-")) {
      return System.in.readAllBytes();
    }
    Path path = Path.of(file);
    if (Files.isDirectory(path)) {
      throw Failure.badInput(file + " is a folder; name the kickstarts in it");
    }
    try {
      return Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      throw Failure.badInput(file + ": there is no such file");
    }
  }

  /** The scripts in it are read as the shell would, where a shell runs them. */
  private static List<Located> located(String file, KickstartCheck.Result result) {
    List<Located> all = new ArrayList<>();
    result.findings().forEach(finding -> all.add(Located.of(file, finding)));
    for (Script script : result.scripts()) {
      ShellSyntax.problems(script.text(), Dialect.of(script.interpreter()))
          .forEach(problem -> all.add(Located.of(file, script, problem)));
    }
    all.sort(Comparator.comparingInt(Located::line).thenComparingInt(Located::column));
    return all;
  }

  /** As compilers write it, so that editors and CI systems find the place. */
  private static String line(Located one) {
    return PlainText.of(
        "%s:%d:%d: %s: %s; %s [%s]"
            .formatted(
                one.file(),
                one.line(),
                one.column(),
                one.severity(),
                one.message(),
                one.remedy(),
                one.rule()));
  }

  private static Map<String, @Nullable Object> fields(Located one) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("file", one.file());
    fields.put("line", one.line());
    fields.put("column", one.column());
    fields.put("severity", one.severity());
    fields.put("rule", one.rule());
    fields.put("message", one.message());
    fields.put("remedy", one.remedy());
    return fields;
  }
}
