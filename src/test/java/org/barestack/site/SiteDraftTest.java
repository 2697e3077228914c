package org.barestack.site;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.barestack.testing.Properties.forAll;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.barestack.model.Ipv4;
import org.barestack.model.Role;
import org.barestack.model.Site;
import org.barestack.site.HostFacts.Address;
import org.barestack.site.HostFacts.Found;
import org.barestack.site.HostFacts.Medium;
import org.barestack.site.HostFacts.Nic;
import org.barestack.testing.Golden;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** First site files for machines of all kinds; each is valid without an edit. */
class SiteDraftTest {
  private static final Set<Role> ROLES = Set.of(Role.MANAGEMENT, Role.KVM_WORKER);
  private static final Path FILE = Path.of("site.yaml");
  private static final Found<String> KEY =
      new Found<>(
          "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF3HD5Pg5cjoQG0WbWZmRu29EXp9bmHK1Y0Bk2VJq8eg"
              + " me@desk",
          "~/.ssh/id_ed25519.pub");
  private static final Nic LO =
      new Nic("lo", Medium.LOOPBACK, true, addresses("127.0.0.1/8"), false, false, null);
  private static final Nic DOCKER =
      new Nic("docker0", Medium.WIRED, true, addresses("172.17.0.1/16"), false, false, null);

  private static List<Address> addresses(String... texts) {
    return List.of(texts).stream()
        .map(text -> text.split("/", 2))
        .map(parts -> new Address(Ipv4.parse(parts[0]), Integer.parseInt(parts[1])))
        .toList();
  }

  private static Nic nic(String name, String... addresses) {
    return new Nic(name, Medium.WIRED, true, addresses(addresses), false, false, null);
  }

  private static Nic uplink(String name, String gateway, String... addresses) {
    return new Nic(
        name, Medium.WIRED, true, addresses(addresses), false, true, Ipv4.parse(gateway));
  }

  private static HostFacts host(Nic... nics) {
    return host(KEY, List.of("192.168.1.1"), nics);
  }

  private static HostFacts host(@Nullable Found<String> key, List<String> dns, Nic... nics) {
    return new HostFacts(
        List.of(nics),
        new Found<>(dns.stream().map(Ipv4::parse).toList(), "/etc/resolv.conf"),
        new Found<>("Europe/Amsterdam", "/etc/localtime"),
        key);
  }

  private static Map<String, HostFacts> machines() {
    Map<String, HostFacts> machines = new LinkedHashMap<>();
    machines.put("one-nic", host(LO, uplink("eno1", "192.168.1.1", "192.168.1.20/24")));
    machines.put(
        "two-nics",
        host(
            LO,
            uplink("eno1", "192.168.1.1", "192.168.1.20/24"),
            nic("eno2", "10.20.0.5/24"),
            DOCKER));
    machines.put(
        "three-nics",
        host(
            nic("enp1s0f0", "10.20.0.5/24"),
            nic("enp1s0f1", "10.30.0.1/24"),
            new Nic(
                "wlan0",
                Medium.WIRELESS,
                true,
                addresses("192.168.1.20/24"),
                false,
                true,
                Ipv4.parse("192.168.1.1")),
            new Nic("wg0", Medium.TUNNEL, true, addresses("10.99.0.2/32"), false, false, null),
            new Nic("eno4", Medium.WIRED, false, List.of(), false, false, null)));
    machines.put("no-usable-nic", host(LO, DOCKER));
    machines.put("slash-28", host(List.of(), uplink("eno1", "203.0.113.17", "203.0.113.20/28")));
    machines.put("slash-30", host(uplink("eno1", "203.0.113.17", "203.0.113.18/30")));
    machines.put(
        "ipv6-only", host(LO, new Nic("eno1", Medium.WIRED, true, List.of(), true, false, null)));
    machines.put(
        "no-key-no-dns-no-zone",
        new HostFacts(
            List.of(uplink("eno1", "192.168.1.1", "192.168.1.20/24")),
            new Found<>(List.of(), "/run/systemd/resolve/resolv.conf"),
            null,
            null));
    machines.put("large-network", host(uplink("bond0", "10.1.255.254", "10.1.7.60/16")));
    return machines;
  }

  private static HostFacts machine(String name) {
    return Objects.requireNonNull(machines().get(name), name);
  }

  private static HostFacts host(List<String> dns, Nic... nics) {
    return host(KEY, dns, nics);
  }

  /** The file, and the notes that are told beside it. */
  private static String told(SiteDraft draft) {
    return draft.text()
        + "---- for "
        + draft.taken()
        + "\n"
        + draft.notes().stream()
            .map(note -> "warning: " + note + "\n")
            .collect(Collectors.joining());
  }

  @Test
  void whatIsWrittenForEachMachine() {
    Map<String, String> texts = new LinkedHashMap<>();
    machines()
        .forEach(
            (name, facts) -> texts.put(name + ".txt", told(SiteDraft.of(facts, "mycloud", null))));
    Golden.check("org/barestack/site/init", texts);
  }

  private static SiteResult.Good good(SiteDraft draft) {
    SiteResult result = SiteFile.load(FILE, draft.text().getBytes(UTF_8), ROLES);
    assertThat(result).as(draft.text()).isInstanceOf(SiteResult.Good.class);
    return (SiteResult.Good) result;
  }

  @Test
  void eachIsValidAndSaysWhatIsLeftToDo() {
    machines()
        .values()
        .forEach(facts -> {
          SiteDraft draft = SiteDraft.of(facts, "mycloud", null);
          assertThat(good(draft).warnings().stream().map(SiteProblem::message))
              .contains(
                  "00:00:5e:00:53:0a is a placeholder, which no machine has",
                  "00:00:5e:00:53:0b is a placeholder, which no machine has")
              .hasSize(5); // and lab storage, unsigned packages, access.from
          assertThat(draft.text().lines())
              .allMatch(line -> line.length() <= 110 && !line.endsWith(" "));
        });
  }

  @Test
  void whatIsCommentedOutIsValidToo() {
    machines()
        .values()
        .forEach(facts -> {
          String text = SiteDraft.of(facts, "mycloud", null).text();
          String full =
              text.replace("dhcp: proxy", "dhcp: full")
                  .replace("  # pool:", "  pool:")
                  .replace("    # dns:", "    dns:")
                  .replace("    # firmware:", "    firmware:")
                  .replace("    # disks:", "    disks:");
          assertThat(full).contains("\n  pool: ", "\n    firmware: bios", "\n    disks: ");
          assertThat(SiteFile.load(FILE, full.getBytes(UTF_8), ROLES))
              .as(full)
              .isInstanceOf(SiteResult.Good.class);
        });
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          mycloud                                    | mycloud
          My Cloud_2                                 | my-cloud-2
          2nd site                                   | nd-site
          ---                                        | mycloud
          ''                                         | mycloud
          été                                        | t
          a-name-that-is-far-too-long-for-this-thing | a-name-that-is-far-too-long-for
          """)
  void theSiteIsCalledLikeItsFolder(String folder, String name) {
    SiteDraft draft = SiteDraft.of(machine("one-nic"), folder, null);
    assertThat(good(draft).site().name()).isEqualTo(name);
  }

  @Test
  void anInterfaceIsTakenAsNamed() {
    HostFacts facts = machine("three-nics");
    SiteDraft draft = SiteDraft.of(facts, "x", "enp1s0f1");
    Site site = good(draft).site();
    assertThat(site.provisioning().networkInterface()).isEqualTo("enp1s0f1");
    assertThat(site.provisioning().address()).isEqualTo(Ipv4.parse("10.30.0.1"));
    assertThat(site.networks().management().gateway()).isEqualTo(Ipv4.parse("10.30.0.1"));
    assertThat(good(SiteDraft.of(facts, "x", "eno4")).site().provisioning().address())
        .as("an interface that waits for its address")
        .isEqualTo(Ipv4.parse("192.168.50.5"));
    assertThat(good(SiteDraft.of(host(DOCKER), "x", "docker0")).site().provisioning().address())
        .isEqualTo(Ipv4.parse("172.17.0.1"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          eno9 | this machine has no interface 'eno9'; it has enp1s0f0, enp1s0f1, wlan0, wg0, eno4
          wg0  | machines cannot boot from wg0: a tunnel; name another interface
          """)
  void anInterfaceThatCannotServeIsRefused(String name, String message) {
    assertThatThrownBy(() -> SiteDraft.of(machine("three-nics"), "x", name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  /** Whatever the machine's addresses are, the file is valid. */
  @Test
  void everyMachineGetsAValidFile() {
    forAll(
        300,
        random -> {
          Nic[] nics =
              IntStream.range(0, random.nextInt(4))
                  .mapToObj(i -> random(random, "eno" + i))
                  .toArray(Nic[]::new);
          List<String> dns =
              IntStream.range(0, random.nextInt(4))
                  .mapToObj(i -> near(random, nics).toString())
                  .distinct()
                  .toList();
          HostFacts facts = host(random.nextBoolean() ? KEY : null, dns, nics);
          SiteDraft draft = SiteDraft.of(facts, "x", null);
          Site site = good(draft).site();
          boolean fits =
              List.of(nics).stream()
                  .anyMatch(nic ->
                      nic.passedOver().isEmpty() && nic.address().orElseThrow().prefix() < 27);
          assertThat(!fits || !draft.text().contains("ALL ADDRESSES")).as(draft.text()).isTrue();
          assertThat(draft).isEqualTo(SiteDraft.of(facts, "x", null));
          assertThat(site.nodes()).hasSize(2);
        });
  }

  private static Nic random(SplittableRandom random, String name) {
    int prefix = random.nextInt(8, 33);
    Ipv4 ip = new Ipv4(0x0a000000 | random.nextInt(1 << 24));
    boolean host = prefix > 30 || new Address(ip, prefix).subnet().orElseThrow().isHost(ip);
    boolean uplink = random.nextInt(3) == 0;
    return new Nic(
        name,
        random.nextInt(5) == 0 ? Medium.WIRELESS : Medium.WIRED,
        random.nextInt(6) > 0,
        host ? List.of(new Address(ip, prefix)) : List.of(),
        random.nextBoolean(),
        uplink,
        uplink && random.nextBoolean() ? ip.plus(random.nextInt(-9, 9)) : null);
  }

  private static Ipv4 near(SplittableRandom random, Nic... nics) {
    if (nics.length > 0 && !nics[0].addresses().isEmpty()) {
      return nics[0].addresses().getFirst().ip().plus(random.nextInt(-60, 60));
    }
    return new Ipv4(random.nextInt() & 0x7fffffff);
  }
}
