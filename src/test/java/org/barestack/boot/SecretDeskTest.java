package org.barestack.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.barestack.boot.Machines.DISK;
import static org.barestack.boot.Machines.KVM1;
import static org.barestack.boot.Machines.SITE;
import static org.barestack.boot.Machines.report;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.barestack.model.Fingerprint;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.Phase;
import org.barestack.model.Subject;
import org.barestack.model.Token;
import org.barestack.testing.InMemoryJournal;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretDeskTest {
  private static final Subject NODE = new Subject.OfNode(KVM1.name());

  private final InMemoryJournal journal = new InMemoryJournal();
  private final BootDesk boot =
      new BootDesk(() -> SITE, journal, () -> Instant.EPOCH, new SecureRandom());
  private final SecretDesk desk = new SecretDesk(boot, journal, () -> Instant.EPOCH);
  private Token token = new Token("0".repeat(32));

  @BeforeEach
  void anInstallIsOpen() {
    token = open();
  }

  private Token open() {
    BootAnswer answer =
        boot.boot(new BootRequest(KVM1.bootMac(), "iPXE on UEFI", true, "uuid-1", "SN1", "QEMU"));
    return ((BootAnswer.Install) answer).install().token();
  }

  private void reach(Phase phase) {
    switch (phase) {
      case ARMED -> boot.reinstall(KVM1.name(), List.of());
      case BOOTING -> {}
      case CLAIMED -> boot.claim(token, report(DISK));
      case INSTALLING -> then(Phase.CLAIMED, Kind.INSTALL_PROGRESS);
      case INSTALLED -> then(Phase.CLAIMED, Kind.INSTALL_FINISHED);
      case CONFIGURING -> then(Phase.INSTALLED, Kind.STEP_STARTED);
      case CONFIGURED -> then(Phase.CONFIGURING, Kind.CONFIGURED);
      case READY -> then(Phase.CONFIGURED, Kind.READY);
      case REFUSED -> boot.claim(token, report());
      case FAILED -> then(Phase.CLAIMED, Kind.INSTALL_FAILED);
    }
    assertThat(boot.state(KVM1.name()).phase()).isEqualTo(phase);
  }

  private void then(Phase before, Kind kind) {
    reach(before);
    boot.report(token, kind, Map.of("step", "30-secrets"));
  }

  private static Fingerprint key(char name) {
    return new Fingerprint(Integer.toHexString(name % 16).repeat(64));
  }

  private String ask(char key) {
    SecretAnswer answer = desk.ask(token, key(key), "192.0.2." + (int) key);
    assertThat(answer.reason()).isNotBlank();
    return answer.getClass().getSimpleName();
  }

  private List<Kind> decided() {
    return journal.events(NODE).stream()
        .map(NodeEvent::kind)
        .filter(kind -> kind == Kind.SECRETS_GRANTED || kind == Kind.SECRETS_FROZEN)
        .toList();
  }

  /** Keys a, b, c ask in that order. */
  @ParameterizedTest
  @CsvSource({
    "ARMED,       a b,       NoInstall NoInstall,             ",
    "BOOTING,     a a b,     NotYet NotYet NotYet,            ",
    "CLAIMED,     a b,       NotYet NotYet,                   ",
    "INSTALLING,  a b,       NotYet NotYet,                   ",
    "REFUSED,     a b,       NotYet NotYet,                   ",
    "FAILED,      a b,       NotYet NotYet,                   ",
    "READY,       a b,       Never Never,                     ",
    "INSTALLED,   a a a,     Granted Granted Granted,         GRANTED GRANTED GRANTED",
    "CONFIGURING, a a,       Granted Granted,                 GRANTED GRANTED",
    "CONFIGURED,  a a,       Granted Granted,                 GRANTED GRANTED",
    "INSTALLED,   a b a b c, Granted Frozen Frozen Frozen Frozen, GRANTED FROZEN",
    "CONFIGURING, a b a c,   Granted Frozen Frozen Frozen,    GRANTED FROZEN",
    "CONFIGURED,  a a b a,   Granted Granted Frozen Frozen,   GRANTED GRANTED FROZEN",
  })
  void inEachPhase(Phase phase, String keys, String answers, String recorded) {
    reach(phase);
    List<String> got = new ArrayList<>();
    for (String key : keys.split(" ", -1)) {
      got.add(ask(key.charAt(0)));
    }
    assertThat(String.join(" ", got)).isEqualTo(answers);
    String kinds = String.join(" ", decided().stream().map(Kind::name).toList());
    assertThat(kinds.replace("SECRETS_", "")).isEqualTo(recorded == null ? "" : recorded);
  }

  /** What was found on a disk was not written under this token, so this token opens nothing. */
  @Test
  void aSystemThatWasOnlyFoundGetsNothing() {
    reach(Phase.INSTALLED);
    boot.forget(NODE);
    token = open();
    String label = journal.events(NODE).getFirst().install() + "";
    boot.claim(token, report(Machines.labelled(DISK, label)));
    assertThat(boot.state(KVM1.name()).phase()).isEqualTo(Phase.INSTALLED);
    assertThat(ask('a')).isEqualTo("NotYet");
  }

  @Test
  void theSameKeyUntilItIsReadyAndNoLonger() {
    reach(Phase.CONFIGURED);
    assertThat(ask('a')).isEqualTo("Granted");
    boot.report(token, Kind.READY, Map.of());
    assertThat(ask('a')).isEqualTo("Never");
    assertThat(ask('b')).isEqualTo("Never");
    assertThat(boot.state(KVM1.name()).frozen()).isFalse();
  }

  @Test
  void anAlarmOutlivesWhatTheNodeReportsAndEndsWithANewInstall() {
    reach(Phase.CONFIGURING);
    ask('a');
    ask('b');
    boot.report(token, Kind.STEP_FAILED, Map.of("step", "30-secrets", "reason", "refused"));
    assertThat(boot.state(KVM1.name()).frozen()).isTrue();
    boot.report(token, Kind.CONFIGURED, Map.of());
    boot.report(token, Kind.READY, Map.of());
    assertThat(boot.state(KVM1.name()).frozen()).isTrue();
    assertThat(ask('a')).isEqualTo("Frozen");
    boot.reinstall(KVM1.name(), List.of(DISK));
    assertThat(boot.state(KVM1.name()).frozen()).isFalse();
    assertThat(ask('a')).isEqualTo("NoInstall");
    token = open();
    reach(Phase.CONFIGURING);
    assertThat(ask('b')).isEqualTo("Granted");
    assertThat(ask('a')).isEqualTo("Frozen");
  }

  @Test
  void theAlarmSaysWhoAskedAndWhatToDo() {
    reach(Phase.CONFIGURING);
    ask('a');
    ask('b');
    NodeEvent alarm = journal.events(NODE).getLast();
    assertThat(alarm.kind()).isEqualTo(Kind.SECRETS_FROZEN);
    assertThat(alarm.detail())
        .containsEntry("key", key('b').text())
        .containsEntry("peer", "192.0.2.98");
    assertThat(alarm.detail().get("reason"))
        .contains(key('a').brief(), key('b').brief(), "192.0.2.98")
        .contains("barestack reinstall kvm1 --wipe");
  }

  @Test
  void ofManyKeysAtOnceOneGetsThemAtMost() throws Exception {
    reach(Phase.CONFIGURING);
    List<Callable<String>> asking = new ArrayList<>();
    for (char key = 'a'; key <= 'h'; key++) {
      char one = key;
      asking.add(() -> ask(one));
    }
    try (var threads = Executors.newFixedThreadPool(8)) {
      List<String> answers = new ArrayList<>();
      for (var answer : threads.invokeAll(asking)) {
        answers.add(answer.get());
      }
      assertThat(answers).containsOnlyOnce("Granted").containsOnly("Granted", "Frozen");
    }
    assertThat(decided()).containsExactly(Kind.SECRETS_GRANTED, Kind.SECRETS_FROZEN);
  }
}
