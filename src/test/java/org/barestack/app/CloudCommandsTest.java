package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.barestack.cloud.CloudClient;
import org.barestack.cloud.Credentials;
import org.barestack.cloud.Deadlines;
import org.barestack.cloud.Patience;
import org.barestack.command.CloudApplyCommand;
import org.barestack.journal.SqliteJournal;
import org.barestack.model.Journal;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.Subject;
import org.barestack.testing.Golden;
import org.barestack.testing.cloudstack.CloudStackDouble;
import org.barestack.testing.cloudstack.CloudStackDouble.Readiness;
import org.barestack.testing.cloudstack.HostBehaviour;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code barestack cloud plan} and {@code apply} against the stand-in of a management server. */
class CloudCommandsTest {
  @TempDir private Path site = Path.of("");

  private final CloudStackDouble cloud = CloudStackDouble.start();

  @BeforeEach
  void site() throws IOException {
    Files.copy(Path.of("examples/lab/site.yaml"), site.resolve("site.yaml"));
    Files.writeString(site.resolve("password"), "password\n");
    cloud.jobsPend(0);
  }

  @AfterEach
  void close() {
    cloud.close();
  }

  private Barestack run(String... words) {
    CommandLine line = Commands.all();
    CommandLine commands = Objects.requireNonNull(line.getSubcommands().get("cloud"));
    commands.getCommandSpec().removeSubcommand("apply");
    commands.addSubcommand(
        new CloudApplyCommand(
            (endpoint, _, password) ->
                new CloudClient(
                    endpoint, null, new Credentials("admin", password), Deadlines.USUAL),
            new Patience(Duration.ofMinutes(1), Duration.ofMillis(1))));
    return Barestack.run(
        line,
        Map.of(),
        Stream.concat(
                Stream.concat(Stream.of("cloud"), Arrays.stream(words)),
                Stream.of(
                    "-s",
                    site.toString(),
                    "--url",
                    cloud.api().toString(),
                    "--password-file",
                    site + "/password"))
            .toArray(String[]::new));
  }

  /** The page about it shows this. */
  @Test
  void fromNothingToACloud() throws IOException {
    Barestack before = run("plan");
    assertThat(before.status()).as(before.err()).isEqualTo(3);
    Barestack apply = run("apply");
    assertThat(apply.status()).as(apply.err()).isZero();
    Barestack after = run("plan");
    assertThat(after.status()).as(after.err()).isZero();
    Barestack again = run("apply", "--json");
    assertThat(again.status()).isZero();
    Golden.check(
        "org/barestack/cloud/transcript",
        Map.of(
            "plan", before.out(),
            "apply", apply.err() + apply.out(),
            "plan after it", after.out(),
            "apply again.json", again.out()));
    assertThat(Files.readString(Path.of("docs/cloud.md")))
        .contains("$ barestack cloud plan\n" + before.out())
        .contains("$ barestack cloud apply\n" + apply.err() + apply.out())
        .contains("$ barestack cloud plan\n" + after.out());
    assertThat(run("plan", "--json").out()).contains("\"done\" : true");
  }

  @Test
  void whatFailsIsNamedWithItsRemedy() {
    cloud.host("192.168.50.11", new HostBehaviour.NoKvm());
    Barestack apply = run("apply");
    assertThat(apply.status()).isEqualTo(1);
    assertThat(apply.out())
        .contains("mgmt1: up\nkvm1: not up\n", "  cause:  kvm1 has no /dev/kvm", "  remedy: ");
    assertThat(run("apply", "--json").out()).contains("\"symptom\" : \"host kvm1: addHost");
  }

  @Test
  void aWorkerThatMayWipeItsDiskBecomesNoHost() {
    Path file = site.resolve(".barestack/journal.db");
    Subject kvm1 = new Subject.OfNode(new NodeName("kvm1"));
    try (Journal journal = SqliteJournal.open(file)) {
      journal.append(
          NodeEvent.of(
              Instant.EPOCH, kvm1, Kind.REINSTALL_ORDERED, null, Map.of("wipe", "serial:x")));
    }
    Barestack apply = run("apply");
    assertThat(apply.err()).contains("kvm1 is left out: it has a permit to wipe its disk");
    assertThat(cloud.calls()).noneMatch(call -> call.toString().contains("addHost"));
    try (Journal journal = SqliteJournal.open(file)) {
      journal.append(NodeEvent.of(Instant.EPOCH, kvm1, Kind.FORGOTTEN, null, Map.of()));
    }
    assertThat(run("apply").out()).contains("kvm1: up\n");
  }

  @Test
  void aServerThatIsNotThere() {
    cloud.readiness(Readiness.STARTING);
    Barestack plan = run("plan");
    assertThat(plan.status()).isEqualTo(1);
    assertThat(plan.err()).contains("503");
  }

  @Test
  void aPasswordThatIsWrong() throws IOException {
    Files.writeString(site.resolve("password"), "sesame\n");
    for (String command : new String[] {"plan", "apply"}) {
      Barestack run = run(command);
      assertThat(run.status()).isEqualTo(1);
      assertThat(run.out() + run.err()).doesNotContain("sesame").contains("531");
    }
  }

  @Test
  void badInput() {
    assertThat(run("apply", "--parallel", "0").status()).isEqualTo(2);
    assertThat(run("apply", "--node", "kvm7").status()).isEqualTo(2);
    assertThat(run("plan", "--hypervisor", "Xen").err()).contains("there are KVM and Simulator");
  }
}
