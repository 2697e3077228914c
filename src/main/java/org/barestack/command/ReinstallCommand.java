package org.barestack.command;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.barestack.boot.BootDesk;
import org.barestack.boot.BootDesk.Order;
import org.barestack.journal.SqliteJournal;
import org.barestack.model.Disk;
import org.barestack.model.Journal;
import org.barestack.model.NodeName;
import org.barestack.model.Site;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code barestack reinstall NODE}. */
@Command(
    name = "reinstall",
    description = {
      "Orders a new install of a node for its next boot from the network.",
      "Without --wipe it takes only a blank disk."
    })
public final class ReinstallCommand implements Callable<Integer> {
  @Mixin private final JournalOptions options = new JournalOptions();

  @Parameters(paramLabel = "NODE", description = "A node of the site.")
  private String node = "";

  @Option(
      names = "--wipe",
      description = "Permit it to wipe its disk, once. Names the disk and asks.")
  private boolean wipe;

  @Option(names = "--yes", description = "Do not ask.")
  private boolean yes;

  @Spec private CommandSpec command = CommandSpec.create();

  @Override
  public Integer call() {
    Site site = options.load();
    NodeName name = SiteOptions.node(site, node).name();
    Print out = new Print(command);
    try (Journal journal = SqliteJournal.open(options.journal())) {
      BootDesk desk = new BootDesk(() -> site, journal, InstantSource.system(), new SecureRandom());
      List<Disk> disks = wipe ? confirmed(out, name, desk.wipeable(name)) : List.of();
      return switch (desk.reinstall(name, disks)) {
        case Order.Given given -> {
          out.line(
              name
                  + " installs again when it next boots from the network, "
                  + (disks.isEmpty() ? "on a blank disk only" : "over " + names(disks)));
          yield 0;
        }
        case Order.NotGiven(String reason) -> throw Failure.notDone(reason);
      };
    }
  }

  private List<Disk> confirmed(Print out, NodeName name, Order order) {
    return switch (order) {
      case Order.NotGiven(String reason) -> throw Failure.notDone(reason);
      case Order.Given(List<Disk> disks) -> {
        out.line("everything on this disk of " + name + " will be lost: " + names(disks));
        if (!yes && !asked(name)) {
          throw Failure.notDone("nothing was ordered");
        }
        yield disks;
      }
    };
  }

  private static boolean asked(NodeName name) {
    String answer =
        Print.console()
            .orElseThrow(() ->
                Failure.notDone("nobody is here to be asked; nothing was ordered. --yes answers"))
            .readLine("Type the name of the node to permit that: ");
    return answer != null && answer.strip().equals(name.text());
  }

  private static String names(List<Disk> disks) {
    return disks.stream().map(Disk::describe).collect(Collectors.joining(", "));
  }
}
