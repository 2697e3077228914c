package org.barestack.command;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InterfaceAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.barestack.model.MacAddress;
import org.barestack.model.Node;
import org.barestack.model.Octets;
import org.barestack.model.Site;
import org.barestack.storm.Kind;
import org.barestack.storm.Order;
import org.barestack.storm.Report;
import org.barestack.storm.Report.Spread;
import org.barestack.storm.Storm;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code barestack storm}. */
@Command(
    name = "storm",
    description = {
      "Boots many simulated machines at once against a boot server, ours or another.",
      "With a site they are its nodes, which count as installed afterwards: take a copy, served"
          + " with a journal of its own. Ends with 1 if a machine was lost."
    },
    footer = {
      "",
      "Example:",
      "  barestack storm --interface veth1 --site copy/ --kind mixed --loss 1%"
    })
public final class StormCommand implements Callable<Integer> {
  private static final Pattern SHARE = Pattern.compile("([0-9]{1,2}(?:\\.[0-9]+)?)%?");
  private static final Pattern OVER = Pattern.compile("over=([0-9]{1,5})s");

  /** What the machines are. */
  enum Choice {
    BIOS,
    UEFI,
    HTTP,
    MIXED;

    private List<Kind> kinds() {
      return this == MIXED ? List.of(Kind.values()) : List.of(Kind.valueOf(name()));
    }

    /** As the command line has it. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Mixin private final SiteOptions options = new SiteOptions();

  @Option(names = "--interface", required = true, description = "The machines are behind it.")
  private String device = "";

  @Option(names = "--machines", paramLabel = "N", description = "How many (a site's: all).")
  private @Nullable Integer machines;

  @Option(names = "--kind", description = "One of: ${COMPLETION-CANDIDATES} (default: mixed).")
  private Choice kind = Choice.MIXED;

  @Option(
      names = "--arrival",
      paramLabel = "HOW",
      description = "at-once (default), or over=30s: evenly over that time.")
  private String arrival = "at-once";

  @Option(names = "--loss", paramLabel = "SHARE", description = "Datagrams that get lost: 1%%.")
  private String loss = "0%";

  @Option(names = "--minutes", description = "Who is not done by then is lost (default: 15).")
  private int minutes = 15;

  @Option(names = "--seed", description = "Of all that is left to chance (default: 1).")
  private long seed = 1;

  @Option(
      names = "--i-own-this-network",
      description = "Without it only a namespace, loopback or link-local addresses will do.")
  private boolean mine;

  @Option(names = "--json", description = "Print it as JSON.")
  private boolean json;

  @Spec private CommandSpec command = CommandSpec.create();

  @Override
  public Integer call() throws IOException, InterruptedException {
    requireRight();
    Order order =
        new Order(macs(), kind.kinds(), over(), share(), device, Duration.ofMinutes(minutes), seed);
    Report report = Storm.run(order, _ -> {});
    Print out = new Print(command);
    if (json) {
      out.json(fields(order, report));
    } else {
      out.text(text(order, report));
    }
    return report.lost() > 0 ? Failure.NOT_DONE : 0;
  }

  /** A storm in a network where others work would be an attack. */
  private void requireRight() throws IOException {
    NetworkInterface found = NetworkInterface.getByName(device);
    if (found == null) {
      throw Failure.badInput(device + ": there is no such interface, or it has no address");
    }
    List<InetAddress> addresses =
        found.getInterfaceAddresses().stream()
            .map(InterfaceAddress::getAddress)
            .filter(Inet4Address.class::isInstance)
            .toList();
    // One without an address may be in any network: what goes to everybody leaves it all the same.
    boolean harmless =
        found.isLoopback()
            || (!addresses.isEmpty()
                && addresses.stream().allMatch(InetAddress::isLinkLocalAddress));
    if (!mine && !harmless && !apart()) {
      throw Failure.notDone(
          device
              + " is in this host's own network, where a storm hits everybody's servers. Use a"
              + " network namespace (ip netns), or, if the network is yours alone,"
              + " --i-own-this-network");
    }
  }

  /** Whether this process is in another network namespace than one that it comes from. */
  private static boolean apart() {
    ProcessHandle self = ProcessHandle.current();
    Optional<Path> ours = network(self);
    return Stream.iterate(
            self.parent(), Optional::isPresent, one -> one.flatMap(ProcessHandle::parent))
        .flatMap(Optional::stream)
        .flatMap(ancestor -> network(ancestor).stream())
        .anyMatch(other -> ours.isPresent() && !other.equals(ours.get()));
  }

  /** Empty if we may not know. */
  private static Optional<Path> network(ProcessHandle process) {
    try {
      return Optional.of(Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/ns/net")));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private List<MacAddress> macs() {
    if (!options.isThere()) {
      int count = machines == null ? 100 : machines;
      return IntStream.rangeClosed(1, count).mapToObj(StormCommand::invented).toList();
    }
    Site site = options.load();
    List<MacAddress> all = site.nodes().stream().map(Node::bootMac).toList();
    int count = machines == null ? all.size() : machines;
    if (count > all.size()) {
      throw Failure.badInput(
          "--machines " + count + ": site " + site.name() + " has " + all.size() + " nodes");
    }
    return all.subList(0, count);
  }

  /** Locally administered, so nobody's. */
  private static MacAddress invented(int number) {
    return MacAddress.of(
        new byte[] {
          2, 0x5e, 0, (byte) (number >> 16), (byte) (number >> 8), (byte) number,
        });
  }

  private Duration over() {
    Matcher over = OVER.matcher(arrival);
    if (over.matches()) {
      return Duration.ofSeconds(Long.parseLong(over.group(1)));
    }
    if (!arrival.equals("at-once")) {
      throw new ParameterException(
          command.commandLine(), "--arrival is at-once or over=30s, and not '" + arrival + "'");
    }
    return Duration.ZERO;
  }

  private double share() {
    Matcher share = SHARE.matcher(loss);
    if (!share.matches()) {
      throw new ParameterException(
          command.commandLine(), "--loss is a share like 1%, and not '" + loss + "'");
    }
    return Double.parseDouble(share.group(1)) / 100;
  }

  private static String text(Order order, Report report) {
    StringBuilder text = new StringBuilder();
    text.append(
        "%d machines (%s), %s, %s of datagrams lost: %d done, %d to their disks, %d lost\n"
            .formatted(
                report.machines(),
                String.join(", ", order.kinds().stream().map(Kind::toString).toList()),
                order.over().isZero() ? "at once" : "over " + order.over().toSeconds() + " s",
                "%.1f %%".formatted(100 * order.loss()),
                report.done(),
                report.toDisk(),
                report.lost()));
    text.append(
        "%.1f s in all, %s sent to them, %d requests made again\n\n"
            .formatted(seconds(report.wall()), Octets.words(report.octets()), report.retries()));
    text.append(
        String.format(
            Locale.ROOT, "%-18s %8s %9s %9s %9s%n", "PHASE", "MACHINES", "P50", "P99", "MAX"));
    report.phases().forEach((phase, spread) -> text.append(row(phase.words(), spread)));
    text.append(row("switch-on to end", report.whole()));
    report
        .reasons()
        .forEach((reason, count) -> text.append(count).append(" x ").append(reason).append('\n'));
    if (report.missed() > 0) {
      text.append(report.missed())
          .append(" broadcasts came faster than this generator took them; it is the slow one\n");
    }
    return text.toString();
  }

  private static String row(String what, Spread spread) {
    return String.format(
        Locale.ROOT,
        "%-18s %8d %7.2f s %7.2f s %7.2f s%n",
        what,
        spread.count(),
        seconds(spread.p50()),
        seconds(spread.p99()),
        seconds(spread.max()));
  }

  private static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }

  private static Map<String, Object> fields(Order order, Report report) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("machines", report.machines());
    fields.put("kinds", order.kinds().stream().map(Kind::toString).toList());
    fields.put("over_seconds", seconds(order.over()));
    fields.put("loss", order.loss());
    fields.put("seed", order.seed());
    fields.put("done", report.done());
    fields.put("to_disk", report.toDisk());
    fields.put("lost", report.lost());
    fields.put("reasons", report.reasons());
    fields.put("retries", report.retries());
    fields.put("octets", report.octets());
    fields.put("seconds", seconds(report.wall()));
    Map<String, Object> phases = new LinkedHashMap<>();
    report.phases().forEach((phase, spread) -> phases.put(phase.code(), fields(spread)));
    fields.put("phases", phases);
    fields.put("whole", fields(report.whole()));
    fields.put("dropped", report.dropped());
    fields.put("missed", report.missed());
    return fields;
  }

  private static Map<String, Object> fields(Spread spread) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("machines", spread.count());
    fields.put("p50", seconds(spread.p50()));
    fields.put("p99", seconds(spread.p99()));
    fields.put("max", seconds(spread.max()));
    return fields;
  }
}
