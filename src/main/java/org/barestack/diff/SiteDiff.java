package org.barestack.diff;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.barestack.diff.ArtefactChange.Kind;
import org.barestack.model.MacAddress;
import org.barestack.model.Node;
import org.barestack.model.NodeName;
import org.barestack.render.TemplateException;
import org.jspecify.annotations.Nullable;

/**
 * How two sites differ in what their nodes get.
 *
 * @param before title of the old one
 * @param after title of the new one
 * @param compared how many nodes either one has, as far as they were asked for
 * @param nodes that are not the same, in the order of the new site; then those that are gone
 * @param site values and files beside the nodes that differ
 */
public record SiteDiff(
    String before, String after, int compared, List<NodeChange> nodes, List<FieldChange> site) {
  public SiteDiff {
    nodes = List.copyOf(nodes);
    site = List.copyOf(site);
  }

  /** Whether there is no difference at all. */
  public boolean isEmpty() {
    return nodes.isEmpty() && site.isEmpty();
  }

  /** The nodes that must be reinstalled for all of it to take effect. */
  public List<NodeName> reinstalls() {
    return nodes.stream()
        .filter(change ->
            change instanceof NodeChange.Changed changed
                && changed.effects().contains(Effect.REINSTALL))
        .map(NodeChange::name)
        .toList();
  }

  /** What came of a comparison. */
  public sealed interface Comparison {
    /** Both were rendered. */
    record Compared(SiteDiff diff) implements Comparison {}

    /**
     * A template of one of them cannot be.
     *
     * @param problems a line each
     */
    record NotRendered(List<String> problems) implements Comparison {
      public NotRendered {
        problems = List.copyOf(problems);
      }
    }
  }

  /** What came of one node. */
  private sealed interface Outcome {
    record Same() implements Outcome {}

    record Different(NodeChange change) implements Outcome {}

    record Bad(List<String> problems) implements Outcome {}
  }

  /**
   * Compares two sites, each node rendered once a side. Install ids and tokens are those of {@code
   * barestack render}, so that they never differ.
   *
   * @param wanted the nodes to compare; with fewer than all of them the rest of the site is not
   */
  public static Comparison of(Side before, Side after, Predicate<NodeName> wanted) {
    Set<NodeName> names = new LinkedHashSet<>();
    for (Side side : List.of(after, before)) {
      side.site().nodes().stream().map(Node::name).filter(wanted).forEach(names::add);
    }
    boolean same = before.rendersLike(after);
    List<Outcome> outcomes =
        same
            ? List.of()
            : names.parallelStream().map(name -> outcome(before, after, name)).toList();
    List<String> problems =
        outcomes.stream()
            .flatMap(outcome ->
                outcome instanceof Outcome.Bad(List<String> lines)
                    ? lines.stream()
                    : Stream.empty())
            .toList();
    if (!problems.isEmpty()) {
      return new Comparison.NotRendered(once(problems));
    }
    List<NodeChange> changes = new ArrayList<>();
    for (Outcome outcome : outcomes) {
      if (outcome instanceof Outcome.Different(NodeChange change)) {
        changes.add(change);
      }
    }
    boolean all =
        Stream.of(before, after)
            .flatMap(side -> side.site().nodes().stream())
            .allMatch(node -> wanted.test(node.name()));
    return new Comparison.Compared(
        new SiteDiff(
            before.title(),
            after.title(),
            names.size(),
            changes,
            all ? ofSite(before, after, changes) : List.of()));
  }

  /** A template's problem shows at every node of a role: it is told for the first one. */
  private static List<String> once(Collection<String> problems) {
    Set<String> seen = new LinkedHashSet<>();
    return problems.stream()
        .filter(line -> seen.add(line.replaceFirst(": nodes\\.[a-z0-9-]+: ", ": ")))
        .toList();
  }

  private static Outcome outcome(Side before, Side after, NodeName name) {
    Optional<Node> old = before.site().node(name);
    Optional<Node> now = after.site().node(name);
    if (now.isEmpty()) {
      return new Outcome.Different(
          new NodeChange.Removed(old.orElseThrow(), owner(after, old.get().bootMac())));
    }
    List<String> problems = new ArrayList<>();
    Map<String, String> fresh = rendered(after, now.get(), problems);
    if (old.isEmpty()) {
      return problems.isEmpty()
          ? new Outcome.Different(
              new NodeChange.Added(now.get(), owner(before, now.get().bootMac())))
          : new Outcome.Bad(problems);
    }
    Map<String, String> known = rendered(before, old.get(), problems);
    if (!problems.isEmpty()) {
      return new Outcome.Bad(problems);
    }
    List<ArtefactChange> artefacts = artefacts(known, fresh);
    List<FieldChange> fields = NodeFields.changes(old.get(), now.get());
    return artefacts.isEmpty() && fields.isEmpty()
        ? new Outcome.Same()
        : new Outcome.Different(new NodeChange.Changed(old.get(), now.get(), artefacts, fields));
  }

  private static @Nullable NodeName owner(Side side, MacAddress mac) {
    return side.site().node(mac).map(Node::name).orElse(null);
  }

  private static Map<String, String> rendered(Side side, Node node, List<String> problems) {
    try {
      return side.renderer().artefacts(side.site(), node);
    } catch (TemplateException e) {
      e.problems().forEach(problem -> problems.add(side.problem(node.name().text(), problem)));
      return Map.of();
    }
  }

  private static List<ArtefactChange> artefacts(
      Map<String, String> before, Map<String, String> after) {
    Set<String> names = new LinkedHashSet<>(after.keySet());
    names.addAll(before.keySet());
    List<ArtefactChange> changes = new ArrayList<>();
    for (String name : names) {
      String old = before.getOrDefault(name, "");
      String now = after.getOrDefault(name, "");
      if (before.containsKey(name) != after.containsKey(name) || !old.equals(now)) {
        LineDiff diff = LineDiff.of(old, now);
        changes.add(
            new ArtefactChange(
                name,
                !before.containsKey(name)
                    ? Kind.ADDED
                    : after.containsKey(name) ? Kind.CHANGED : Kind.REMOVED,
                diff.hunks(),
                diff.added(),
                diff.removed()));
      }
    }
    return changes;
  }

  private static List<FieldChange> ofSite(Side before, Side after, List<NodeChange> nodes) {
    List<FieldChange> changes = new ArrayList<>();
    boolean seen =
        nodes.stream()
            .anyMatch(change ->
                change instanceof NodeChange.Changed changed && !changed.artefacts().isEmpty());
    for (FieldChange change : SiteFields.changes(before.site(), after.site())) {
      // A value that only templates read, and none of this site's does.
      changes.add(
          change.effect().isEmpty() && !seen
              ? new FieldChange(
                  change.key(), change.before(), change.after(), Reach.NOTHING.words())
              : change);
    }
    if (!before.renderer().roles().equals(after.renderer().roles())) {
      changes.add(
          new FieldChange(
              "kickstart-templates/roles",
              Values.text(
                  before.renderer().roles().stream().map(Object::toString).sorted().toList()),
              Values.text(
                  after.renderer().roles().stream().map(Object::toString).sorted().toList()),
              Reach.SERVE_START.words()));
    }
    file("pxe/loaders.yaml", Reach.SERVE_START.words(), before, after).ifPresent(changes::add);
    file(
            "secrets.age",
            Reach.SERVE_START.words()
                + "; a node that runs keeps its values until barestack secrets apply NAME",
            before,
            after)
        .ifPresent(changes::add);
    return changes;
  }

  /** A file of the site's folder that serve reads by itself. */
  private static Optional<FieldChange> file(String name, String effect, Side before, Side after) {
    byte[] old = before.octets(name);
    byte[] now = after.octets(name);
    return Arrays.equals(old, now)
        ? Optional.empty()
        : Optional.of(new FieldChange(name, presence(old), presence(now), effect));
  }

  private static String presence(byte[] octets) {
    return octets.length == 0 ? "none" : "there";
  }
}
