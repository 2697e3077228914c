package org.barestack.command;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.barestack.diff.Checkout;
import org.barestack.diff.DiffFields;
import org.barestack.diff.DiffText;
import org.barestack.diff.Side;
import org.barestack.diff.SiteDiff;
import org.barestack.model.NodeName;
import org.barestack.model.Site;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code barestack diff [REV [REV]]}. */
@Command(
    name = "diff",
    description = {
      "Compares what every node gets with what it got in a Git revision.",
      "Says which nodes must be reinstalled for that. Exit code: 0 no difference,"
          + " 1 a difference, 2 bad input."
    },
    footer = {
      "",
      "Examples:",
      "  barestack diff",
      "  barestack diff HEAD~3 --stat",
      "  barestack diff v1 v2 --node kvm1"
    })
public final class DiffCommand implements Callable<Integer> {
  /** There is a difference, as with diff(1). */
  static final int DIFFERENT = 1;

  @Mixin private final SiteOptions options = new SiteOptions();

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "REV",
      defaultValue = "HEAD",
      description = "The revision to compare with (default: HEAD).")
  private String before = "HEAD";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "REV2",
      description = "What to compare with it (default: the working tree).")
  private @Nullable String after;

  @Option(
      names = {"-n", "--node"},
      paramLabel = "NODE",
      description = "Only this node. May be repeated.")
  private List<String> nodes = List.of();

  @Option(names = "--stat", description = "A table instead of the lines that differ.")
  private boolean stat;

  @Option(names = "--each", description = "Each node, also where several differ in the same way.")
  private boolean each;

  @Option(names = "--json", description = "For programs.")
  private boolean json;

  @Spec private CommandSpec command = CommandSpec.create();

  private final List<String> git;

  /**
   * @param git how the system's git program is called
   */
  public DiffCommand(List<String> git) {
    this.git = List.copyOf(git);
  }

  @Override
  public Integer call() throws IOException {
    if (after == null) {
      Side now = Side.workingTree(options.folder(), options.load(), options.rendererForOnePass());
      try (Checkout old = open(before)) {
        return compare(side(old), old.commit(), now, null);
      }
    }
    try (Checkout old = open(before);
        Checkout now = open(after)) {
      return compare(side(old), old.commit(), side(now), now.commit());
    }
  }

  private Checkout open(String revision) throws IOException {
    return switch (Checkout.open(git, options.file(), revision)) {
      case Checkout.Opening.Open(Checkout checkout) -> checkout;
      case Checkout.Opening.NotOpen(String reason) -> throw Failure.badInput(reason);
    };
  }

  private static Side side(Checkout checkout) {
    return switch (Side.of(checkout)) {
      case Side.Loading.Loaded(Side side) -> side;
      case Side.Loading.Bad(List<String> problems) ->
          throw bad(
              problems,
              "the site of "
                  + checkout.revision()
                  + " is not valid, so nothing was compared; name a revision whose site is");
    };
  }

  private static Failure bad(List<String> problems, String verdict) {
    return Failure.badInput(String.join("\n", problems) + "\n" + verdict);
  }

  private int compare(Side old, String oldCommit, Side now, @Nullable String nowCommit) {
    return switch (SiteDiff.of(old, now, wanted(old.site(), now.site()))) {
      case SiteDiff.Comparison.NotRendered(List<String> problems) ->
          throw bad(
              problems, SiteOptions.count(problems.size(), "problem") + "; nothing was compared");
      case SiteDiff.Comparison.Compared(SiteDiff diff) -> {
        print(diff, oldCommit, nowCommit);
        yield diff.isEmpty() ? 0 : DIFFERENT;
      }
    };
  }

  private void print(SiteDiff diff, String oldCommit, @Nullable String nowCommit) {
    Print out = new Print(command);
    DiffText text = new DiffText(diff, each, Print.console().isPresent(), Print.terminal());
    if (json) {
      out.json(DiffFields.of(diff, oldCommit, nowCommit));
    } else {
      out.text(stat ? text.stat() : text.whole());
    }
  }

  private Predicate<NodeName> wanted(Site old, Site now) {
    if (nodes.isEmpty()) {
      return name -> true;
    }
    Set<String> wanted = new HashSet<>(nodes);
    for (String name : nodes) {
      if (old.nodes().stream().noneMatch(node -> node.name().text().equals(name))) {
        SiteOptions.node(now, name);
      }
    }
    return name -> wanted.contains(name.text());
  }
}
