package org.barestack.rehearse;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Predicate;
import org.barestack.model.Journal;
import org.barestack.model.Node;
import org.barestack.model.NodeName;
import org.barestack.model.NodeState;
import org.barestack.model.Site;
import org.barestack.model.Subject;

/**
 * A site in QEMU: its provisioning network in a namespace of its own, {@code barestack serve} in
 * that network, and a virtual machine for each node.
 */
public final class Rehearsal implements AutoCloseable {
  private static final long LOOK_MILLIS = 200;

  private final Lab lab;
  private final Journal journal;
  private final Path directory;
  private final List<String> serve;
  private final Map<NodeName, VirtualMachine> machines = new LinkedHashMap<>();
  private int starts;
  private Process server;

  private Rehearsal(Lab lab, List<String> serve, Journal journal, Path directory)
      throws IOException {
    this.lab = lab;
    this.serve = List.copyOf(serve);
    this.journal = journal;
    this.directory = directory;
    this.server = start();
  }

  /** What a network has besides our server, such as another DHCP server. */
  @FunctionalInterface
  public interface Neighbours {
    /** Starts them, with {@link Lab#start}. */
    void start(Lab lab) throws IOException;

    /** Those that the site's own DHCP mode needs. */
    static Neighbours of(Site site, Path directory) {
      return switch (site.provisioning().dhcp()) {
        case FULL -> lab -> {};
        case PROXY -> lab -> OtherDhcp.start(lab, site, directory.resolve("dhcp.log"));
        case PORT_4011, OFF ->
            lab -> {
              throw new IOException(
                  "provisioning.dhcp: another server of yours answers DHCP here, which a rehearsal"
                      + " does not have; rehearse with dhcp: full or proxy in a copy of the site");
            };
      };
    }
  }

  /**
   * What the machines have that the site does not say.
   *
   * @param firmware of each
   * @param memoryMebibytes of each: 1024 is enough for the stand-in installer
   */
  public record Hardware(Function<Node, Firmware> firmware, int memoryMebibytes) {
    /** What the site says, and memory for the stand-in installer. */
    public static final Hardware USUAL = new Hardware(Rehearsal::firmware, 1024);
  }

  /** The same with a machine for each node, with what is usual. */
  public static Rehearsal open(
      Site site,
      List<String> serve,
      Journal journal,
      Path directory,
      Accelerator accelerator,
      Neighbours neighbours)
      throws IOException {
    return open(
        site, serve, journal, directory, accelerator, neighbours, Hardware.USUAL, site.nodes());
  }

  /**
   * Makes the network and starts the server in it; the machines are still off.
   *
   * @param serve the command line of {@code barestack serve} for that site
   * @param journal what that server writes, opened for reading
   * @param directory for disks, logs and variable stores; what is there is used again
   * @param accelerator what QEMU runs the machines with
   * @param nodes those that have a machine
   * @throws IOException without root, if a program is missing, or if a node has disks that QEMU has
   *     not
   */
  public static Rehearsal open(
      Site site,
      List<String> serve,
      Journal journal,
      Path directory,
      Accelerator accelerator,
      Neighbours neighbours,
      Hardware hardware,
      List<Node> nodes)
      throws IOException {
    Files.createDirectories(directory);
    Qemu qemu = Qemu.find();
    Map<NodeName, MachineSpec> specs = new LinkedHashMap<>();
    for (Node node : nodes) {
      specs.put(node.name(), spec(node, directory, hardware));
    }
    Site.Provisioning at = site.provisioning();
    Lab lab = Lab.alone(at.networkInterface(), at.address(), at.subnet());
    try {
      lab.advertiseRouter(directory.resolve("router.log"));
      neighbours.start(lab);
      Rehearsal rehearsal = new Rehearsal(lab, serve, journal, directory);
      specs.forEach((name, spec) ->
          rehearsal.machines.put(
              name, new VirtualMachine(lab, qemu, accelerator, spec, directory, line -> {})));
      return rehearsal;
    } catch (IOException | RuntimeException e) {
      lab.close();
      throw e;
    }
  }

  /** What the site says of it. */
  public static Firmware firmware(Node node) {
    return switch (node.firmware()) {
      case BIOS -> Firmware.BIOS;
      case UEFI -> Firmware.UEFI;
      case UEFI_SECURE -> Firmware.UEFI_SECURE;
    };
  }

  private static MachineSpec spec(Node node, Path directory, Hardware hardware) throws IOException {
    String name = node.name().text();
    return new MachineSpec(
        name,
        hardware.firmware().apply(node),
        List.copyOf(node.nics().values()),
        hardware.memoryMebibytes(),
        Disks.of(node, directory),
        UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)),
        "SN-" + name,
        node.bootOrder() == Node.BootOrder.DISK_FIRST
            ? BootOrder.DISK_FIRST
            : BootOrder.NETWORK_FIRST);
  }

  /** The file that is a node's first disk. */
  public Path disk(NodeName node) {
    return Disks.file(directory, node, 0);
  }

  private Process start() throws IOException {
    starts++;
    return lab.start(serve, serverLog());
  }

  /** Ends the server as a crash would, by SIGKILL, and waits until it is gone. */
  public void killServer() throws InterruptedException {
    server.destroyForcibly().waitFor();
  }

  /**
   * Starts the server again, with a log of its own.
   *
   * @throws IllegalStateException if it still runs
   */
  public void restartServer() throws IOException {
    if (serving()) {
      throw new IllegalStateException("the server still runs");
    }
    server = start();
  }

  /** What the server prints, since its last start. */
  public Path serverLog() {
    return directory.resolve(starts == 1 ? "serve.log" : "serve." + starts + ".log");
  }

  /** Whether the server still runs. */
  public boolean serving() {
    return server.isAlive();
  }

  /** Waits until the server says that it serves. */
  public void awaitServing(Duration limit)
      throws IOException, InterruptedException, TimeoutException {
    await(
        limit, "the server to start", () -> Files.readString(serverLog()).contains("serving site"));
  }

  /** The machine of a node. */
  public VirtualMachine machine(NodeName node) {
    VirtualMachine machine = machines.get(node);
    if (machine == null) {
      throw new IllegalArgumentException("no machine is called " + node);
    }
    return machine;
  }

  /**
   * Waits until the journal says of a node what is asked.
   *
   * @throws TimeoutException if it does not within {@code limit}; the message has its state
   * @throws IOException if the server ended
   */
  public NodeState await(NodeName node, Predicate<NodeState> asked, Duration limit)
      throws IOException, InterruptedException, TimeoutException {
    await(limit, node + ", now " + state(node).phase(), () -> asked.test(state(node)));
    return state(node);
  }

  /** Where a node stands. */
  public NodeState state(NodeName node) {
    return NodeState.of(journal.events(new Subject.OfNode(node)));
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  /** The journal is another process's file, so there is nothing to wait on but to look again. */
  private void await(Duration limit, String what, Condition condition)
      throws IOException, InterruptedException, TimeoutException {
    long end = System.nanoTime() + limit.toNanos();
    while (!condition.holds()) {
      if (!serving()) {
        throw new IOException(
            "the server ended:\n" + Files.readString(serverLog()).stripTrailing());
      }
      if (System.nanoTime() - end > 0) {
        throw new TimeoutException(
            "waited " + limit.toSeconds() + " s for " + what + "; logs are in " + directory);
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }

  /** Pulls all plugs, stops the server in order, and removes the network. Files stay. */
  @Override
  public void close() throws IOException {
    machines.values().forEach(VirtualMachine::close);
    server.destroy();
    try {
      server.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    lab.close();
  }
}
