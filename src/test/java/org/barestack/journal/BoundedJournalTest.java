package org.barestack.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.barestack.model.MacAddress;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.Subject;
import org.barestack.model.TooManyEventsException;
import org.barestack.testing.InMemoryJournal;
import org.barestack.testing.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BoundedJournalTest {
  private static final Subject KVM1 = new Subject.OfNode(new NodeName("kvm1"));
  private static final Subject KVM2 = new Subject.OfNode(new NodeName("kvm2"));

  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final List<String> told = new ArrayList<>();
  private final InMemoryJournal all = new InMemoryJournal();
  private final BoundedJournal journal = new BoundedJournal(all, () -> now, told::add);

  private NodeEvent event(Subject subject, Kind kind, String word) {
    return NodeEvent.of(now, subject, kind, null, Map.of("step", word));
  }

  private static Subject stranger(int number) {
    return new Subject.OfStranger(
        new MacAddress(
            "02:00:00:%02x:%02x:%02x".formatted(number >> 16, number >> 8 & 255, number & 255)));
  }

  @Test
  void strangersFillNoDisk() {
    for (int i = 0; i < 50_000; i++) {
      journal.append(event(stranger(i), Kind.STRANGER_SEEN, "x".repeat(i % 2 * 700)));
    }
    assertThat(all.since(0)).hasSizeBetween(300, 1200);
    assertThat(told)
        .hasSize(50_000 - all.since(0).size())
        .last()
        .asString()
        .contains("unknown machines");
    journal.append(event(KVM1, Kind.INSTALL_PROGRESS, "packages"));
    assertThat(all.events(KVM1)).hasSize(1);

    now = now.plus(Duration.ofHours(1));
    int before = all.since(0).size();
    for (int i = 0; i < 50_000; i++) {
      journal.append(event(stranger(i), Kind.STRANGER_SEEN, ""));
    }
    assertThat(all.since(0).size() - before).isBetween(200, 400);
  }

  @ParameterizedTest
  @EnumSource(names = {"FETCHED", "LOCAL_BOOT_OFFERED"})
  void whatOnlyShowsIsLeftOutAndStillAnswered(Kind kind) {
    for (int i = 0; i < 10_000; i++) {
      journal.append(event(KVM1, kind, "x"));
    }
    assertThat(all.events(KVM1)).hasSizeBetween(100, 300);
    journal.append(event(KVM2, kind, "x"));
    assertThat(all.events(KVM2)).hasSize(1);
  }

  @Test
  void aReportTooManyIsRefusedAndTakenLater() {
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 10_000; i++) {
                journal.append(event(KVM1, Kind.STEP_FAILED, "10-network"));
              }
            })
        .isInstanceOf(TooManyEventsException.class)
        .hasMessageContaining("kvm1 reports too much");
    int before = all.since(0).size();
    assertThat(before).isBetween(1000, 3000);
    journal.append(event(KVM2, Kind.CONFIGURED, ""));

    now = now.plus(Duration.ofMinutes(1));
    journal.append(event(KVM1, Kind.CONFIGURED, ""));
    assertThat(all.events(KVM1)).last().returns(Kind.CONFIGURED, NodeEvent::kind);
  }

  /** 256 disks, each with more to say than any has. */
  @Test
  void theLargestClaimIsTaken() {
    journal.append(event(KVM1, Kind.CLAIM_REFUSED, "x".repeat(256 * 1024)));
    journal.append(event(KVM1, Kind.CLAIM_GRANTED, "x".repeat(256 * 1024)));
    assertThat(all.events(KVM1)).hasSize(2);
  }

  private NodeEvent asked(Subject subject, String what) {
    return NodeEvent.of(
        now, subject, Kind.ASKED, null, Map.of("asked", what, "reason", "no loader"));
  }

  /** DHCP clients repeat themselves by the second, and alternate. */
  @Test
  void whatIsAskedAgainIsRecordedOnceAMinuteAndCounted() {
    for (int i = 0; i < 150; i++) {
      journal.append(asked(KVM1, "DHCP DISCOVER"));
      journal.append(asked(KVM1, "DHCP REQUEST"));
      now = now.plusSeconds(1);
    }
    assertThat(all.events(KVM1))
        .filteredOn(event -> event.detail().containsValue("DHCP DISCOVER"))
        .extracting(event -> event.detail().getOrDefault("repeats", "0"))
        .containsExactly("0", "59", "59");
    assertThat(all.events(KVM1)).hasSize(6);
    assertThat(told).isEmpty();
    journal.append(asked(KVM2, "DHCP DISCOVER"));
    assertThat(all.events(KVM2)).hasSize(1);
  }

  @Test
  void questionsFillNoDiskAndTakeNothingFromReports() {
    for (int i = 0; i < 20_000; i++) {
      journal.append(asked(KVM1, "TFTP for " + i));
      journal.append(asked(stranger(i), "DHCP DISCOVER"));
    }
    assertThat(all.events(KVM1)).hasSizeBetween(60, 150);
    assertThat(all.since(0)).hasSizeBetween(300, 1400);
    journal.append(event(KVM1, Kind.FETCHED, "kickstart"));
    journal.append(event(KVM1, Kind.CONFIGURED, ""));
    assertThat(all.events(KVM1))
        .extracting(NodeEvent::kind)
        .endsWith(Kind.FETCHED, Kind.CONFIGURED);
  }

  @Test
  void aClockThatIsSetBackEndsNoCount() {
    journal.append(asked(KVM1, "x"));
    now = now.minus(Duration.ofDays(1));
    journal.append(asked(KVM1, "x"));
    journal.append(asked(KVM1, "x"));
    assertThat(all.events(KVM1)).hasSize(2);
  }

  @Test
  void operatorsAreNeverRefused() {
    for (int i = 0; i < 5000; i++) {
      journal.append(event(KVM1, Kind.REINSTALL_ORDERED, "x".repeat(1000)));
    }
    assertThat(all.events(KVM1)).hasSize(5000);
  }

  @Test
  void whateverComesADayHasABound() {
    Properties.forAll(
        20,
        random -> {
          Allowance allowance = new Allowance(random.nextInt(1, 5000), random.nextInt(1, 5000));
          Instant[] clock = {now};
          InstantSource source = () -> clock[0];
          Allowance.Left left = new Allowance.Left(allowance, source);
          long taken = 0;
          for (int i = 0; i < 2000; i++) {
            // Clocks are set back, too.
            clock[0] = clock[0].plusSeconds(random.nextInt(-5, 60));
            int octets = random.nextInt(1, 2000);
            taken += left.take(octets) ? octets : 0;
          }
          assertThat(taken).isLessThanOrEqualTo(allowance.burst() + 2000L * allowance.perMinute());
        });
  }
}
