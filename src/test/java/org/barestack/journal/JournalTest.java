package org.barestack.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.barestack.testing.Properties.forAll;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.barestack.model.InstallId;
import org.barestack.model.Journal;
import org.barestack.model.Journal.Decision;
import org.barestack.model.MacAddress;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.Subject;
import org.barestack.testing.InMemoryJournal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What every journal must do, in memory or on disk. */
@ParameterizedClass(name = "{0}")
@MethodSource("journals")
@SuppressWarnings("NullAway.Init")
class JournalTest {
  private static final Subject KVM1 = new Subject.OfNode(new NodeName("kvm1"));
  private static final Subject KVM2 = new Subject.OfNode(new NodeName("kvm2"));
  private static final InstallId INSTALL = new InstallId("bsabcdefghij");

  @Parameter Function<Path, Journal> open;
  @TempDir Path folder;
  private Journal journal;

  static Stream<Named<Function<Path, Journal>>> journals() {
    return Stream.of(
        Named.of("in memory", folder -> new InMemoryJournal()),
        Named.of("SQLite", folder -> SqliteJournal.open(folder.resolve("journal.db"))));
  }

  @BeforeEach
  void open() {
    journal = open.apply(folder);
  }

  @AfterEach
  void close() {
    journal.close();
  }

  static NodeEvent event(Subject subject, Kind kind, Map<String, String> detail) {
    return NodeEvent.of(Instant.parse("2026-01-01T00:00:00Z"), subject, kind, INSTALL, detail);
  }

  @Test
  void beginsEmpty() {
    assertThat(journal.events(KVM1)).isEmpty();
    assertThat(journal.since(0)).isEmpty();
  }

  @Test
  void numbersEventsInTheOrderTheyCame() {
    NodeEvent first = event(KVM1, Kind.INSTALL_OPENED, Map.of("token", "x"));
    NodeEvent second = event(KVM2, Kind.FETCHED, Map.of());
    NodeEvent third = event(KVM1, Kind.INSTALL_FINISHED, Map.of());
    Stream.of(first, second, third).forEach(journal::append);
    assertThat(journal.events(KVM1)).containsExactly(first.at(1), third.at(3));
    assertThat(journal.since(0)).containsExactly(first.at(1), second.at(2), third.at(3));
    assertThat(journal.since(2)).containsExactly(third.at(3));
    assertThat(journal.since(3)).isEmpty();
  }

  @Test
  void decidesOnTheMachinesOwnHistory() {
    journal.append(event(KVM2, Kind.FORGOTTEN, Map.of()));
    journal.append(event(KVM1, Kind.FETCHED, Map.of()));
    String answer =
        journal.decide(
            KVM1,
            events ->
                new Decision<>(
                    List.of(
                        event(KVM1, Kind.INSTALL_FAILED, Map.of("seen", "" + events.size())),
                        event(KVM1, Kind.FORGOTTEN, Map.of())),
                    "answer"));
    assertThat(answer).isEqualTo("answer");
    assertThat(journal.since(2))
        .containsExactly(
            event(KVM1, Kind.INSTALL_FAILED, Map.of("seen", "1")).at(3),
            event(KVM1, Kind.FORGOTTEN, Map.of()).at(4));
  }

  @Test
  void aDecisionThatThrowsLeavesNothing() {
    IllegalStateException thrown = new IllegalStateException("no");
    assertThatThrownBy(() ->
            journal.decide(
                KVM1,
                events -> {
                  throw thrown;
                }))
        .isSameAs(thrown);
    journal.append(event(KVM1, Kind.FORGOTTEN, Map.of()));
    assertThat(journal.since(0)).hasSize(1);
  }

  @Test
  void nobodyComesBetweenADecisionAndItsOutcome() throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> answers =
          IntStream.range(0, 400)
              .mapToObj(i -> threads.submit(() -> appendOnce(journal, KVM1, i / 4)))
              .toList();
      int appended = 0;
      for (Future<Boolean> answer : answers) {
        appended += answer.get() ? 1 : 0;
      }
      assertThat(appended).isEqualTo(100);
    }
    assertThat(journal.events(KVM1))
        .hasSize(100)
        .extracting(NodeEvent::detail)
        .doesNotHaveDuplicates();
  }

  /** Appends number {@code n} to the subject's history unless it stands there already. */
  static boolean appendOnce(Journal journal, Subject subject, int n) {
    Map<String, String> detail = Map.of("n", Integer.toString(n));
    return journal.decide(
        subject,
        events ->
            events.stream().anyMatch(event -> event.detail().equals(detail))
                ? new Decision<>(List.of(), false)
                : new Decision<>(List.of(event(subject, Kind.FETCHED, detail)), true));
  }

  @Test
  void whoReadsWhatIsNewDoesNotWaitForADecision() {
    journal.append(event(KVM2, Kind.FETCHED, Map.of()));

    List<NodeEvent> seen =
        journal.decide(
            KVM1,
            events -> {
              try (var other = Executors.newSingleThreadExecutor()) {
                return new Decision<>(
                    List.of(), other.submit(() -> journal.since(0)).get(10, TimeUnit.SECONDS));
              } catch (InterruptedException | ExecutionException | TimeoutException e) {
                throw new AssertionError(e);
              }
            });

    assertThat(seen).hasSize(1);
  }

  @Test
  void pinsTheFirstText() throws Exception {
    assertThat(journal.pin(INSTALL, "kickstart", () -> "first")).isEqualTo("first");
    assertThat(journal.pin(INSTALL, "kickstart", () -> "second")).isEqualTo("first");
    assertThat(journal.pin(INSTALL, "user-data", () -> "")).isEmpty();
    assertThat(journal.pin(new InstallId("bsaaaaaaaaaa"), "kickstart", () -> "third"))
        .isEqualTo("third");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> texts =
          IntStream.range(0, 50)
              .mapToObj(i -> threads.submit(() -> journal.pin(INSTALL, "race", () -> "text " + i)))
              .toList();
      for (Future<String> text : texts) {
        assertThat(text.get()).isEqualTo(texts.getFirst().get());
      }
    }
  }

  @Test
  void givesBackWhatItWasGiven() {
    List<NodeEvent> given = new ArrayList<>();
    forAll(
        100,
        random -> {
          NodeEvent event = randomEvent(random);
          journal.append(event);
          given.add(event.at(given.size() + 1));
          assertThat(journal.since(given.size() - 1)).containsExactly(given.getLast());
          assertThat(journal.events(event.subject())).endsWith(given.getLast());
        });
    assertThat(journal.since(0)).isEqualTo(given);
  }

  private static NodeEvent randomEvent(SplittableRandom random) {
    Map<String, String> detail = new TreeMap<>();
    for (int i = random.nextInt(5); i > 0; i--) {
      int longest = random.nextInt(20) == 0 ? 100_000 : 50;
      detail.put(randomText(random, longest), randomText(random, longest));
    }
    byte[] mac = new byte[6];
    random.nextBytes(mac);
    return NodeEvent.of(
        Instant.ofEpochSecond(random.nextLong(4_000_000_000L), random.nextInt(1_000_000_000)),
        random.nextBoolean() ? KVM1 : new Subject.OfStranger(MacAddress.of(mac)),
        List.of(Kind.values()).get(random.nextInt(Kind.values().length)),
        random.nextBoolean() ? null : INSTALL,
        detail);
  }

  /** Any Unicode text: NUL, quotes, emoji, unassigned. */
  private static String randomText(SplittableRandom random, int longest) {
    int bound = random.nextBoolean() ? 0x80 : Character.MAX_CODE_POINT + 1;
    StringBuilder text = new StringBuilder();
    random
        .ints(random.nextInt(longest + 1), 0, bound)
        .filter(point -> Character.getType(point) != Character.SURROGATE)
        .forEach(text::appendCodePoint);
    return text.toString();
  }
}
