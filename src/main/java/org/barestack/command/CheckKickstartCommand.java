package org.barestack.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.barestack.kickstart.Finding;
import org.barestack.kickstart.Finding.Severity;
import org.barestack.kickstart.KickstartCheck;
import org.barestack.kickstart.Release;
import org.barestack.model.PlainText;
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

  private record Located(String file, Finding finding) {}

  @Override
  public Integer call() throws IOException {
    KickstartCheck check = KickstartCheck.of(release());
    List<Located> all = new ArrayList<>();
    for (String file : files) {
      check.check(octets(file)).findings().forEach(finding -> all.add(new Located(file, finding)));
    }
    long errors = count(all, Severity.ERROR);
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
                      + SiteOptions.count(count(all, Severity.WARNING), "warning")));
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

  private static long count(List<Located> all, Severity severity) {
    return all.stream().filter(one -> one.finding().severity() == severity).count();
  }

  /** As compilers write it, so that editors and CI systems find the place. */
  private static String line(Located located) {
    Finding finding = located.finding();
    return PlainText.of(located.file() + ":" + finding);
  }

  private static String word(Severity severity) {
    return severity.name().toLowerCase(Locale.ROOT);
  }

  private static Map<String, @Nullable Object> fields(Located located) {
    Finding finding = located.finding();
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("file", located.file());
    fields.put("line", finding.line());
    fields.put("column", finding.column());
    fields.put("severity", word(finding.severity()));
    fields.put("rule", finding.rule().toString());
    fields.put("message", finding.message());
    fields.put("remedy", finding.remedy());
    return fields;
  }
}
