package org.barestack.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.barestack.model.Node;
import org.barestack.model.NodeName;
import org.barestack.model.Site;
import org.barestack.model.Trust;
import org.barestack.render.NodeFile;
import org.barestack.render.Renderer;
import org.barestack.testing.Command;
import org.barestack.testing.Command.Result;
import org.barestack.testing.Examples;
import org.barestack.testing.Namespace;
import org.barestack.testing.Trusts;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The steps of a KVM worker, as root in a booted system: real systemd, NetworkManager, libvirtd,
 * sshd and nft. What only Rocky has is played by doubles (resources, folder doubles), and so are
 * /dev/kvm, the processor's flags and modprobe. Bonds and VLANs are left out, since not every
 * kernel that runs this test has them. Needs root, and once the network.
 */
@Timeout(600)
class WorkerStepsIT {
  private static final Path ROOT = Path.of("target/noderoot/root");
  private static final Path DOUBLES = Path.of("src/test/resources/org/barestack/node/doubles");
  private static final String TEMPLATES = "kickstart-templates/roles/kvm-worker";
  private static final String STEPS = "/usr/libexec/barestack/firstboot.d/";
  private static final String PREFIX = "bsw" + ProcessHandle.current().pid();
  private static final String SWITCH = PREFIX + "sw";
  private static final String NODE = PREFIX + "n";
  private static final String MANAGER = PREFIX + "m";
  private static final String PEOPLE = PREFIX + "p";

  /** All that a step may have changed: files with their times, units, rules, libvirtd itself. */
  private static final String STATE =
      """
      cd /
      find etc root/.ssh var/lib/barestack var/lib/doubles -path var/lib/barestack/done -prune -o \
        -type f -printf '%p %m %u %i %T@\\n' -o -type l -printf '%p %l\\n' | sort
      cat var/lib/doubles/selinux
      for unit in libvirtd.service libvirtd.socket virtqemud.socket firewalld nftables \
        cloudstack-agent barestack-isolation; do
        systemctl show -p ActiveState -p UnitFileState -p MainPID $unit
      done
      # not the ruleset: loading a table anew puts it behind the others
      nft list table inet barestack
      iptables-save | grep -v '^#' || true
      """;

  /**
   * The same without times and numbers: what must be there in the end, however it came. At its
   * first start libvirtd writes UUIDs of chance into its filters and networks.
   */
  private static final String RESULT =
      """
      cd /
      find etc/libvirt etc/sysconfig etc/cloudstack etc/selinux etc/systemd/system root/.ssh \
        var/lib/barestack -path var/lib/barestack/done -prune -o \
        -path etc/libvirt/nwfilter -prune -o -path etc/libvirt/qemu -prune -o \
        -type f -printf '%p %m\\n' -exec sha256sum {} ';' -o -type l -printf '%p %l\\n' | sort
      sort var/lib/doubles/installed
      cat var/lib/doubles/selinux
      for unit in libvirtd.service libvirtd.socket virtqemud.socket firewalld nftables \
        cloudstack-agent barestack-isolation; do
        systemctl show -p ActiveState -p UnitFileState $unit
      done
      # not the ruleset: loading a table anew puts it behind the others
      nft list table inet barestack
      iptables-save | grep -v '^#' || true
      """;

  @TempDir static Path folder;
  static String key;

  Path work;
  Path root;
  Process machine;
  String leader;

  private static void host(String words) {
    Namespace.run(words.split(" ", -1));
  }

  /** The worker's two NICs, on a switch with the manager and somebody else. */
  @BeforeAll
  static void prepare() throws IOException {
    Result built = Command.of("timeout", "900", "src/noderoot/build.sh", ROOT.toString()).run();
    assertThat(built.status()).as(built.all()).isZero();
    for (String name : List.of(SWITCH, MANAGER, PEOPLE)) {
      host("ip netns add " + name);
    }
    host("ip -n " + SWITCH + " link add br0 type bridge");
    host("ip -n " + SWITCH + " link set br0 up");
    plug(MANAGER, "eth0", "02:09:00:00:00:0a");
    host("ip -n " + MANAGER + " addr add 10.9.0.10/24 dev eth0");
    plug(PEOPLE, "eth0", "02:09:00:00:00:07");
    host("ip -n " + PEOPLE + " addr add 10.8.0.7/24 dev eth0");
    // they are behind the gateway, or rather are the gateway
    host("ip -n " + PEOPLE + " addr add 10.9.0.1/32 dev eth0");
    host("ip -n " + PEOPLE + " route add 10.9.0.11 dev eth0 src 10.8.0.7");
    Namespace.run(
        "ssh-keygen",
        "-q",
        "-t",
        "ecdsa",
        "-m",
        "PEM",
        "-N",
        "",
        "-C",
        "cloud@manager",
        "-f",
        folder.resolve("key").toString());
    key = Files.readString(folder.resolve("key.pub")).strip();
  }

  private static String port(String mac) {
    return "p" + mac.replace(":", "").substring(4);
  }

  private static void plug(String namespace, String device, String mac) {
    String port = port(mac);
    host(
        "ip -n "
            + SWITCH
            + " link add "
            + port
            + " type veth peer name "
            + device
            + " address "
            + mac
            + " netns "
            + namespace);
    host("ip -n " + SWITCH + " link set " + port + " master br0 up");
    host("ip -n " + namespace + " link set " + device + " up");
  }

  @AfterAll
  static void unplug() {
    List.of(SWITCH, MANAGER, PEOPLE).forEach(name -> Command.of("ip", "netns", "del", name).run());
  }

  private static Site site() throws IOException {
    Path site = Files.createTempDirectory(folder, "site");
    Files.writeString(
        site.resolve("site.yaml"),
        """
        site: steps
        provisioning: { interface: eno1, address: 10.9.0.5 }
        networks:
          management:
            subnet: 10.9.0.0/24
            gateway: 10.9.0.1
            system_vms: 10.9.0.60-10.9.0.79
          public: { range: 10.9.0.100-10.9.0.149 }
        access:
          from: [10.8.0.0/16]
          ssh_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE5vdEFLZXkuTm90QUtleS5Ob3RBS2V5Lk5vdEFLZXku a@b]
        nodes:
          m: { role: management, address: 10.9.0.10, nics: { nic1: "02:09:00:00:00:0a" } }
          a:
            role: kvm-worker
            address: 10.9.0.11
            nics: { nic1: "02:09:00:00:00:0b", nic2: "02:09:00:00:01:0b" }
        """);
    Trust trust = Trusts.example();
    return Examples.read(site).with(new Trust(trust.recipients(), trust.ca(), key, trust.backup()));
  }

  private void write(String name, String mode, String text) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.deleteIfExists(file);
    Files.writeString(file, text);
    int bits = Integer.parseInt(mode, 8);
    StringBuilder rwx = new StringBuilder();
    for (int shift = 8; shift >= 0; shift--) {
      rwx.append((bits >> shift & 1) == 0 ? '-' : "xwr".charAt(shift % 3));
    }
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(rwx.toString()));
  }

  /** A machine as the installer leaves it; the steps that need a server are other tests' affair. */
  @BeforeEach
  void boot() throws IOException, InterruptedException {
    work = Files.createTempDirectory(Path.of("target/noderoot").toAbsolutePath(), "worker");
    root = Files.createDirectories(work.resolve("root"));
    Path upper = Files.createDirectories(work.resolve("upper"));
    Path inner = Files.createDirectories(work.resolve("work"));
    host(
        "mount -t overlay overlay -o lowerdir="
            + ROOT.toAbsolutePath()
            + ",upperdir="
            + upper
            + ",workdir="
            + inner
            + " "
            + root);
    Site site = site();
    Node node = site.node(new NodeName("a")).orElseThrow();
    for (NodeFile file : new Renderer(List.of()).files(site, node)) {
      if (!file.path().matches(STEPS + ".*(secrets|time-in-sync)")) {
        write(file.path().substring(1), file.mode(), file.text());
      }
    }
    write("etc/hostname", "644", site.fqdn(node) + "\n");
    write("etc/barestack/install", "600", "install_url=''\n");
    write("etc/barestack/secrets/agent-keystore", "600", "Passphrase123");
    write("etc/selinux/config", "644", "# mode\nSELINUX=enforcing\nSELINUXTYPE=targeted\n");
    write("etc/ssh/sshd_config.d/50-cloud-init.conf", "600", "PermitRootLogin no\n");
    write("root/.ssh/authorized_keys", "644", "# kept\nssh-ed25519 AAAAC3Nz old@desk");
    write("var/lib/doubles/selinux", "644", "Enforcing\n");
    write("var/lib/doubles/installed", "644", "sudo\ntar\n");
    write("root/cpuinfo", "644", "flags\t\t: fpu vmx sse\n");
    try (Stream<Path> doubles = Files.list(DOUBLES)) {
      for (Path one : doubles.toList()) {
        write("usr/local/bin/" + one.getFileName(), "755", Files.readString(one));
      }
    }
    // where Debian's unit looks for what Rocky's has in /etc/sysconfig
    Files.delete(root.resolve("etc/default/libvirtd"));
    Files.createSymbolicLink(
        root.resolve("etc/default/libvirtd"), Path.of("/etc/sysconfig/libvirtd"));

    host("ip netns add " + NODE);
    host("ip -n " + NODE + " link set lo up");
    plug(NODE, "enp1s0", "02:09:00:00:00:0b");
    plug(NODE, "enp2s0", "02:09:00:00:01:0b");
    ProcessBuilder nspawn =
        new ProcessBuilder(
                "systemd-nspawn",
                "-q",
                "-D",
                root.toString(),
                "--boot",
                "--register=no",
                "--keep-unit",
                "--capability=CAP_NET_ADMIN,CAP_NET_RAW",
                "--console=pipe",
                "--resolv-conf=off",
                "--machine=" + PREFIX,
                "--hostname=" + site.fqdn(node),
                "--network-namespace-path=/run/netns/" + NODE)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectErrorStream(true)
            .redirectOutput(work.resolve("console").toFile());
    // NetworkManager writes below /proc/sys/net
    nspawn.environment().put("SYSTEMD_NSPAWN_API_VFS_WRITABLE", "network");
    machine = nspawn.start();
    // the first child of systemd-nspawn is not yet the machine
    long deadline = System.nanoTime() + 60_000_000_000L;
    do {
      assertThat(System.nanoTime()).as("boot").isLessThan(deadline);
      leader = leader();
    } while (inside("systemctl is-system-running | grep -E 'running|degraded'").status() != 0);
    good("mknod /dev/kvm c 1 3; mount --bind /root/cpuinfo /proc/cpuinfo; ssh-keygen -A");
    good("systemctl start NetworkManager ssh");
    await("ip -4 -oneline address show dev cloudbr0 | grep 10.9.0.11");
  }

  private String leader() throws InterruptedException {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (System.nanoTime() < deadline) {
      Result children = Command.of("pgrep", "-P", Long.toString(machine.pid())).run();
      if (!children.output().isBlank()) {
        return children.output().lines().findFirst().orElseThrow();
      }
      Thread.sleep(50);
    }
    throw new AssertionError("no machine");
  }

  private void await(String condition) throws InterruptedException {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (inside(condition).status() != 0) {
      assertThat(System.nanoTime()).as(condition).isLessThan(deadline);
      Thread.sleep(100);
    }
  }

  @AfterEach
  void powerOff() throws InterruptedException {
    if (machine != null) {
      Command.of("kill", "-KILL", leader).run();
      machine.waitFor();
    }
    // at once; with the namespace they would go some time later
    for (String mac : List.of("02:09:00:00:00:0b", "02:09:00:00:01:0b")) {
      Command.of("ip", "-n", SWITCH, "link", "del", port(mac)).run();
    }
    Command.of("ip", "netns", "del", NODE).run();
    Command.of("umount", root.toString()).run();
    Command.of("rm", "-rf", work.toString()).run();
  }

  private Result inside(String script) {
    return Command.of(
            "timeout",
            "50",
            "nsenter",
            "-t",
            leader,
            "-a",
            "env",
            "-i",
            "LC_ALL=C",
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "bash",
            "-c",
            script)
        .run();
  }

  private String good(String script) {
    Result result = inside(script);
    assertThat(result.status()).as(result.all()).isZero();
    return result.output();
  }

  private void firstboot() {
    good("rm -rf /var/lib/barestack/done && /usr/libexec/barestack/firstboot 2>&1");
  }

  private Result login(String namespace, String command) {
    return Command.of(
            "ip",
            "netns",
            "exec",
            namespace,
            "ssh",
            "-F",
            "none",
            "-i",
            folder.resolve("key").toString(),
            "-o",
            "BatchMode=yes",
            "-o",
            "ConnectTimeout=20",
            "-o",
            "StrictHostKeyChecking=no",
            "-o",
            "UserKnownHostsFile=/dev/null",
            "-o",
            "LogLevel=ERROR",
            "root@10.9.0.11",
            command)
        .run();
  }

  /** One machine for what comes one after the other. */
  @Test
  void theStepsMakeAHostThatCloudStackCanAdd() throws InterruptedException {
    firstboot();
    everythingIsThere();
    aSecondRunChangesNothing();
    theRulesAreThereAfterABootBeforeTheNetwork();
    whatCloudStackWroteLaterStays();
  }

  private void everythingIsThere() {
    assertThat(good("cat /var/lib/doubles/calls"))
        .contains("dnf --assumeyes install java-17-openjdk cloudstack-agent ethtool")
        .contains("setenforce 0");
    assertThat(good("cat /etc/selinux/config")).contains("SELINUX=permissive\nSELINUXTYPE");
    assertThat(good("systemctl is-enabled firewalld || true")).isEqualTo("masked\n");
    // libvirtd by itself, listening, and nobody else on its socket
    assertThat(good("tr '\\0' ' ' </proc/$(systemctl show -p MainPID --value libvirtd)/cmdline"))
        .isEqualTo("/usr/sbin/libvirtd --listen ");
    assertThat(good("systemctl is-enabled libvirtd libvirtd.socket virtqemud.socket || true"))
        .isEqualTo("enabled\nmasked\nmasked\n");
    assertThat(good("systemctl is-active libvirtd libvirtd.socket libvirtd-ro.socket || true"))
        .isEqualTo("active\ninactive\ninactive\n");
    assertThat(good("virsh -c qemu:///system uri")).contains("qemu:///system");
    // the agent knows its secret and does not run
    assertThat(
            good(
                "stat -c %a /etc/cloudstack/agent/agent.properties; cat"
                    + " /etc/cloudstack/agent/agent.properties"))
        .startsWith("600\n")
        .contains("\nguest.cpu.mode=host-model\nkeystore.passphrase=Passphrase123\n")
        .doesNotContain("#keystore");
    assertThat(
            good(
                "systemctl is-enabled cloudstack-agent || true; systemctl is-active"
                    + " cloudstack-agent || true"))
        .isEqualTo("disabled\ninactive\n");
    // the manager comes in by its key, nobody else does
    assertThat(good("cat /root/.ssh/authorized_keys; stat -c %a /root/.ssh/authorized_keys"))
        .isEqualTo(
            """
            # kept
            ssh-ed25519 AAAAC3Nz old@desk
            from="10.9.0.10",no-agent-forwarding,no-port-forwarding,no-X11-forwarding %s barestack-manager
            600
            """
                .formatted(key.substring(0, key.lastIndexOf(' '))));
    assertThat(login(MANAGER, "ls /dev/kvm; id -u").output()).isEqualTo("/dev/kvm\n0\n");
    assertThat(login(PEOPLE, "id -u").all()).contains("Permission denied");
    assertThat(good("nft list tables")).contains("table inet barestack");
  }

  private void aSecondRunChangesNothing() {
    String state = good(STATE);
    firstboot();
    assertThat(good(STATE)).isEqualTo(state);
  }

  private void whatCloudStackWroteLaterStays() {
    good("cloudstack-setup-agent -a -s");
    String state = good(STATE);
    assertThat(state).contains("UnitFileState=enabled");
    firstboot();
    assertThat(good(STATE)).isEqualTo(state);
    assertThat(good("cat /etc/cloudstack/agent/agent.properties"))
        .containsOnlyOnce("keystore.passphrase=Passphrase123")
        .containsOnlyOnce("guest.cpu.mode=host-passthrough")
        .doesNotContain("host-model\n" + "guest.cpu");
    assertThat(good("grep ^listen_tls /etc/libvirt/libvirtd.conf")).isEqualTo("listen_tls=1\n");
  }

  private void theRulesAreThereAfterABootBeforeTheNetwork() throws InterruptedException {
    assertThat(good("systemctl show -p Before barestack-isolation")).contains("network-pre.target");
    good("systemctl stop barestack-isolation");
    assertThat(good("nft list tables")).doesNotContain("barestack");
    good("systemctl start sysinit.target"); // waits for the target, and not for what it wants
    await("nft list tables | grep 'inet barestack'");
    assertThat(good("systemd-analyze verify barestack-isolation.service 2>&1")).isEmpty();
  }

  /** What the steps of this test stand on, to begin from it again. */
  private void save() {
    good(
        """
        cd / && mkdir -p var/lib/barestack
        tar cf root/saved.tar etc root/.ssh var/lib/barestack var/lib/doubles
        for unit in libvirtd{,-ro,-admin}.socket libvirtd cloudstack-agent barestack-isolation; do
          if systemctl is-active --quiet $unit; then echo $unit; fi
        done >root/saved.units
        """);
  }

  private void restore() {
    good(
        """
        cd /
        systemctl stop libvirtd{,-ro,-admin}.socket libvirtd cloudstack-agent \
          barestack-isolation 2>/dev/null
        nft delete table inet barestack 2>/dev/null
        rm -rf etc/libvirt etc/sysconfig etc/cloudstack etc/systemd etc/ssh/sshd_config.d root/.ssh \
          var/lib/barestack var/lib/doubles
        tar xf root/saved.tar
        systemctl daemon-reload
        systemctl reset-failed
        for unit in $(cat root/saved.units); do systemctl start $unit || exit; done
        """);
  }

  /**
   * Each step is cut off at places all over it, from the same beginning each time: before its last
   * command and in its middle; at eight places with {@code -Dmatrix=full}.
   */
  @Test
  void cutOffAnywhereItArrives() throws IOException {
    int most = "full".equals(System.getProperty("matrix")) ? 8 : 2;
    Set<String> ours = new TreeSet<>();
    try (Stream<Path> files = Files.list(Path.of(TEMPLATES, "firstboot"))) {
      files.forEach(file -> ours.add(file.getFileName().toString().replaceAll("\\.sh.*", "")));
    }
    for (String name : good("ls " + STEPS).lines().toList()) {
      if (!ours.remove(name)) {
        good(STEPS + name + " 2>&1");
        continue;
      }
      save();
      restore();
      good("BASH_ENV=/usr/local/bin/cut CUT=0 " + STEPS + name + " 2>&1");
      long commands = Long.parseLong(good("cat /var/lib/doubles/commands").strip());
      assertThat(commands).as(name).isGreaterThan(3);
      String result = good(RESULT);
      List<Long> places =
          LongStream.rangeClosed(1, most)
              .map(i -> 1 + (commands - 1) * i / most)
              .distinct()
              .boxed()
              .toList();
      for (long place : places) {
        restore();
        // a session of its own, so that what is left of a pipeline goes, too
        Result cut =
            inside("BASH_ENV=/usr/local/bin/cut CUT=%d setsid -w ".formatted(place) + STEPS + name);
        String when = "cut at %d of %d of %s".formatted(place, commands, name);
        assertThat(cut.status()).as(when + ": " + cut.all()).isNotZero();
        assertThat(good("cat /var/lib/doubles/cut")).as(when).isEqualTo(place + "\n");
        good("rm /var/lib/doubles/cut; " + STEPS + name + " 2>&1");
        assertThat(good(RESULT)).as(when).isEqualTo(result);
      }
    }
    assertThat(ours).as("steps that were not cut off").isEmpty();
  }

  /** What is wrong with the machine, and what the step says then. */
  private static final String WRONG =
      """
      05-virtualization | rm /dev/kvm; echo flags: fpu >/root/cpuinfo | neither vmx (Intel VT-x) nor svm (AMD-V). Switch on 'Intel Virtualization Technology' (VT-x) or 'SVM Mode' (AMD-V) in the machine's BIOS setup
      05-virtualization | rm /dev/kvm; echo flags: fpu >/root/cpuinfo; echo vmware >/var/lib/doubles/hypervisor | is itself a virtual one (vmware)
      05-virtualization | rm /dev/kvm; touch /var/lib/doubles/refused-kvm_intel | the kernel refused kvm_intel: modprobe: ERROR: could not insert
      05-virtualization | rm /dev/kvm; touch /var/lib/doubles/refused-kvm_intel; echo '[1.2] kvm: VMX disabled by BIOS' >/var/lib/doubles/dmesg | VMX disabled by BIOS. Switch on
      05-virtualization | rm /dev/kvm; echo flags: svm >/root/cpuinfo | kvm_amd is loaded, but there is no /dev/kvm
      05-virtualization | rm /dev/kvm; touch /dev/kvm | cannot be opened
      40-bridges | ip link set enp1s0 down; ip link set enp1s0 name enP2p1s0; ip link set enP2p1s0 up; nmcli -w 20 connection up nic1 | lies on enP2p1s0, and CloudStack's agent takes no device of such a name for an uplink: add net.ifnames=0
      40-bridges | systemctl stop NetworkManager; ip link set enp1s0 nomaster | cloudbr0 does not lie on enp1s0
      40-bridges | ip link add eth9 type veth peer name eth8; ip link set eth9 master cloudbr0 | cloudbr0 lies on enp1s0 and on eth9
      40-bridges | ip link set enp1s0 down; ip link set enp1s0 address 02:00:00:00:00:01 | no NIC has the address 02:09:00:00:00:0b
      50-libvirt | rm /etc/libvirt/qemu.conf | there is no /etc/libvirt/qemu.conf: is libvirt installed?
      50-libvirt | echo 'listen_tcp = "x' >>/etc/libvirt/libvirtd.conf | libvirtd does not start: see journalctl
      55-agent | true | agent.properties: is cloudstack-agent installed?
      55-agent | dnf install cloudstack-agent; rm /etc/barestack/secrets/agent-keystore | there is no /etc/barestack/secrets/agent-keystore: see the step 30-secrets
      60-manager-key | echo PermitRootLogin no >/etc/ssh/sshd_config.d/00-a.conf | sshd does not let root in by key
      65-isolation | echo nonsense >>/etc/nftables/barestack.nft | nft refuses /etc/nftables/barestack.nft
      """;

  @Test
  void whatIsWrongIsSaid() throws InterruptedException {
    SoftAssertions all = new SoftAssertions();
    save();
    for (String line : WRONG.lines().toList()) {
      String[] parts = line.split(" \\| ", 3);
      good("{ " + parts[1] + "; } >/dev/null 2>&1; true");
      Result result = inside(STEPS + parts[0]);
      all.assertThat(result.status()).as(line + "\n" + result.all()).isEqualTo(1);
      all.assertThat(result.errors()).as(line).contains(parts[2]);
      if (parts[0].compareTo("45") < 0) {
        good("cd / && rm -rf var/lib/doubles && tar xf root/saved.tar var/lib/doubles");
      } else {
        restore();
      }
      good("rm -f /dev/kvm; mknod /dev/kvm c 1 3; echo 'flags: fpu vmx sse' >/root/cpuinfo");
      if (parts[0].equals("40-bridges")) {
        inside(
            """
            ip link set enP2p1s0 down && ip link set enP2p1s0 name enp1s0
            ip link del eth9
            ip link set enp1s0 down
            ip link set enp1s0 address 02:09:00:00:00:0b
            ip link set enp1s0 up
            systemctl start NetworkManager
            nmcli -w 20 connection up nic1
            """);
        // nothing of it is left for the next
        await(STEPS + "40-bridges");
      }
    }
    all.assertAll();
  }
}
