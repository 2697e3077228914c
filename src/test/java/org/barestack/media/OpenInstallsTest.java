package org.barestack.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.barestack.model.Journal.Decision;
import org.barestack.model.MacAddress;
import org.barestack.model.Node;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.Site;
import org.barestack.model.Subject;
import org.barestack.render.MediumMenu.Machine;
import org.barestack.render.Renderer;
import org.barestack.testing.Examples;
import org.barestack.testing.InMemoryJournal;
import org.junit.jupiter.api.Test;

/** By what a medium's menu recognises machines. */
class OpenInstallsTest {
  private static final Site SITE = Examples.site("lab");
  private static final Node MGMT1 = SITE.managementNode();
  private static final Node KVM1 = SITE.nodes().getLast();
  private static final String ONE = "11223344-5566-7788-99aa-bbccddeeff00";
  private static final String TWO = "22223344-5566-7788-99aa-bbccddeeff00";

  private final InMemoryJournal journal = new InMemoryJournal();

  private void seen(MacAddress mac, String uuid, String serial) {
    Subject stranger = new Subject.OfStranger(mac);
    NodeEvent event =
        NodeEvent.of(
            Instant.parse("2026-01-01T00:00:00Z"),
            stranger,
            Kind.STRANGER_SEEN,
            null,
            Map.of("uuid", uuid, "serial", serial));
    journal.decide(stranger, _ -> new Decision<>(List.of(event), true));
  }

  private Set<Machine> of(Node node) {
    return new OpenInstalls(SITE, journal, new Renderer(List.of()))
        .machines()
        .getOrDefault(node.name(), Set.of());
  }

  @Test
  void whatWasSeenOfAMachineBeforeItBecameANode() {
    seen(MGMT1.bootMac(), ONE, "SN 1");
    seen(KVM1.bootMac(), TWO, "line\nbreak");
    assertThat(of(MGMT1)).containsExactly(new Machine(ONE, "SN 1"));
    assertThat(of(KVM1))
        .as("an odd serial number is left out")
        .containsExactly(new Machine(TWO, ""));
  }

  @Test
  void whatTwoMachinesSayTellsNeither() {
    seen(MGMT1.bootMac(), ONE, "1");
    seen(KVM1.bootMac(), ONE, "2");
    assertThat(of(MGMT1)).isEmpty();
    assertThat(of(KVM1)).isEmpty();
  }

  @Test
  void aUuidThatBoardMakersLeaveIsNone() {
    seen(MGMT1.bootMac(), "03000200-0400-0500-0006-000700080009", "To be filled by O.E.M.");
    seen(KVM1.bootMac(), "", "SN");
    assertThat(of(MGMT1)).isEmpty();
    assertThat(of(KVM1)).isEmpty();
  }
}
