package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.barestack.model.InstallId;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.NodeState;
import org.barestack.model.Phase;
import org.barestack.rehearse.Lab;
import org.barestack.rehearse.Rehearsal;
import org.barestack.rehearse.VirtualMachine;
import org.barestack.testing.Command;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a UEFI machine boots after its install, and how {@code reinstall --now} gets it back to the
 * installer: by OVMF's own boot entries, and through a real SSH server.
 */
class BootOrderIT {
  private static final Duration LIMIT = Duration.ofMinutes(8);
  private static final Pattern UP = Pattern.compile("standin: installed system up node=");
  private static final Pattern SSH = Pattern.compile("standin: phase=ssh-ready");
  private static final Pattern FROM_DISK = starting("Rocky Linux");
  private static final Pattern FROM_NETWORK = starting("UEFI PXEv4");
  private static final Pattern ONE_ENTRY = Pattern.compile("BootOrder: .* 1 called Rocky Linux");

  private static final NodeName NODE = new NodeName("kvm1");

  @TempDir private Path work = Path.of("");
  private final List<AutoCloseable> open = new ArrayList<>();
  private final AtomicReference<Lab> lab = new AtomicReference<>();

  private static Pattern starting(String entry) {
    return Pattern.compile("BdsDxe: starting Boot[0-9A-F]{4} \"" + entry);
  }

  /** The operator's key, which only the agent holds. */
  @BeforeEach
  void loadKey() throws Exception {
    Path key = work.resolve("key");
    run(Command.of("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key.toString()));
    String agent = run(Command.of("ssh-agent", "-a", agent().toString())).output();
    Matcher pid = Pattern.compile("SSH_AGENT_PID=([0-9]+)").matcher(agent);
    assertThat(pid.find()).isTrue();
    open.add(() -> run(Command.of("ssh-agent", "-k").with("SSH_AGENT_PID", pid.group(1))));
    run(Command.of("ssh-add", "-q", key.toString()).with("SSH_AUTH_SOCK", agent()));
    Files.delete(key);
  }

  private Path agent() {
    return work.resolve("agent");
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable part : open.reversed()) {
      part.close();
    }
  }

  private <T extends AutoCloseable> T add(T part) {
    open.add(part);
    return part;
  }

  private RehearsedSite rehearse(String bootOrder) throws Exception {
    String key = Files.readString(work.resolve("key.pub")).strip();
    RehearsedSite site =
        add(
            new RehearsedSite(
                work,
                text ->
                    text.replaceFirst("- ssh-ed25519 .*", "- " + key)
                        .replaceFirst(
                            "defaults:\n", "defaults:\n  boot_order: " + bootOrder + "\n"),
                lab::set));
    site.awaitServing(LIMIT);
    return site;
  }

  private static List<Kind> kinds(RehearsedSite site) {
    return site.events(NODE).stream()
        .map(NodeEvent::kind)
        .filter(kind -> kind != Kind.ASKED)
        .toList();
  }

  private static Command.Result run(Command command) {
    Command.Result result = command.run();
    assertThat(result.status()).as(result.all()).isZero();
    return result;
  }

  /** In the network of the machines, as an operator would call it on the server. */
  private String reinstallNow() {
    List<String> line =
        Objects.requireNonNull(lab.get())
            .command(
                List.of(
                    Path.of("barestack").toAbsolutePath().toString(),
                    "reinstall",
                    NODE.text(),
                    "--wipe",
                    "--force",
                    "--now",
                    "--yes",
                    "--site=" + work.resolve("site")));
    return run(Command.of(line.toArray(String[]::new)).with("SSH_AUTH_SOCK", agent())).output();
  }

  private static Predicate<NodeState> installedAfter(Set<InstallId> before) {
    return state ->
        state.phase() == Phase.INSTALLED
            && !before.contains(Objects.requireNonNull(state.install()).id());
  }

  /** InstallIT goes by network-first on both firmware kinds; {@code -Dmatrix=full} does it here. */
  static Stream<String> orders() {
    return "full".equals(System.getProperty("matrix"))
        ? Stream.of("disk-first", "network-first")
        : Stream.of("disk-first");
  }

  @ParameterizedTest
  @MethodSource("orders")
  void itBootsItsDiskAndIsBroughtBackToTheInstaller(String order) throws Exception {
    boolean diskFirst = order.equals("disk-first");
    RehearsedSite site = rehearse(order);
    Rehearsal rehearsal = site.rehearsal();
    VirtualMachine machine = rehearsal.machine(NODE);

    machine.start();
    NodeState first = rehearsal.await(NODE, installedAfter(Set.of()), LIMIT);
    machine.await(ONE_ENTRY, LIMIT);
    machine.await(FROM_DISK, LIMIT);
    machine.await(UP, LIMIT);
    machine.powerOff();

    long asked = kinds(site).stream().filter(Kind.LOCAL_BOOT_OFFERED::equals).count();
    int printed = serial(machine).length();
    int logged = Files.readString(rehearsal.serverLog()).length();
    machine.start();
    machine.await(FROM_DISK, LIMIT);
    machine.await(UP, LIMIT);
    machine.await(SSH, LIMIT);
    assertThat(FROM_NETWORK.matcher(serial(machine).substring(printed)).find())
        .isEqualTo(!diskFirst);
    assertThat(Files.readString(rehearsal.serverLog()).substring(logged).contains("UEFI_X64"))
        .isEqualTo(!diskFirst);
    assertThat(kinds(site).stream().filter(Kind.LOCAL_BOOT_OFFERED::equals).count())
        .isEqualTo(diskFirst ? asked : asked + 1);

    assertThat(reinstallNow())
        .containsPattern("next boot: Boot[0-9A-F]{4} UEFI PXEv4")
        .endsWith("restarting\n");
    machine.await(FROM_NETWORK, LIMIT);
    rehearsal.await(
        NODE, installedAfter(Set.of(Objects.requireNonNull(first.install()).id())), LIMIT);
    machine.await(ONE_ENTRY, LIMIT);
    machine.await(FROM_DISK, LIMIT);
    machine.await(UP, LIMIT);
    assertThat(Files.readAllLines(work.resolve("site/.barestack/known_hosts")))
        .singleElement()
        .asString()
        .startsWith("kvm1." + first.install().id() + " ssh-ed25519 ");
  }

  private static String serial(VirtualMachine machine) throws IOException {
    return Files.readString(machine.serialLog(), StandardCharsets.ISO_8859_1);
  }
}
