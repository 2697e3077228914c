package org.barestack.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeName;
import org.barestack.model.Phase;
import org.barestack.model.Subject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PhaseTimesTest {
  private static PhaseTimes of(List<NodeEvent> events, String node) {
    Subject subject = new Subject.OfNode(new NodeName(node));
    return PhaseTimes.of(
        events.stream().filter(event -> event.subject().equals(subject)).toList(), Lab.START);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "kvm2 | booting 10.0 s, claimed 45.0 s, installing 90.0 s",
        "kvm3 | booting 3600.0 s",
        "kvm5 | booting 30.0 s, claimed 65.0 s, installed 6930.0 s",
        "kvm6 | it was not heard of",
        "kvm1 | booting 0.0 s, refused 60.0 s: sda (100 GiB, serial S1, gpt xfs) is not blank;"
            + " nothing was written",
      })
  void aLineHasThePhasesInTheirOrder(String node, String line) {
    assertThat(of(Lab.events(), node).text()).isEqualTo(line);
  }

  @Test
  void theLastPhaseIsWhereItStands() {
    assertThat(of(Lab.cloudEvents(), "kvm1").last()).isEqualTo(Phase.READY);
    assertThat(of(List.of(), "kvm1").last()).isEqualTo(Phase.ARMED);
  }

  @Test
  void whatAMachineSaysSteersNoTerminal() {
    assertThat(of(Lab.events(), "kvm4").text())
        .endsWith("failed 200.0 s: no space ?[2Jleft on sda");
  }
}
