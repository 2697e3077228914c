package org.barestack.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.barestack.testing.Properties.forAll;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.barestack.model.InstallId;
import org.barestack.model.MacAddress;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.Phase;
import org.barestack.model.Site;
import org.barestack.model.Subject;
import org.barestack.testing.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class WhyTest {
  private static final ZoneId AMSTERDAM = ZoneId.of("Europe/Amsterdam");
  private static final Subject KVM6 = new Subject.OfNode(new NodeName("kvm6"));
  private static final Subject STRANGER = new Subject.OfStranger(Lab.STRANGER);
  private static final InstallId INSTALL = new InstallId("bsaaaa222222");
  private static final String UEFI = "DHCP DISCOVER (UEFI X64 PXE)";

  /** Reports on the way, which decide nothing. */
  private static final Set<Kind> NO_DECISIONS =
      EnumSet.of(
          Kind.INSTALL_OPENED,
          Kind.INSTALL_PROGRESS,
          Kind.LOGS_KEPT,
          Kind.STEP_STARTED,
          Kind.STEP_FINISHED,
          Kind.CLOUD_APPLIED,
          Kind.RELEASE_IMPORTED);

  private final List<NodeEvent> events = new ArrayList<>();

  private void add(int second, Subject subject, Kind kind, String... pairs) {
    Map<String, String> detail = new TreeMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      detail.put(pairs[i], pairs[i + 1]);
    }
    events.add(
        new NodeEvent(
            events.size() + 1, Lab.START.plusSeconds(second), subject, kind, INSTALL, detail));
  }

  private void asked(int second, Subject subject, String asked, String answer, String reason) {
    add(second, subject, Kind.ASKED, "asked", asked, "answer", answer, "reason", reason);
  }

  /** What one machine does from the day it is unpacked: a stranger, then a node, three boots. */
  private void theWayOfAWorker() {
    Subject before = new Subject.OfStranger(new MacAddress("52:54:00:00:00:06"));
    asked(-90_000, before, "DHCP DISCOVER (network boot)", "", "no loader for architecture [6]");
    add(-86_400, before, Kind.STRANGER_SEEN, "client", "iPXE on UEFI x86_64");
    asked(0, KVM6, "DHCP DISCOVER (no network boot)", "", "no network-boot client: it wants none");
    for (int boot = 0; boot < 3; boot++) {
      int at = 60 + 120 * boot;
      asked(at, KVM6, UEFI, "OFFER without address, boots snponly.efi", "");
      asked(at + 1, KVM6, "TFTP for grubx64.efi", "", "Secure Boot loaders are not imported");
    }
    add(400, KVM6, Kind.INSTALL_OPENED, "token", Lab.TOKEN, "release", "9.7");
    String client = "iPXE on UEFI x86_64";
    add(400, KVM6, Kind.INSTALL_OFFERED, "client", client, "reason", "first install");
    add(401, KVM6, Kind.FETCHED, "file", "vmlinuz", "bytes", "1");
    String data = "sda (100 GiB, gpt xfs) is not blank; nothing was written";
    add(460, KVM6, Kind.CLAIM_REFUSED, "reason", data);
    String refused = "it is refused (" + data + "); to try again: barestack reinstall kvm6";
    for (int boot = 0; boot < 12; boot++) {
      add(500 + 100 * boot, KVM6, Kind.LOCAL_BOOT_OFFERED, "client", client, "reason", refused);
    }
    add(1800, KVM6, Kind.REINSTALL_ORDERED, "wipe", "serial:S1/1");
    add(1900, KVM6, Kind.INSTALL_OPENED, "token", Lab.TOKEN, "release", "9.7");
    add(1900, KVM6, Kind.INSTALL_OFFERED, "client", client, "reason", "reinstall ordered");
    add(1960, KVM6, Kind.CLAIM_GRANTED, "disks", "serial:S1/1", "reason", "it may be wiped");
    add(2000, KVM6, Kind.INSTALL_PROGRESS, "step", "packages");
    add(2400, KVM6, Kind.INSTALL_FINISHED);
    add(2460, KVM6, Kind.LOCAL_BOOT_OFFERED, "client", client, "reason", "it is installed");
    add(3000, KVM6, Kind.LOCAL_BOOT_OFFERED, "client", client, "reason", "it is installed");
    events.add(
        NodeEvent.of(
            Lab.START.plusSeconds(3100),
            KVM6,
            Kind.ASKED,
            null,
            Map.of("asked", UEFI, "answer", "OFFER without address", "repeats", "41")));
  }

  private static String text(Why why) {
    return why.text(AMSTERDAM);
  }

  @Test
  void goldens() throws Exception {
    Map<String, String> texts = new LinkedHashMap<>();
    theWayOfAWorker();
    Why worker = Why.of(Lab.site(), KVM6, events, Lab.NOW);
    texts.put("worker.txt", text(worker));
    texts.put(
        "worker.json",
        new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(worker.fields())
            + "\n");
    for (String node : List.of("mgmt1", "kvm1", "kvm2", "kvm3", "kvm4", "kvm5")) {
      texts.put(node + ".txt", text(of(node, Lab.events())));
    }
    texts.put("ready.txt", text(of("kvm1", Lab.cloudEvents())));
    texts.put("waits.txt", text(of("kvm2", Lab.cloudEvents())));
    texts.put("stranger.txt", text(Why.of(Lab.site(), STRANGER, Lab.events(), Lab.NOW)));
    Golden.check("org/barestack/status/why", texts);
  }

  private static Why of(String node, List<NodeEvent> events) {
    return Why.of(Lab.site(), new Subject.OfNode(new NodeName(node)), events, Lab.NOW);
  }

  @Test
  void whatNobodyHeardOfHasChecksOfItsMode() {
    assertThat(Why.of(Lab.site(), KVM6, List.of(), Lab.NOW).lines()).isEmpty();
    assertThat(Why.checks(Lab.site(), KVM6))
        .anyMatch(check -> check.contains("52:54:00:00:00:06"))
        .anyMatch(check -> check.contains("eno1 (192.168.50.5 in 192.168.50.0/24)"))
        .anyMatch(check -> check.contains("the mode is proxy"));
    assertThat(Why.checks(Lab.site(), STRANGER))
        .anyMatch(check -> check.contains(Lab.STRANGER.text()));
  }

  @Test
  void equalDecisionsAreFoldedButNotAcrossWhatChangesThings() {
    theWayOfAWorker();
    List<Why.Line> lines = Why.of(Lab.site(), KVM6, events, Lab.NOW).lines();
    assertThat(lines)
        .filteredOn(line -> line.asked().equals(UEFI))
        .extracting(Why.Line::times)
        .containsExactly(3, 42);
    assertThat(lines)
        .filteredOn(line -> line.answered().equals("sent to its own disk"))
        .extracting(Why.Line::times)
        .containsExactly(1, 12, 2);
  }

  /** Every event is a decision with words, or is known to be none. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void everyKindIsADecisionOrKnownToBeNone(Kind kind) {
    events.add(NodeEvent.of(Lab.START, KVM6, kind, null, Map.of()));
    List<Why.Line> lines = Why.of(Lab.site(), KVM6, events, Lab.NOW).lines();
    if (NO_DECISIONS.contains(kind)) {
      assertThat(lines).isEmpty();
    } else {
      assertThat(lines).hasSize(1);
      assertThat(lines.getFirst().asked()).matches("[a-zA-Z].*[^: ]");
      assertThat(lines.getFirst().answered()).matches("[a-z].*[^: ]");
    }
  }

  /** Where it stands, what is said to come, and that there is something to do if it does not. */
  @ParameterizedTest
  @EnumSource(Phase.class)
  void everyPhaseSaysWhatComesNext(Phase phase) {
    Site site = Lab.site();
    add(0, KVM6, Kind.INSTALL_OPENED, "token", Lab.TOKEN);
    add(1, KVM6, Kind.CLAIM_GRANTED, "disks", "x");
    switch (phase) {
      case ARMED -> events.clear();
      case BOOTING -> events.removeLast();
      case CLAIMED -> {}
      case INSTALLING -> add(2, KVM6, Kind.INSTALL_PROGRESS, "step", "packages");
      case INSTALLED -> add(2, KVM6, Kind.INSTALL_FINISHED);
      case CONFIGURING -> add(2, KVM6, Kind.STEP_STARTED, "step", "10-hosts");
      case CONFIGURED -> add(2, KVM6, Kind.CONFIGURED);
      case READY -> {
        add(2, KVM6, Kind.CONFIGURED);
        add(3, KVM6, Kind.READY);
      }
      case REFUSED -> add(2, KVM6, Kind.CLAIM_REFUSED, "reason", "not blank");
      case FAILED -> add(2, KVM6, Kind.INSTALL_FAILED, "reason", "no space");
    }
    for (Instant now : List.of(Lab.START.plusSeconds(5), Lab.NOW)) {
      Overview overview = Overview.of(site, Machines.NONE.after(events), now);
      assertThat(overview.nodes().getLast().phase()).isEqualTo(phase);
      Why why = Why.of(site, KVM6, events, now);
      assertThat(why.expected()).isNotEmpty();
      assertThat(why.remedy().isEmpty()).isEqualTo(phase == Phase.READY);
    }
  }

  @ParameterizedTest
  @CsvSource({"2026-01-01T23:30:00Z, 23:30:00", "2026-01-02T00:30:00Z, 2026-01-02 00:30:00"})
  void theEndOfAFoldHasItsDateWhereItIsAnother(Instant until, String shown) {
    asked(0, KVM6, "x", "y", "");
    events.add(NodeEvent.of(until, KVM6, Kind.ASKED, null, Map.of("asked", "x", "answer", "y")));
    assertThat(Why.of(Lab.site(), KVM6, events, until).text(ZoneId.of("UTC")))
        .contains(" ×2 until " + shown + "\n");
  }

  @Test
  void neverShowsATokenOrSteersATerminal() {
    forAll(
        1_000,
        random -> {
          String bad =
              random.ints(20, 0, 0x250).mapToObj(Character::toString).collect(Collectors.joining());
          List<Kind> kinds = List.of(Kind.values());
          Map<String, String> detail =
              List.of(
                      "reason", "remedy", "asked", "answer", "repeats", "step", "label", "file",
                      "client", "disks", "wipe", "peer")
                  .stream()
                  .collect(Collectors.toMap(key -> key, key -> bad));
          detail.put("token", Lab.TOKEN);
          NodeEvent event =
              NodeEvent.of(
                  Lab.START, KVM6, kinds.get(random.nextInt(kinds.size())), INSTALL, detail);
          Why why = Why.of(Lab.site(), KVM6, List.of(event), Lab.NOW);
          assertThat(why.fields().toString() + text(why)).doesNotContain(Lab.TOKEN);
          assertThat(text(why).lines()).allMatch(line -> line.matches("\\P{Cntrl}*"));
        });
  }
}
