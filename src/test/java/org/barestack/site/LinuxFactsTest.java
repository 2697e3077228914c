package org.barestack.site;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.barestack.model.Ipv4;
import org.barestack.model.Role;
import org.barestack.site.HostFacts.Found;
import org.barestack.site.HostFacts.Medium;
import org.barestack.site.HostFacts.Nic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a machine's files say of it; its interfaces are those of the machine that tests. */
class LinuxFactsTest {
  private static final String ED25519 =
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF3HD5Pg5cjoQG0WbWZmRu29EXp9bmHK1Y0Bk2VJq8eg";
  private static final String ECDSA =
      "ecdsa-sha2-nistp256"
          + " AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBIhFBONVOfjEoaSkoRIEkMndtka78Z8XV466AMC8CQlcgsGuNcYrViUFLHSeRlap4V0Y2o+sW3CWnAG9ZQWn/GA=";

  @TempDir Path root;

  private HostFacts facts() throws IOException {
    return new LinuxFacts(root, root.resolve("home/me")).facts();
  }

  private void file(String name, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, text);
  }

  @Test
  void aMachineThatSaysNothingIsNoFault() throws IOException {
    HostFacts facts = facts();
    assertThat(facts.dns().value()).isEmpty();
    assertThat(facts.zone()).isNull();
    assertThat(facts.key()).isNull();
    assertThat(facts.nics()).noneMatch(Nic::uplink);
  }

  @Test
  void theLoopbackIsThereAndIsOne() throws IOException {
    assertThat(facts().nics())
        .filteredOn(nic -> nic.name().equals("lo"))
        .singleElement()
        .satisfies(lo -> assertThat(lo.medium()).isEqualTo(Medium.LOOPBACK));
  }

  @Test
  void theDefaultRouteSaysByWhichInterfaceAndWhereTo() throws IOException {
    String name = someInterface();
    file(
        "proc/net/route",
        """
        Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
        %1$s\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
        %1$s\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
        %1$s\t00000000\t0201A8C0\t0003\t0\t0\t200\t00000000\t0\t0\t0
        """
            .formatted(name));
    assertThat(facts().nics())
        .filteredOn(Nic::uplink)
        .singleElement()
        .satisfies(nic -> {
          assertThat(nic.name()).isEqualTo(name);
          assertThat(nic.gateway()).isEqualTo(Ipv4.parse("192.168.1.1"));
        });
  }

  private static String someInterface() throws SocketException {
    return NetworkInterface.networkInterfaces().findFirst().orElseThrow().getName();
  }

  @Test
  void nameServersAreTheResolversOwn() throws IOException {
    file("run/systemd/resolve/resolv.conf", "nameserver 10.0.0.2\nnameserver fd00::2\n");
    file(
        "etc/resolv.conf", "# by NetworkManager\nsearch x\nnameserver 127.0.0.53\noptions edns0\n");
    assertThat(facts().dns())
        .isEqualTo(
            new Found<>(List.of(Ipv4.parse("10.0.0.2")), "/run/systemd/resolve/resolv.conf"));
    file(
        "etc/resolv.conf",
        """
        nameserver 10.0.0.3
        nameserver 10.0.0.3
         nameserver\t10.0.0.4 # second
        nameserver x
        nameserver 10.0.0.5
        nameserver 10.0.0.6
        """);
    assertThat(facts().dns())
        .isEqualTo(
            new Found<>(
                List.of(Ipv4.parse("10.0.0.3"), Ipv4.parse("10.0.0.4"), Ipv4.parse("10.0.0.5")),
                "/etc/resolv.conf"));
  }

  @Test
  void theTimeZoneIsWhatItsLinkSays() throws IOException {
    file("etc/timezone", "Asia/Tokyo\n");
    assertThat(facts().zone()).isEqualTo(new Found<>("Asia/Tokyo", "/etc/timezone"));
    Path link = root.resolve("etc/localtime");
    Files.createSymbolicLink(link, Path.of("../usr/share/zoneinfo/America/Argentina/Ushuaia"));
    assertThat(facts().zone())
        .isEqualTo(new Found<>("America/Argentina/Ushuaia", "/etc/localtime"));
    Files.delete(link);
    Files.createSymbolicLink(link, Path.of("/usr/share/zoneinfo/Middle-earth/Shire"));
    assertThat(facts().zone()).isEqualTo(new Found<>("Asia/Tokyo", "/etc/timezone"));
  }

  @Test
  void keysAreTakenByTheirKind() throws IOException {
    file("home/me/.ssh/id_rsa.pub", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAQQC7 short and bad\n");
    file("home/me/.ssh/id_dsa.pub", "ssh-dss AAAAB3NzaC1kc3M= old\n");
    file("home/me/.ssh/known.pub", ED25519 + " a\n" + ED25519 + " b\n");
    file("home/me/.ssh/authorized_keys", ED25519 + " other\n");
    assertThat(facts().key()).isNull();
    file("home/me/.ssh/id_ecdsa.pub", ECDSA + "  me@desk \n");
    assertThat(facts().key()).isEqualTo(new Found<>(ECDSA + " me@desk", "~/.ssh/id_ecdsa.pub"));
    file("home/me/.ssh/work.pub", ED25519 + " it's #1\n");
    assertThat(facts().key()).isEqualTo(new Found<>(ED25519, "~/.ssh/work.pub"));
  }

  /** A key's comment is anybody's text; whatever it is, the drafted file is valid. */
  @Test
  void aKeysCommentCannotBreakTheFile() throws IOException {
    for (String comment : List.of("a: b", "ends:", "x #y", "- z", "\"q\"", "é", "a\tb")) {
      file("home/me/.ssh/id_ed25519.pub", ED25519 + " " + comment + "\n");
      HostFacts facts = facts();
      assertThat(facts.key()).isNotNull();
      byte[] text = SiteDraft.of(facts, "x", null).text().getBytes(UTF_8);
      assertThat(
              SiteFile.load(Path.of("site.yaml"), text, Set.of(Role.MANAGEMENT, Role.KVM_WORKER)))
          .isInstanceOfSatisfying(
              SiteResult.Good.class,
              good -> assertThat(good.site().access().sshKeys().getFirst()).startsWith(ED25519));
    }
  }
}
