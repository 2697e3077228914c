package org.barestack.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.barestack.testing.Properties.forAll;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.barestack.model.InstallId;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.Octets;
import org.barestack.model.PlainText;
import org.barestack.model.Subject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StatusTest {
  private static final Path GOLDEN = Path.of("src/test/resources/org/barestack/status");
  private static final ZoneId AMSTERDAM = ZoneId.of("Europe/Amsterdam");
  private static final Subject KVM1 = new Subject.OfNode(new NodeName("kvm1"));

  @Test
  void overview() throws IOException {
    assertThat(OverviewText.of(Lab.overview(), Integer.MAX_VALUE, false))
        .isEqualTo(Files.readString(GOLDEN.resolve("overview.txt")));
  }

  @Test
  void overviewIn80Columns() throws IOException {
    String text = OverviewText.of(Lab.overview(), 80, false);
    assertThat(text).isEqualTo(Files.readString(GOLDEN.resolve("overview-80.txt")));
    assertThat(text.lines().limit(9).skip(2)).allMatch(line -> line.length() <= 80);
  }

  @Test
  void overviewBeforeTheFirstEvent() throws IOException {
    assertThat(OverviewText.of(Overview.of(Lab.site(), Machines.NONE, Lab.NOW), 120, true))
        .isEqualTo(Files.readString(GOLDEN.resolve("overview-new.txt")));
  }

  @Test
  void overviewOfACloud() throws IOException {
    assertThat(OverviewText.of(Lab.cloud(), 100, false))
        .isEqualTo(Files.readString(GOLDEN.resolve("overview-cloud.txt")));
    assertThat(Lab.cloud().fields())
        .extracting("cloud")
        .hasToString("{at=2026-01-01T13:56:40Z, waiting=2 system VMs, faults=no KVM; install it}");
  }

  /** What was told of the cloud of an earlier install says nothing of this one. */
  @Test
  void aCloudOfAnEarlierInstallIsNotShown() {
    NodeEvent again =
        NodeEvent.of(
            Lab.NOW,
            new Subject.OfNode(new NodeName("mgmt1")),
            Kind.REINSTALL_ORDERED,
            null,
            Map.of());
    Machines machines = Machines.NONE.after(Lab.cloudEvents()).after(List.of(again));
    Overview overview = Overview.of(Lab.site(), machines, Lab.NOW);
    assertThat(overview.cloudLine()).isEmpty();
    assertThat(overview.fields()).extracting("cloud").isNull();
    assertThat(overview.nodes().get(3).reason())
        .isEqualTo("all steps done; waits for mgmt1, which is armed");
  }

  @Test
  void aStepThatFailedSaysWhatToDo() {
    List<NodeEvent> events = new ArrayList<>(Lab.events());
    Subject mgmt1 = new Subject.OfNode(new NodeName("mgmt1"));
    for (Kind kind : List.of(Kind.STEP_STARTED, Kind.STEP_FAILED)) {
      events.add(
          NodeEvent.of(
              Lab.NOW,
              mgmt1,
              kind,
              new InstallId("bsaaaa222222"),
              Map.of("step", "10-hosts-check", "reason", "hostname --fqdn says mgmt1")));
    }
    Overview overview = Overview.of(Lab.site(), Machines.NONE.after(events), Lab.NOW);
    Overview.Row row =
        overview.nodes().stream()
            .filter(one -> one.name().text().equals("mgmt1"))
            .findFirst()
            .orElseThrow();
    assertThat(row.reason()).isEqualTo("10-hosts-check failed: hostname --fqdn says mgmt1");
    assertThat(row.next()).contains("/etc/hosts");
  }

  @Test
  void eventsOfACloud() throws IOException {
    assertThat(
            Lab.cloudEvents().stream()
                .map(event -> EventText.line(event, AMSTERDAM) + "\n")
                .collect(Collectors.joining()))
        .isEqualTo(Files.readString(GOLDEN.resolve("events-cloud.txt")));
  }

  @Test
  void colourIsAllThatColourAdds() {
    String plain = OverviewText.of(Lab.overview(), 80, false);
    String coloured = OverviewText.of(Lab.overview(), 80, true);
    assertThat(plain).doesNotContain("\033");
    assertThat(coloured).contains("  \033[31mrefused\033[0m  ", "  \033[31mfrozen\033[0m  ");
    assertThat(coloured.replaceAll("\033\\[[0-9]+m", "")).isEqualTo(plain);
  }

  @Test
  void overviewForPrograms() throws IOException {
    assertThat(
            new ObjectMapper()
                    .writerWithDefaultPrettyPrinter()
                    .writeValueAsString(Lab.overview().fields())
                + "\n")
        .isEqualTo(Files.readString(GOLDEN.resolve("overview.json")));
  }

  @Test
  void events() throws IOException {
    assertThat(
            Lab.events().stream()
                .map(event -> EventText.line(event, AMSTERDAM) + "\n")
                .collect(Collectors.joining()))
        .isEqualTo(Files.readString(GOLDEN.resolve("events.txt")));
  }

  @Test
  void installs() throws IOException {
    List<NodeEvent> mgmt1 =
        Lab.events().stream().filter(event -> event.subject().toString().equals("mgmt1")).toList();
    assertThat(InstallSummary.of(mgmt1).stream().map(InstallSummary::text))
        .containsExactly(Files.readString(GOLDEN.resolve("install.txt")));
    assertThat(InstallSummary.of(mgmt1).getFirst().duration()).isEqualTo(Duration.ofSeconds(7000));
    assertThat(InstallSummary.of(List.of())).isEmpty();
  }

  @Test
  void foldsWhatCameSince() {
    List<NodeEvent> events = Lab.events();
    Machines half = Machines.NONE.after(events.subList(0, 17));
    assertThat(half.after(events.subList(17, events.size())))
        .isEqualTo(Machines.NONE.after(events));
  }

  @Test
  void forgetsStrangers() {
    NodeEvent forgotten =
        NodeEvent.of(Lab.NOW, new Subject.OfStranger(Lab.STRANGER), Kind.FORGOTTEN, null, Map.of());
    Machines machines = Machines.NONE.after(Lab.events()).after(List.of(forgotten));
    assertThat(Overview.of(Lab.site(), machines, Lab.NOW).strangers()).isEmpty();
  }

  /** A kind without its details is still a sentence. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void everyKindHasWords(Kind kind) {
    String line = EventText.line(NodeEvent.of(Lab.NOW, KVM1, kind, null, Map.of()), AMSTERDAM);
    assertThat(line)
        .startsWith("2026-01-01 15:00:00  kvm1               ")
        .matches(".*[a-z]")
        .doesNotContain(": :");
  }

  @Test
  void neverShowsATokenOrSteersATerminal() {
    forAll(
        2_000,
        random -> {
          NodeEvent event = hostile(random);
          Machines machines = Machines.NONE.after(List.of(opened(), event));
          Overview overview = Overview.of(Lab.site(), machines, Lab.NOW);
          List<String> shown = new ArrayList<>();
          shown.add(EventText.line(event, AMSTERDAM));
          shown.add(EventText.fields(event).toString());
          shown.add(overview.fields().toString());
          shown.add(OverviewText.of(overview, random.nextInt(200), false));
          InstallSummary.of(List.of(opened(), event)).forEach(one -> shown.add(one.text()));
          assertThat(shown).noneMatch(text -> text.contains(Lab.TOKEN));
          assertThat(shown.get(0)).matches("\\P{Cntrl}*");
          assertThat(shown.get(3).lines()).allMatch(line -> line.matches("(\\P{Cntrl}*\\S)?"));
        });
  }

  private static NodeEvent opened() {
    return event(Kind.INSTALL_OPENED, Map.of("token", Lab.TOKEN));
  }

  private static NodeEvent event(Kind kind, Map<String, String> detail) {
    return NodeEvent.of(Lab.START, KVM1, kind, new InstallId("bsaaaa222222"), detail);
  }

  private static NodeEvent hostile(SplittableRandom random) {
    List<Kind> kinds = List.of(Kind.values());
    String bad =
        random.ints(20, 0, 0x250).mapToObj(Character::toString).collect(Collectors.joining());
    Map<String, String> detail =
        List.of(
                "reason", "remedy", "waiting", "faults", "changes", "step", "label", "file",
                "bytes", "client", "serial", "disks")
            .stream()
            .collect(Collectors.toMap(key -> key, key -> bad));
    detail.put("token", Lab.TOKEN);
    detail.put("disk.0.name", bad);
    detail.put("disk.0.size", random.nextBoolean() ? "1" : bad);
    return event(kinds.get(random.nextInt(kinds.size())), detail);
  }

  @ParameterizedTest(name = "{0}: {2}")
  @CsvSource(
      delimiter = '|',
      value = {
        "anaconda.log       | 1:00 INF a~1:01 ERR storage: b~1:02 DBG errors: 0~1:03 CRT c | 1:01"
            + " ERR storage: b~1:03 CRT c",
        "packaging.log      | 1:00 INF fine | ''",
        "program.log        | sh: error: one~sh: error: two~sh: error: three | sh: error: two~sh:"
            + " error: three",
        "anaconda.log       | Traceback (most recent call last):~  a~pyanaconda.X.SomeError: full |"
            + " Traceback (most recent call last):~pyanaconda.X.SomeError: full",
        "barestack-post.log | one~~two~ ~three~ | two~three",
        "barestack-post.log | curl: error: x~two | curl: error: x",
        "firstboot-20-a.log | '' | ''",
        "syslog             | a\033[2J failed: it | a?[2J failed: it",
      })
  void tellingLines(String name, String log, String lines) {
    assertThat(String.join("~", LogLines.telling(name, log.replace("~", "\n"), 2)))
        .isEqualTo(lines);
  }

  @Test
  void logsShowNoToken() {
    String log = "inst.ks=http://x/install/" + Lab.TOKEN + "/kickstart ip=dhcp\n";
    assertThat(LogLines.plain(log))
        .containsExactly(
            "inst.ks=http://x/install/" + Lab.TOKEN.substring(0, 4) + "…/kickstart ip=dhcp");
  }

  @ParameterizedTest(name = "{0} s: {1}")
  @CsvSource({
    "-5, 0s",
    "0, 0s",
    "59, 59s",
    "60, 1m 0s",
    "3599, 59m 59s",
    "3600, 1h 0m",
    "86399, 23h 59m",
    "86400, 1d 0h",
    "8640000, 100d 0h",
  })
  void ages(long seconds, String words) {
    assertThat(Words.age(Lab.START, Lab.START.plusSeconds(seconds))).isEqualTo(words);
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "0, 0 B",
    "1023, 1023 B",
    "1024, 1.0 KiB",
    "851861504, 812.4 MiB",
    "5368709120, 5.0 GiB",
    "999999999999999999, 931322574.6 GiB",
  })
  void sizes(long octets, String words) {
    assertThat(Octets.words(octets)).isEqualTo(words);
  }

  @ParameterizedTest(name = "{0} to {1}: {2}")
  @CsvSource({
    "abcdef, 6, abcdef",
    "abcdef, 5, abcd…",
    "😀😀😀, 2, 😀…",
    "abc, 1, …",
    "'a  ', 9, a"
  })
  void cuts(String text, int width, String cut) {
    assertThat(PlainText.cut(text, width)).isEqualTo(cut);
  }
}
