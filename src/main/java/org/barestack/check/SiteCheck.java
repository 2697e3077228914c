package org.barestack.check;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.barestack.check.ScriptCheck.Placed;
import org.barestack.kickstart.Finding;
import org.barestack.kickstart.KickstartCheck;
import org.barestack.kickstart.Release;
import org.barestack.kickstart.Rule;
import org.barestack.model.Node;
import org.barestack.model.Node.DiskRule;
import org.barestack.model.NodeName;
import org.barestack.model.Role;
import org.barestack.model.Site;
import org.barestack.render.Renderer;
import org.barestack.render.TemplateException;
import org.barestack.render.TemplateProblem;
import org.barestack.shell.Dialect;
import org.barestack.shell.ShellProblem;
import org.barestack.shell.Shellcheck;
import org.barestack.site.SiteProblem;
import org.barestack.site.SiteProblem.Severity;
import org.jspecify.annotations.Nullable;

/**
 * Renders everything that every node would be given, and checks that. What shows in many nodes is
 * told once, of the first one, with the number of the others.
 */
public final class SiteCheck {
  /** What the kickstart that is served includes once a disk is granted. */
  private static final String DISK_PART = "/tmp/disk.ks";

  private final Renderer renderer;
  private final Site site;
  private final Optional<Release> release;
  private final ScriptCheck scripts = new ScriptCheck();
  private final Map<List<Integer>, Queue<Known>> known = new ConcurrentHashMap<>();

  /** The nodes all of whose scripts are the site's own work: it changes templates. */
  private final Set<NodeName> whole;

  /** How many different nodes with words of the same lengths are kept: kinds of nodes are few. */
  private static final int KINDS = 16;

  /** A node that was checked, and what its files are like. */
  private record Known(Likeness likeness, Checked checked) {
    /** Whether that, word for word, holds for another node too. */
    boolean holds(Map<String, String> artefacts, OwnWords words) {
      return likeness.holds(artefacts, words)
          && checked.told().stream()
              .noneMatch(told -> likeness.words().isIn(told.message() + told.remedy()));
    }

    Checked of(Node node) {
      return new Checked(node, checked.templates(), checked.told(), checked.own());
    }
  }

  /** What one node's files have wrong with them. */
  private record Checked(
      Node node, List<TemplateProblem> templates, List<Told> told, List<Placed> own) {}

  /**
   * What came of a check.
   *
   * @param own how many distinct scripts are the site's own work
   */
  public record Result(List<SiteProblem> problems, int own) {
    public Result {
      problems = List.copyOf(problems);
    }
  }

  /** Something wrong with what is rendered; in how many nodes does not matter. */
  private record Told(
      Severity severity, String artefact, int line, int column, String message, String remedy) {}

  private SiteCheck(Renderer renderer, Site site, Path file) {
    this.renderer = renderer;
    this.site = site;
    this.release = release(site);
    Map<Role, NodeName> first = new LinkedHashMap<>();
    if (Files.isDirectory(file.resolveSibling("kickstart-templates"))) {
      site.nodes().forEach(node -> first.putIfAbsent(node.role(), node.name()));
    }
    this.whole = Set.copyOf(first.values());
  }

  /**
   * Checks a site.
   *
   * @param file the site's, as the caller named it
   * @param shellcheck goes over the scripts that are the site's own; null if it is not there
   */
  public static Result of(
      Renderer renderer, Site site, Path file, @Nullable Shellcheck shellcheck) {
    SiteCheck check = new SiteCheck(renderer, site, file);
    List<Checked> all = site.nodes().parallelStream().map(check::node).toList();
    Map<TemplateProblem, SiteProblem> templates = new LinkedHashMap<>();
    Map<Told, List<String>> told = new LinkedHashMap<>();
    for (Checked one : all) {
      // A template's problem usually shows in every node of a role.
      one.templates()
          .forEach(
              problem -> templates.computeIfAbsent(problem, _ -> of(problem, one.node(), file)));
      one.told()
          .forEach(what ->
              told.computeIfAbsent(what, _ -> new ArrayList<>()).add(one.node().name().text()));
    }
    Map<Shellcheck.Script, Owned> own = new LinkedHashMap<>();
    for (Checked one : all) {
      for (Placed script : one.own()) {
        own.putIfAbsent(
            new Shellcheck.Script(script.text(), script.dialect()),
            new Owned(script, one.node().name().text()));
      }
    }
    if (shellcheck != null) {
      shellchecked(shellcheck, own)
          .forEach((what, node) -> told.computeIfAbsent(what, _ -> List.of(node)));
    }
    List<SiteProblem> problems = new ArrayList<>(templates.values());
    told.forEach((what, nodes) -> problems.add(problem(what, nodes)));
    return new Result(problems.stream().sorted().toList(), own.size());
  }

  /** A script of the site's own, and the first node that runs it. */
  private record Owned(Placed script, String node) {}

  /**
   * The scripts that somebody wrote for this site: its steps, and where it changes templates, all
   * that come out of them for the first node of each role. Ours were checked when they were
   * written.
   */
  private List<Placed> own(Node node, List<Placed> scripts) {
    Set<String> steps =
        node.scripts().stream().map(Node.SiteScript::body).collect(Collectors.toSet());
    return scripts.stream()
        .filter(script -> script.dialect() != Dialect.OTHER)
        .filter(script -> whole.contains(node.name()) || steps.contains(script.text()))
        .toList();
  }

  private static Map<Told, String> shellchecked(
      Shellcheck program, Map<Shellcheck.Script, Owned> own) {
    Map<Told, String> told = new LinkedHashMap<>();
    Map<Shellcheck.Script, Shellcheck.Result> results = program.check(own.keySet());
    own.forEach((text, owned) -> {
      Placed script = owned.script();
      switch (Objects.requireNonNull(results.get(text), "shellcheck answers for each script")) {
        case Shellcheck.Result.Checked(List<Shellcheck.Finding> findings) ->
            findings.forEach(finding -> told.put(of(script, finding), owned.node()));
        case Shellcheck.Result.Failed(String reason) ->
            told.put(
                new Told(
                    Severity.WARNING,
                    script.artefact(),
                    script.line(),
                    1,
                    "shellcheck did not check this script: " + reason,
                    "run it by hand"),
                owned.node());
      }
    });
    return told;
  }

  private static Told of(Placed script, Shellcheck.Finding finding) {
    return new Told(
        Severity.WARNING,
        script.artefact(),
        script.line() + finding.line() - 1,
        finding.column(),
        "shellcheck SC" + finding.code() + ": " + finding.message(),
        "correct it, or write # shellcheck disable=SC" + finding.code() + " above the line");
  }

  /** The release whose installer a site's nodes meet; empty for one that has no table. */
  private static Optional<Release> release(Site site) {
    for (Release release : Release.values()) {
      if (release.toString().equals(Integer.toString(site.rocky().major()))) {
        return Optional.of(release);
      }
    }
    return Optional.empty();
  }

  private Checked node(Node node) {
    try {
      return checked(node, renderer.artefacts(site, node));
    } catch (TemplateException e) {
      return new Checked(node, e.problems(), List.of(), List.of());
    }
  }

  private Checked checked(Node node, Map<String, String> artefacts) {
    OwnWords words = OwnWords.of(site, node);
    if (whole.contains(node.name())) {
      return checked(node, artefacts, words);
    }
    Queue<Known> alike = known.computeIfAbsent(words.lengths(), _ -> new ConcurrentLinkedQueue<>());
    for (Known one : alike) {
      if (one.holds(artefacts, words)) {
        return one.of(node);
      }
    }
    Checked checked = checked(node, artefacts, words);
    if (alike.size() < KINDS) {
      alike.add(new Known(new Likeness(artefacts, words), checked));
    }
    return checked;
  }

  private Checked checked(Node node, Map<String, String> known, OwnWords words) {
    Map<String, String> artefacts = new LinkedHashMap<>(known);
    artefacts.putAll(renderer.media(site, node));
    List<Told> told = new ArrayList<>();
    List<Placed> placed = new ArrayList<>();
    release.ifPresent(one -> {
      KickstartCheck check =
          KickstartCheck.of(one).including(Map.of(DISK_PART, text(artefacts, "disk.ks")));
      OptionalLong disk = smallestDisk(node);
      KickstartCheck onDisk = disk.isPresent() ? check.onDisk(disk.getAsLong()) : check;
      placed.addAll(kickstart("kickstart.ks", onDisk, artefacts, told));
      // Its disk part is made on the node, out of the very same template.
      placed.addAll(kickstart("standalone.ks", onDisk, artefacts, told));
      placed.addAll(kickstart("medium.ks", onDisk, artefacts, told));
      bootArguments(one, artefacts, told);
    });
    artefacts.forEach((name, text) -> {
      if (text.startsWith("#!") && !name.endsWith(".ipxe")) {
        placed.add(new Placed(name, 1, Dialect.of(text), text));
      }
    });
    placed.forEach(
        script -> scripts.problems(script, words).forEach(what -> told.add(of(script, what))));
    return new Checked(node, List.of(), told.stream().distinct().toList(), own(node, placed));
  }

  private static void bootArguments(
      Release release, Map<String, String> artefacts, List<Told> told) {
    String grub = artefacts.get("install.grub");
    String artefact = grub == null ? "install.ipxe" : "install.grub";
    List<BootArguments.Problem> problems =
        grub == null
            ? BootArguments.ofIpxe(text(artefacts, artefact), release)
            : BootArguments.ofGrub(grub, release);
    told(problems, artefact, told);
    String medium = "medium/grub.cfg";
    told(BootArguments.ofGrub(text(artefacts, medium), release), medium, told);
  }

  private static void told(List<BootArguments.Problem> problems, String artefact, List<Told> told) {
    problems.forEach(problem ->
        told.add(
            new Told(
                Severity.ERROR,
                artefact,
                problem.line(),
                problem.column(),
                problem.message(),
                problem.remedy())));
  }

  /** The scripts in it, too. */
  private static List<Placed> kickstart(
      String artefact, KickstartCheck check, Map<String, String> artefacts, List<Told> told) {
    KickstartCheck.Result result = check.check(text(artefacts, artefact));
    for (Finding finding : result.findings()) {
      // A medium is its own source.
      if (artefact.equals("standalone.ks") && finding.rule() == Rule.NO_INSTALL_SOURCE) {
        continue;
      }
      told.add(
          new Told(
              finding.severity() == Finding.Severity.ERROR ? Severity.ERROR : Severity.WARNING,
              finding.source().equals(DISK_PART) ? "disk.ks" : artefact,
              finding.line(),
              finding.column(),
              finding.message(),
              finding.remedy()));
    }
    return result.scripts().stream()
        .map(script ->
            new Placed(artefact, script.line(), Dialect.of(script.interpreter()), script.text()))
        .toList();
  }

  private static Told of(Placed script, ShellProblem problem) {
    return new Told(
        problem.severity() == ShellProblem.Severity.ERROR ? Severity.ERROR : Severity.WARNING,
        script.artefact(),
        script.line() + problem.line() - 1,
        problem.column(),
        problem.message(),
        problem.remedy());
  }

  private static String text(Map<String, String> artefacts, String name) {
    String text = artefacts.get(name);
    if (text == null) {
      throw new IllegalStateException("the renderer makes no " + name);
    }
    return text;
  }

  /** In MiB, where the node's disk rule says it. */
  private static OptionalLong smallestDisk(Node node) {
    return node.os().stream()
        .filter(DiskRule.Size.class::isInstance)
        .mapToLong(rule -> ((DiskRule.Size) rule).minimum() >> 20)
        .min();
  }

  private static SiteProblem problem(Told what, List<String> nodes) {
    return new SiteProblem(
        what.severity(),
        nodes.getFirst() + "/" + what.artefact(),
        what.line(),
        what.column(),
        "",
        what.message()
            + (nodes.size() == 1
                ? ""
                : " (and in "
                    + (nodes.size() - 1)
                    + " more "
                    + (nodes.size() == 2 ? "node" : "nodes")
                    + ")"),
        what.remedy() + "; barestack render writes the file");
  }

  private static SiteProblem of(TemplateProblem problem, Node node, Path file) {
    Path own = file.resolveSibling(problem.file());
    return new SiteProblem(
        Severity.ERROR,
        // a template of the site's own, as seen from here; else one of ours, by its name
        Files.exists(own) ? own.toString() : problem.file(),
        Math.max(1, problem.line()),
        1,
        "nodes." + node.name(),
        problem.message(),
        "correct the template, or the value it was given");
  }
}
