package org.barestack.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.barestack.check.ContentCheck;
import org.barestack.check.SiteCheck;
import org.barestack.model.Node;
import org.barestack.model.Site;
import org.barestack.render.Renderer;
import org.barestack.secrets.SecretsFile;
import org.barestack.secrets.SiteSecrets;
import org.barestack.secrets.SiteSecrets.Answer;
import org.barestack.shell.Shellcheck;
import org.barestack.site.SiteFile;
import org.barestack.site.SiteProblem;
import org.barestack.site.SiteProblem.Severity;
import org.barestack.site.SiteResult;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code barestack validate}. */
@Command(
    name = "validate",
    description = {
      "Checks a site: all its problems at once, and every template rendered for every node.",
      "Ends with 0 if machines can be installed from it, else with 1."
    },
    footer = {
      "",
      "Examples:",
      "  barestack validate",
      "  barestack validate --site sites/lab --offline --json"
    })
public final class ValidateCommand implements Callable<Integer> {
  @Mixin private final SecretsOptions options = new SecretsOptions();

  @Mixin private final HttpRootOption httpRoot = new HttpRootOption();

  @Option(
      names = "--offline",
      description = "Do not look for loaders and releases, which only the serving host needs.")
  private boolean offline;

  @Option(names = "--json", description = "Print the problems as JSON.")
  private boolean json;

  @Spec private CommandSpec command = CommandSpec.create();

  /**
   * What was found, and in how much it was looked for.
   *
   * @param own how many scripts are the site's own
   */
  private record Findings(List<SiteProblem> problems, int nodes, int own) {
    long errors() {
      return count(Severity.ERROR);
    }

    long count(Severity severity) {
      return problems.stream().filter(one -> one.severity() == severity).count();
    }
  }

  @Override
  public Integer call() throws IOException {
    Renderer renderer = options.rendererForOnePass();
    Optional<Shellcheck> shellcheck = Shellcheck.installed();
    Findings findings =
        switch (SiteFile.load(options.file(), renderer.roles())) {
          case SiteResult.Bad(List<SiteProblem> problems) -> new Findings(problems, 0, 0);
          case SiteResult.Good(Site site, List<SiteProblem> warnings) -> {
            List<SiteProblem> all = new ArrayList<>(warnings);
            SiteCheck.Result rendered =
                SiteCheck.of(renderer, site, options.file(), shellcheck.orElse(null));
            all.addAll(rendered.problems());
            all.addAll(secrets(site));
            if (!offline) {
              all.addAll(
                  ContentCheck.problems(site, options.file(), httpRoot.folder(options.folder())));
            }
            all.addAll(deviations(renderer, site));
            yield new Findings(all, site.nodes().size(), rendered.own());
          }
        };
    Print out = new Print(command);
    if (json) {
      out.json(findings.problems().stream().map(ValidateCommand::fields).toList());
    } else {
      findings.problems().forEach(out::line);
      if (findings.own() > 0) {
        out.line(
            options.file()
                + ": "
                + SiteOptions.count(findings.own(), "script")
                + " of its own, "
                + shellcheck
                    .map(program -> "checked by " + program.program())
                    .orElse("parsed only: shellcheck is not installed, and finds more"));
      }
      out.line(verdict(findings));
    }
    return findings.errors() == 0 ? 0 : Failure.NOT_DONE;
  }

  private String verdict(Findings findings) {
    long warnings = findings.count(Severity.WARNING);
    return options.file()
        + ": "
        + (findings.errors() == 0
            ? "good, " + SiteOptions.count(findings.nodes(), "node")
            : SiteOptions.count(findings.errors(), "error"))
        + (warnings == 0 ? "" : ", " + SiteOptions.count(warnings, "warning"));
  }

  /** Both files or none; and, where the identity is at hand, whether they belong together. */
  private List<SiteProblem> secrets(Site site) throws IOException {
    SecretsFile file = options.secrets();
    Path age = named(file.age());
    Path publicParts = named(file.publicParts());
    if (!Files.exists(file.age())) {
      return List.of(
          site.trust().isThere()
              ? whole(
                  Severity.ERROR, age, "missing beside " + publicParts, "take it from Git again")
              : whole(
                  Severity.WARNING,
                  age,
                  "missing, so that no node gets passwords, keys or a certificate",
                  "barestack secrets init makes them"));
    }
    if (!site.trust().isThere()) {
      return List.of(
          whole(
              Severity.ERROR,
              publicParts,
              "missing beside " + age,
              "take it from Git again, or let barestack secrets init write it anew"));
    }
    if (!Files.exists(file.identity())) {
      return List.of();
    }
    return switch (file.open()) {
      case Answer.NotThere _ -> List.of();
      case Answer.NotOpened notOpened ->
          List.of(
              whole(
                  notOpened.blames(file.age()) ? Severity.ERROR : Severity.WARNING,
                  age,
                  notOpened.reason(),
                  notOpened.remedy()));
      case Answer.Opened(SiteSecrets secrets) when !secrets.trust().equals(site.trust()) ->
          List.of(
              whole(
                  Severity.ERROR,
                  publicParts,
                  "not that of " + age,
                  "take both from one commit, or let barestack secrets init write it anew"));
      case Answer.Opened _ -> List.of();
    };
  }

  /** What the site's roles do otherwise than one would expect. */
  private List<SiteProblem> deviations(Renderer renderer, Site site) {
    return site.nodes().stream()
        .map(Node::role)
        .distinct()
        .filter(role -> !renderer.deviations(role).isEmpty())
        .map(role ->
            whole(
                Severity.NOTE,
                options.file(),
                "role " + role + ": " + String.join(", ", renderer.deviations(role)),
                "docs/security.md has the reasons"))
        .toList();
  }

  /** A problem of a whole file. */
  private static SiteProblem whole(Severity severity, Path file, String message, String remedy) {
    return new SiteProblem(severity, file.toString(), 1, 1, "", message, remedy);
  }

  /** A file of the site's folder as the caller would name it. */
  private Path named(Path file) {
    return options.file().resolveSibling(file.getFileName());
  }

  private static Map<String, @Nullable Object> fields(SiteProblem problem) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("severity", problem.severity().name().toLowerCase(Locale.ROOT));
    fields.put("file", problem.file());
    fields.put("line", problem.line());
    fields.put("column", problem.column());
    fields.put("path", problem.path());
    fields.put("message", problem.message());
    fields.put("remedy", problem.remedy());
    return fields;
  }
}
