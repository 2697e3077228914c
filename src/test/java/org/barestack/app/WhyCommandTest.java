package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.barestack.boot.BootDesk;
import org.barestack.boot.BootRequest;
import org.barestack.journal.SqliteJournal;
import org.barestack.model.ClientKind;
import org.barestack.model.Ipv4;
import org.barestack.model.Journal;
import org.barestack.model.MacAddress;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.Site;
import org.barestack.model.Subject;
import org.barestack.serve.dhcp.Seen;
import org.barestack.serve.tftp.TftpServer;
import org.barestack.testing.Examples;
import org.barestack.testing.InMemoryJournal;
import org.barestack.wire.dhcp.Answer;
import org.barestack.wire.dhcp.Client;
import org.barestack.wire.dhcp.Clocks;
import org.barestack.wire.dhcp.DhcpPacket;
import org.barestack.wire.dhcp.Endpoint;
import org.barestack.wire.dhcp.MessageType;
import org.barestack.wire.dhcp.OtherServers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code why} and {@code doctor}, and that {@code serve} records what they show. */
class WhyCommandTest {
  private static final Site LAB = Examples.site("lab");
  private static final MacAddress KVM1 = LAB.node(new NodeName("kvm1")).orElseThrow().bootMac();
  private static final MacAddress STRANGER = new MacAddress("52:54:00:99:99:99");

  @TempDir Path site;

  private final InMemoryJournal journal = new InMemoryJournal();
  private final BootDesk desk = desk(journal);

  private static BootDesk desk(Journal journal) {
    return new BootDesk(() -> LAB, journal, InstantSource.system(), new SecureRandom());
  }

  @BeforeEach
  void aSite() {
    Examples.copy("lab", site);
  }

  private Barestack run(String... arguments) {
    return Barestack.run(
        Stream.concat(Stream.of(arguments), Stream.of("--site", site.toString()))
            .toArray(String[]::new));
  }

  private static JsonNode json(String text) throws IOException {
    return JsonMapper.builder().build().readTree(text);
  }

  @Test
  void ofWhomNobodyHeardThereIsSomethingToCheck() throws IOException {
    for (String machine : List.of("kvm1", STRANGER.text())) {
      Barestack why = run("why", machine);
      assertThat(why.status()).isEqualTo(1);
      assertThat(why.err()).isEmpty();
      assertThat(why.out())
          .startsWith("nothing was heard of " + machine + " yet; check\n- the machine: ")
          .contains("\n- the cable: ", "\n- the VLAN: ", "\n- a relay: ", "\n- the mode is full");
      Barestack again = run("why", machine, "--json");
      assertThat(again.status()).isEqualTo(1);
      assertThat(json(again.out()).get("decisions")).isEmpty();
      assertThat(json(again.out()).get("checks")).hasSize(6);
    }
    assertThat(run("why", "kvm9").status()).isEqualTo(2);
    assertThat(site.resolve(".barestack")).doesNotExist();
  }

  @Test
  void decisionsAreShown() throws IOException {
    try (Journal file = SqliteJournal.open(site.resolve(".barestack/journal.db"))) {
      BootDesk real = desk(file);
      real.asked(KVM1, "TFTP for grubx64.efi", "", "Secure Boot loaders are not imported");
      real.boot(new BootRequest(KVM1, "iPXE on UEFI", true, "", "", ""));
      real.boot(new BootRequest(STRANGER, "iPXE on UEFI", true, "", "", ""));
    }
    Barestack why = run("why", "kvm1");
    assertThat(why.status()).isZero();
    assertThat(why.out())
        .containsSubsequence(
            "TFTP for grubx64.efi  ",
            "not served: Secure Boot loaders are not imported\n",
            "what to boot (iPXE on UEFI)  offered the installer: first install\n",
            "\nnext: its installer claims a disk within 20 minutes\nif not: ")
        .doesNotContain("\033");
    assertThat(run("why", KVM1.text()).out()).contains("grubx64.efi");
    JsonNode all = json(run("why", "kvm1", "--json").out());
    assertThat(all.get("decisions")).hasSize(2);
    assertThat(all.get("decisions").get(1).get("answered").asText())
        .isEqualTo("offered the installer");
    assertThat(all.get("checks")).isEmpty();
    assertThat(run("why", STRANGER.text()).out())
        .contains("sent to its own disk: no node of the site", "barestack adopt");
  }

  /** On this very host, which is none of the lab's. */
  @Test
  void theDoctorLooksAtEverythingAndChangesNothing() throws IOException {
    Barestack doctor = run("doctor", "--offline", "--identity", site.resolve("none") + "");
    assertThat(doctor.status()).isEqualTo(1);
    assertThat(doctor.err()).isEmpty();
    assertThat(doctor.out())
        .contains("fault    interface  there is no eno1", "fault    secrets")
        .containsPattern("\n[0-9]+ faults, [0-9]+ warnings?\n$")
        .doesNotContain("\033");
    Set<String> checks = new HashSet<>();
    json(run("doctor", "--offline", "--json").out())
        .forEach(one -> checks.add(one.get("check").asText()));
    assertThat(checks)
        .containsExactlyInAnyOrder(
            "interface",
            "ports",
            "dhcp",
            "loaders",
            "release",
            "space",
            "clock",
            "files",
            "neighbours",
            "secrets",
            "git");
    assertThat(site.toFile().list()).containsExactly("site.yaml");
  }

  @Test
  void loadersThatCannotBeReadAreNoFaultOfOurs() throws IOException {
    Path loaders = site.resolve("pxe/loaders.yaml");
    Files.createDirectories(loaders.resolveSibling(""));
    Files.writeString(loaders, "undionly.kpxe: nonsense\n");
    Path root = Files.createDirectory(site.resolve("http-root"));
    Barestack serve = run("serve", "--no-secrets", "--http-root", root + "");
    assertThat(serve.status()).isEqualTo(2);
    assertThat(serve.err()).startsWith("barestack: " + loaders + ": ").doesNotContain("of ours");
  }

  // What serve records

  private static Client client(String words) {
    return switch (words) {
      case "firmware" -> new Client.NetworkBoot(ClientKind.UEFI_X64_PXE);
      case "unserved" -> new Client.Unserved("no loader for architecture [6]");
      default -> new Client.Plain();
    };
  }

  private static Answer answer(String words) {
    return switch (words) {
      case "OFFER" -> new Answer.Reply(anyPacket(), anywhere(), "who", "OFFER, boots x");
      case "notable" -> new Answer.Silence(true, "who", "no loader");
      default -> new Answer.Silence(false, "who", "it wants no boot file");
    };
  }

  private static DhcpPacket anyPacket() {
    return new OtherServers(Assembly.settings(LAB), Clocks.system(), new SecureRandom())
        .plainProbe();
  }

  private static Endpoint anywhere() {
    return new Endpoint(Ipv4.BROADCAST, 68);
  }

  private List<String> recorded(MacAddress mac) {
    Subject subject =
        LAB.node(mac)
            .<Subject>map(node -> new Subject.OfNode(node.name()))
            .orElseGet(() -> new Subject.OfStranger(mac));
    return journal.events(subject).stream()
        .filter(event -> event.kind() == Kind.ASKED)
        .map(NodeEvent::detail)
        .map(detail ->
            detail.get("asked")
                + " -> "
                + detail.getOrDefault("answer", "nothing")
                + detail.getOrDefault("reason", ""))
        .toList();
  }

  @ParameterizedTest(name = "{0} of {1}, {2}, answered {3}: {4}")
  @CsvSource({
    "node, firmware, DISCOVER, OFFER, 'DHCP DISCOVER (UEFI X64 PXE) -> OFFER, boots x'",
    "node, unserved, DISCOVER, notable, DHCP DISCOVER (network boot) -> nothingno loader",
    "node, firmware, REQUEST, quiet, ''",
    "node, system, REQUEST, OFFER, ''",
    "node, system, REQUEST, quiet, ''",
    "node, system, DISCOVER, quiet, DHCP DISCOVER (no network boot) -> nothingno network-boot"
        + " client: it wants no boot file",
    "stranger, firmware, DISCOVER, OFFER, 'DHCP DISCOVER (UEFI X64 PXE) -> OFFER, boots x'",
    "stranger, unserved, DISCOVER, notable, DHCP DISCOVER (network boot) -> nothingno loader",
    "stranger, system, DISCOVER, quiet, ''",
  })
  void whatDhcpDecidesIsRecorded(
      String who, String client, MessageType type, String answer, String expected) {
    MacAddress mac = who.equals("node") ? KVM1 : STRANGER;
    Seen seen = new Seen(mac, type, client(client), Optional.empty(), answer(answer));
    Assembly.recordQuestion(desk, seen);
    assertThat(recorded(mac)).isEqualTo(expected.isEmpty() ? List.of() : List.of(expected));
    assertThat(desk.state(new NodeName("kvm1")).lastHeard()).isNull();
  }

  @Test
  void whatTftpDoesNotServeIsRecorded() {
    Ipv4 address = LAB.node(new NodeName("kvm1")).orElseThrow().address();
    String reason = BootFolder.unknownLoader("EFI/grubx64.efi");
    Assembly.recordFile(LAB, desk, new TftpServer.NotServed(address, "EFI/grubx64.efi", reason));
    Assembly.recordFile(
        LAB, desk, new TftpServer.Served(address, "snponly.efi", 10, Duration.ZERO));
    Assembly.recordFile(
        LAB, desk, new TftpServer.NotServed(Ipv4.parse("192.0.2.9"), "x", "not there"));
    assertThat(recorded(KVM1))
        .containsExactly(
            "TFTP for EFI/grubx64.efi -> nothingpxe/loaders.yaml names no such file; a machine with"
                + " Secure Boot is to have firmware: uefi-secure");
    assertThat(journal.since(0)).as("fetched only while an install is under way").hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "shim.efi, Secure Boot",
    "/EFI/BOOT/GRUBX64.EFI, Secure Boot",
    "pxelinux.0, another DHCP server",
    "no-loader-for-this-machine, no loader is called so",
  })
  void whyThereIsNoSuchLoader(String name, String reason) {
    assertThat(BootFolder.unknownLoader(name)).contains(reason);
  }
}
