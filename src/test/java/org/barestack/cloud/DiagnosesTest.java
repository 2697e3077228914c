package org.barestack.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.barestack.cloud.CloudException.Fault;
import org.barestack.cloud.Diagnoses.Context;
import org.barestack.cloud.Troubles.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every failure that is known is recognised by what is seen of it, and named with its remedy. */
class DiagnosesTest {
  private static final Context KVM1 = new Context("mgmt1", "kvm1");
  private static final Path TRANSCRIPT = Path.of("src/test/resources/cloudstack/transcript.jsonl");
  private static final Path TEMPLATES = Path.of("kickstart-templates");
  private static final Pattern STEP = Pattern.compile("\\b\\d\\d-[a-z][a-z-]*[a-z]\\b");
  private static final Call ADD_HOST = Call.of("addHost", "url", "http://192.0.2.11");
  private static final Seen.Surroundings ALL = new Seen.Surroundings(true, true, true, true);

  /**
   * A failure and how it shows.
   *
   * @param seen what CloudStack or a step shows
   * @param trouble the row that recognises it
   * @param remedy a part of the words that help
   */
  record Known(String name, Seen seen, String trouble, String remedy) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Seen addHost(String text) {
    return refused(
        ADD_HOST,
        530,
        "Could not add host at [http://192.0.2.11] with zone [Zone {\"id\": \"1\"}] due to: ["
            + text
            + "].");
  }

  private static Seen refused(Call call, int code, String text) {
    return new Seen.Failed(new Fault.Refused(call, code, text));
  }

  static Stream<Known> table() {
    return Stream.of(
        new Known(
            "1. addHost hangs for five minutes",
            refused(
                ADD_HOST,
                530,
                "Unable to add the host: Cannot find the server resources at http://192.0.2.11"),
            "agent-never-connects",
            "on kvm1: /var/log/cloudstack/agent/setup.log"),
        new Known(
            "2. no key of the manager's",
            addHost("Authentication error with ssh private key"),
            "manager-key-refused",
            "barestack events kvm1 shows whether 60-manager-key is done"),
        new Known(
            "2. its key refused, a password tried",
            addHost(
                " can't setup agent, due to java.io.IOException: Password authentication failed. -"
                    + " Password authentication failed."),
            "manager-key-refused",
            "secrets.pub.yaml"),
        new Known(
            "3. no virtualisation",
            addHost("This machine does not have KVM enabled. "),
            "virtualization-off",
            "switch on VT-x or SVM"),
        new Known(
            "4. system VMs: the template was not seeded",
            new Seen.SystemVmNotRunning(
                "secondarystoragevm", "missing", new Seen.Surroundings(true, false, true, true)),
            "template-missing",
            "barestack logs mgmt1 firstboot-80-system-vm-template.log"),
        new Known(
            "4. the template is missing after the image store was added",
            new Seen.TemplateMissing(),
            "template-missing",
            "cloud-install-sys-tmplt"),
        new Known(
            "4. system VMs: the zone is disabled",
            new Seen.SystemVmNotRunning(
                "s-1-VM", "Stopped", new Seen.Surroundings(false, true, true, true)),
            "zone-disabled",
            "barestack cloud apply enables it"),
        new Known(
            "4. system VMs: no primary storage",
            new Seen.SystemVmNotRunning(
                "s-1-VM", "Stopped", new Seen.Surroundings(true, true, false, true)),
            "no-primary-storage",
            "storage.primary"),
        new Known(
            "4. system VMs: no host is up",
            new Seen.SystemVmNotRunning(
                "s-1-VM", "Starting", new Seen.Surroundings(true, true, true, false)),
            "no-host-for-system-vms",
            "barestack cloud plan shows the hosts"),
        new Known(
            "4. system VMs: no address is left",
            new Seen.SystemVmNotRunning("s-1-VM", "Starting", ALL),
            "system-vms-not-running",
            "barestack validate checks the ranges"),
        new Known(
            "5. the agent of the SSVM",
            new Seen.SystemVmAgentNotUp("s-1-VM", "Disconnected"),
            "system-vm-agent",
            "ssvm-check.sh"),
        new Known(
            "5. templates stuck",
            new Seen.TemplateNotReady("CentOS 5.5", "0% Downloaded"),
            "system-vm-agent",
            "networks.management.system_vms"),
        new Known(
            "6. the zone was wiped",
            new Seen.ZoneGone("zone1"),
            "cloud-gone",
            "barestack rebuild mgmt1 --restore FILE"),
        new Known(
            "7. 503 for ever",
            new Seen.Failed(new Fault.Starting(Call.of("listZones"))),
            "never-up",
            "/var/log/cloudstack/management/management-server.log"),
        new Known(
            "8. firewalld left on",
            new Seen.Step("45-packages", "Failed to mask unit: firewalld.service"),
            "firewall",
            "systemctl is-enabled firewalld must say masked"),
        new Known(
            "9. libvirt listens nowhere",
            addHost("Failed to get libvirt connection: virtqemud runs"),
            "libvirt",
            "only libvirtd may run"),
        new Known(
            "10. an uplink of another name, or no network after bridging",
            addHost(
                "Incorrect Network setup on agent, Reinitialize agent after network names are"
                    + " setup, details : Can not find network: cloudbr1"),
            "uplink",
            "net.ifnames=0"),
        new Known(
            "11. clocks: a signature",
            refused(
                Call.of("listZones"),
                401,
                "unable to verify user credentials and/or request signature; its clock is 120 min"
                    + " behind this machine's"),
            "clocks",
            "chronyc tracking"),
        new Known(
            "11. clocks: a certificate",
            new Seen.Failed(
                new Fault.Unexpected(
                    Call.of("listZones"),
                    "192.0.2.10:8443: its certificate, of CN=mgmt1, begins on 2027-01-01T00:00:00Z:"
                        + " the clock of this machine is behind")),
            "clocks",
            "time.ntp"),
        new Known(
            "12. SELinux denies",
            addHost("type=AVC msg=audit(1): avc:  denied  { read } for comm=\"qemu-kvm\""),
            "selinux",
            "ausearch -m avc"),
        new Known(
            "13. no full name",
            addHost("Unable to determine host name"),
            "host-name",
            "firstboot-10-hosts-check.log"),
        new Known(
            "14. two physical networks",
            new Seen.AnotherPhysicalNetwork(),
            "two-physical-networks",
            "cmk delete physicalnetwork"),
        new Known(
            "14. two physical networks, by CloudStack's words",
            refused(
                Call.of("addTrafficType"),
                530,
                "There are more than 1 physical network without tags in the zone: Zone {\"id\":"
                    + " \"4\"}"),
            "two-physical-networks",
            "barestack cloud plan names them"),
        new Known(
            "the manager does not reach the worker",
            addHost("There was a problem while connecting to 192.0.2.11:22"),
            "ssh-not-reached",
            "nft list table inet barestack"),
        new Known(
            "a host that is down", new Seen.HostNotUp("Disconnected"), "host-not-up", "agent.log"),
        new Known(
            "another password",
            refused(Call.of("login"), 531, "Failed to authenticate user admin"),
            "wrong-password",
            "barestack secrets apply admin-password"),
        new Known(
            "keys that nobody takes",
            refused(
                Call.of("listZones"),
                401,
                "unable to verify user credentials and/or request signature"),
            "not-verified",
            "rotate admin's API keys"),
        new Known(
            "another site's server",
            new Seen.Failed(
                new Fault.Unexpected(
                    Call.of("listZones"),
                    "192.0.2.10:8443: it shows a certificate of CN=x, signed by CN=y; the site's"
                        + " authority did not sign it")),
            "foreign-certificate",
            "barestack reinstall mgmt1"),
        new Known(
            "a proxy",
            new Seen.Failed(
                new Fault.Unexpected(Call.of("listZones"), "HTTP 502, text/html: <html>")),
            "not-cloudstack",
            "look who answers"),
        new Known(
            "nobody answers",
            new Seen.Failed(new Fault.NotReached(Call.of("listZones"), "connection refused")),
            "not-reached",
            "barestack status"),
        new Known(
            "a text that nobody knows",
            refused(Call.of("createPod"), 530, "Some words."),
            "unknown",
            "management-server.log on mgmt1"));
  }

  @ParameterizedTest
  @MethodSource("table")
  void itIsRecognisedAndNamedWithItsRemedy(Known known) {
    assertThat(Diagnoses.row(known.seen()).name()).isEqualTo(known.trouble());
    Diagnosis diagnosis = Diagnoses.of(known.seen(), KVM1);
    assertThat(diagnosis.remedy()).contains(known.remedy());
    assertThat(diagnosis.cause() + diagnosis.remedy()).doesNotContain("{");
    if (known.seen() instanceof Seen.Failed(Fault.Refused(Call _, int _, String text))) {
      assertThat(diagnosis.symptom()).as("CloudStack's own words").contains(text);
    }
  }

  @Test
  void everyFailureOfTheListIsThere() {
    List<Integer> numbers =
        table()
            .map(Known::name)
            .filter(name -> name.matches("\\d+\\..*"))
            .map(name -> Integer.valueOf(name.substring(0, name.indexOf('.'))))
            .distinct()
            .toList();
    assertThat(numbers).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14);
  }

  /**
   * What our own steps find before CloudStack could.
   *
   * @param words that the step says when it fails; they stand in its source
   */
  record Detected(String name, String step, String words, String trouble) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Detected> detected() {
    return Stream.of(
        new Detected(
            "2. sshd takes no key of root's",
            "roles/kvm-worker/firstboot/60-manager-key.sh.j2",
            "sshd does not let root in by key",
            "manager-key-refused"),
        new Detected(
            "3. virtualisation is off",
            "roles/kvm-worker/firstboot/05-virtualization.sh",
            "the processor has neither vmx (Intel VT-x) nor svm (AMD-V)",
            "virtualization-off"),
        new Detected(
            "4. the template cannot be seeded",
            "roles/management/firstboot/80-system-vm-template.sh.j2",
            "cannot be mounted: is it exported to this node?",
            "template-step"),
        new Detected(
            "6. databases that are in use",
            "roles/management/firstboot/55-database.sh.j2",
            "database cloud is in use",
            "cloud-gone"),
        new Detected(
            "7. the server does not come up",
            "roles/management/firstboot/70-management-server.sh.j2",
            "the API is not up after",
            "never-up"),
        new Detected(
            "8. firewalld is masked on workers",
            "roles/kvm-worker/firstboot/45-packages.sh.j2",
            "systemctl mask firewalld.service",
            "firewall"),
        new Detected(
            "8. the worker's own rules",
            "roles/kvm-worker/firstboot/65-isolation.sh",
            "the rules could not be loaded",
            "firewall"),
        new Detected(
            "8. the management node's firewall",
            "roles/management/firstboot/45-protection.sh",
            "firewalld does not take /etc/firewalld/zones/barestack.xml",
            "firewall"),
        new Detected(
            "9. libvirtd",
            "roles/kvm-worker/firstboot/50-libvirt.sh",
            "libvirtd runs but does not answer",
            "libvirt"),
        new Detected(
            "10. the name of an uplink",
            "roles/kvm-worker/firstboot/40-bridges.sh.j2",
            "CloudStack's agent takes no device of such a name for an uplink",
            "uplink"),
        new Detected(
            "10. no link after bridging",
            "firstboot/20-network-up.sh.j2",
            "has no link: see nmcli device",
            "uplink"),
        new Detected("11. no time", "firstboot/25-time-in-sync.sh.j2", "no time from ", "clocks"),
        new Detected(
            "12. SELinux is made permissive on workers",
            "roles/kvm-worker/firstboot/45-packages.sh.j2",
            "setenforce 0",
            "selinux"),
        new Detected(
            "13. the full name",
            "firstboot/10-hosts-check.sh.j2",
            "hostname --fqdn says",
            "host-name"));
  }

  @ParameterizedTest
  @MethodSource("detected")
  void whatAStepFindsIsNamedTheSame(Detected detected) throws IOException {
    Path source = TEMPLATES.resolve(detected.step());
    assertThat(source).content().contains(detected.words());
    String step = String.valueOf(source.getFileName()).replaceAll("\\.sh(\\.j2)?$", "");
    Seen seen = new Seen.Step(step, detected.words());
    assertThat(Diagnoses.row(seen).name()).isEqualTo(detected.trouble());
    assertThat(Diagnoses.of(seen, KVM1).symptom()).contains(step, "kvm1", detected.words());
  }

  /** Whatever a real server was seen to say, its words are kept and there is something to do. */
  @Test
  void everyRefusalOfARealServerIsNamed() throws IOException {
    List<String> unknown = new ArrayList<>();
    int count = 0;
    for (String line : Files.readAllLines(TRANSCRIPT)) {
      JsonNode call = new ObjectMapper().readTree(line);
      JsonNode words =
          call.path("body").has("errortext") ? call.path("body") : call.at("/job/jobresult");
      if (!words.has("errortext")) {
        continue;
      }
      count++;
      String text = words.path("errortext").asText();
      Fault fault =
          new Fault.Refused(
              Call.of(call.path("command").asText()), words.path("errorcode").asInt(), text);
      Diagnosis diagnosis = Diagnoses.of(fault, KVM1);
      assertThat(diagnosis.symptom()).contains(text);
      assertThat(diagnosis.cause()).isNotBlank();
      assertThat(diagnosis.remedy()).isNotBlank();
      if (Diagnoses.row(new Seen.Failed(fault)).name().equals("unknown")) {
        unknown.add(call.path("command").asText() + ": " + text);
      }
    }
    assertThat(count).isGreaterThan(80);
    // Mistakes of a caller, which Barestack does not make.
    assertThat(unknown)
        .isNotEmpty()
        .allSatisfy(text ->
            assertThat(text)
                .containsPattern(
                    "ssh://|Username need|uri.scheme|valid uri|valid value|missing parameter"
                        + "|is not a valid|Map.get|does(n't| not) exist|Invalid Zone Detail"));
  }

  @Test
  void namesAreUniqueAndTheLastRowIsAboutAll() {
    assertThat(Troubles.TABLE.stream().map(Row::name)).doesNotHaveDuplicates();
    assertThat(Troubles.TABLE.getLast().name()).isEqualTo("unknown");
  }

  @Test
  void everyRowCanBeReached() {
    assertThat(
            Stream.concat(
                    table().map(Known::trouble),
                    Stream.concat(
                        detected().map(Detected::trouble),
                        MORE.stream().map(seen -> Diagnoses.row(seen).name())))
                .collect(Collectors.toSet()))
        .containsExactlyInAnyOrderElementsOf(Troubles.TABLE.stream().map(Row::name).toList());
  }

  private static final List<Seen> MORE =
      List.of(
          addHost("Skipping host http://192.0.2.11 because it is already in the database"),
          refused(
              Call.of("createStoragePool"),
              530,
              "Failed to add data store: No host up to associate a storage pool with in cluster 6"),
          refused(Call.of("deployVirtualMachine"), 533, "InsufficientServerCapacityException: x"),
          refused(
              Call.of("createVlanIpRange"),
              431,
              "The VLAN tag vlan://150 is already being used for dynamic vlan allocation for the"
                  + " guest network in zone zone1"),
          refused(
              Call.of("createVlanIpRange"),
              431,
              "The IP range already has IPs that overlap with the new range."),
          refused(
              Call.of("createStoragePool"),
              530,
              "Failed to add data store: Storage pool /export/primary already in use by another pod"
                  + " (id=1)"),
          refused(
              Call.of("updateConfiguration"), 431, "Config parameter with name x doesn't exist"),
          refused(
              Call.of("createPhysicalNetwork"),
              531,
              "Cannot create PhysicalNetwork since the Zone is currently enabled, zone: x"),
          refused(
              Call.of("addTrafficType"),
              530,
              "This physical network already supports the traffic type: Guest"),
          refused(
              Call.of("deletePod"),
              530,
              "The pod cannot be deleted because there are private IP addresses allocated in this"
                  + " pod."),
          refused(
              Call.of("updateZone"),
              431,
              "Cannot enable this Zone since: Unable to find the default physical network"),
          new Seen.Step("90-backup", "no space"));

  /** A remedy that names a step names one that there is. */
  @Test
  void stepsAreThoseThatThereAre() throws IOException {
    TreeSet<String> steps = new TreeSet<>();
    try (Stream<Path> files = Files.walk(TEMPLATES)) {
      files
          .filter(file -> String.valueOf(file.getParent()).endsWith("firstboot"))
          .map(file -> String.valueOf(file.getFileName()).replaceAll("\\.sh(\\.j2)?$", ""))
          .forEach(steps::add);
    }
    assertThat(
            Troubles.TABLE.stream()
                .flatMap(row -> STEP.matcher(row.cause() + " " + row.remedy()).results())
                .map(match -> match.group()))
        .isNotEmpty()
        .isSubsetOf(steps);
  }

  /** The table of docs/troubleshooting.md is the same one. */
  @Test
  void eachIsInTheDocumentation() throws IOException {
    String text = Files.readString(Path.of("docs/troubleshooting.md"));
    String section = text.substring(text.indexOf("## The cloud does not come up"));
    assertThat(
            Pattern.compile("^\\| `([a-z-]+)` \\|", Pattern.MULTILINE)
                .matcher(section)
                .results()
                .map(match -> match.group(1)))
        .containsExactlyInAnyOrderElementsOf(Troubles.TABLE.stream().map(Row::name).toList());
  }
}
