package org.barestack.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.barestack.cloud.Diagnosis;
import org.barestack.cloud.Membership.Answer;
import org.barestack.command.PermitGuard.Verdict;
import org.barestack.model.InstallId;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.NodeState;
import org.barestack.model.Phase;
import org.barestack.model.Subject;
import org.barestack.model.Token;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PermitGuardTest {
  private static final NodeName MGMT = new NodeName("mgmt1");
  private static final Diagnosis WHY = new Diagnosis("silence", "nobody answers", "wait");
  private static final Answer UNKNOWN = new Answer.Unknown(WHY);

  /** A management node's life, one letter an event, the install counted up by each {@code O}. */
  private static List<NodeEvent> life(String letters) {
    List<NodeEvent> events = new ArrayList<>();
    Random random = new Random(7);
    InstallId install = InstallId.fresh("lab", MGMT, random);
    for (int i = 0; i < letters.length(); i++) {
      char letter = letters.charAt(i);
      Map<String, String> detail = new HashMap<>();
      Kind kind =
          switch (letter) {
            case 'O' -> Kind.INSTALL_OPENED;
            case 'I' -> Kind.IMAGE_SEEDED;
            case 'C' -> Kind.CLAIM_GRANTED;
            case 'X' -> Kind.CLAIM_REFUSED;
            case 'F' -> Kind.FOUND_INSTALLED;
            case 'P' -> Kind.INSTALL_PROGRESS;
            case 'E' -> Kind.INSTALL_FINISHED;
            case 'B' -> Kind.INSTALL_FAILED;
            case 'S' -> Kind.STEP_STARTED;
            case 'G' -> Kind.SECRETS_GRANTED;
            case 'D' -> Kind.CONFIGURED;
            case 'R' -> Kind.READY;
            case 'W', 'V' -> Kind.REINSTALL_ORDERED;
            default -> Kind.FORGOTTEN;
          };
      if (kind == Kind.INSTALL_OPENED || kind == Kind.IMAGE_SEEDED) {
        install = InstallId.fresh("lab", MGMT, random);
        detail.put("token", Token.fresh(random).secret());
      }
      if (kind == Kind.CLAIM_GRANTED) {
        detail.put("disks", "serial-1");
      }
      if (letter == 'W' || letter == 'V') {
        detail.put("wipe", "serial-1");
      }
      if (letter == 'V') {
        detail.put("restore", "lab.cms");
        detail.put("restore.octets", "7");
        detail.put("restore.sha256", "0".repeat(64));
      }
      events.add(
          NodeEvent.of(Instant.EPOCH, new Subject.OfNode(MGMT), kind, install, detail)
              .at(events.size() + 1));
    }
    return events;
  }

  @ParameterizedTest
  @CsvSource({
    // a site that never had secrets has no cloud: a rehearsal
    "false, '', false",
    "false, OCPESDR, false",
    "false, OCPEGSDR, true",
    // a lost journal, or a management node of which nothing is known
    "true, '', true",
    "true, N, true",
    "true, OF, true",
    "true, OFS, true",
    "true, OCF, true",
    // on its way through its first install; what is on the disk before the claim is not known
    "true, O, true",
    "true, OC, false",
    "true, OCP, false",
    "true, OCPE, false",
    "true, OCPEG, false",
    "true, OCPEGS, false",
    "true, OCPEGSD, true",
    "true, OCPEGSDR, true",
    // a step that runs again after its end
    "true, OCPEGSDS, true",
    // refused or failed: the old system may be there
    "true, OX, true",
    "true, OCB, true",
    // ordered anew: the old one runs until its disk is claimed
    "true, OCPEGSDRW, true",
    "true, OCPEGSDRWO, true",
    "true, OCPEGSDRWOC, false",
    "true, OCPEGSDRWOCPES, false",
    "true, OCPEGSDRWOCPESD, true",
    // a backup brings the old cloud back, with all its hosts
    "true, OCPEGSDRVOC, true",
    "true, OCPEGSDRVOCPES, true",
    // an image may not have been started yet
    "true, I, true",
    "true, IS, false",
    "true, ISD, true",
  })
  void whetherThereMayBeACloud(boolean secrets, String life, boolean may) {
    assertThat(PermitGuard.mayHaveCloud(secrets, life(life))).isEqualTo(may);
  }

  @Test
  void theRule() {
    for (boolean may : new boolean[] {false, true}) {
      assertThat(PermitGuard.verdict(new Answer.NotCounted(), may)).isEqualTo(new Verdict.Free());
      assertThat(PermitGuard.verdict(new Answer.Counted("Up"), may))
          .isEqualTo(new Verdict.Counted("Up"));
    }
    assertThat(PermitGuard.verdict(UNKNOWN, true)).isEqualTo(new Verdict.Unknown(WHY));
    assertThat(PermitGuard.verdict(UNKNOWN, false)).isEqualTo(new Verdict.Free());
  }

  /**
   * A cloud comes with the end of the steps, and goes with a claim on its disk, or with the first
   * words of an image in its place; a backup brings it back.
   */
  @Test
  void noRandomLifeHidesACloud() {
    Random random = new Random(42);
    char[] letters = "OOCCIXFPEBSGDRWWVN".toCharArray();
    int hidden = 0;
    for (int walk = 0; walk < 20_000; walk++) {
      char[] life = new char[random.nextInt(14)];
      for (int i = 0; i < life.length; i++) {
        life[i] = letters[random.nextInt(letters.length)];
      }
      List<NodeEvent> events = life(new String(life));
      boolean may = PermitGuard.mayHaveCloud(true, events);
      if (hasCloud(events)) {
        assertThat(may).as(Arrays.toString(life)).isTrue();
      }
      hidden += may ? 0 : 1;
    }
    assertThat(hidden).as("the walk also comes where there is none").isGreaterThan(100);
  }

  private static boolean hasCloud(List<NodeEvent> events) {
    NodeState state = NodeState.NEW;
    boolean cloud = false;
    for (NodeEvent event : events) {
      NodeState next = state.after(event);
      boolean moved = next.phase() != state.phase();
      NodeState.Install install = next.install();
      switch (next.phase()) {
        case CONFIGURED, READY -> cloud = true;
        case CLAIMED -> cloud &= !moved;
        case CONFIGURING ->
            cloud &=
                !(moved && state.phase() == Phase.INSTALLED && install != null && install.image());
        default -> {}
      }
      state = next;
    }
    NodeState.Restore restore = state.restore();
    return cloud || restore != null;
  }
}
