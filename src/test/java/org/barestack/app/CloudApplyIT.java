package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.barestack.cloud.Cloud.Report;
import org.barestack.cloud.Cloud.Standing;
import org.barestack.cloud.CloudApply;
import org.barestack.cloud.CloudClient;
import org.barestack.cloud.Credentials;
import org.barestack.cloud.Deadlines;
import org.barestack.cloud.Hypervisor;
import org.barestack.cloud.Patience;
import org.barestack.model.Node;
import org.barestack.model.Secret;
import org.barestack.model.Site;
import org.barestack.testing.Examples;
import org.barestack.testing.cloudstack.CloudStackDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code barestack cloud apply} as a process of its own, killed while the server still works on a
 * call: at some calls, with {@code -Dmatrix=full} at each one.
 */
class CloudApplyIT {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  @TempDir private Path folder = Path.of("");

  private Process start(CloudStackDouble cloud) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "org.barestack.app.Main",
            "cloud",
            "apply",
            "--no-wait",
            "-s",
            folder.toString(),
            "--url",
            cloud.api().toString(),
            "--password-file",
            folder + "/password")
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("output").toFile())
        .start();
  }

  private static Report finish(CloudStackDouble cloud, Site site) {
    try (CloudClient client =
        new CloudClient(
            cloud.api(), null, new Credentials("admin", new Secret("password")), Deadlines.USUAL)) {
      Patience patience = new Patience(LIMIT, Duration.ofMillis(1));
      return new CloudApply(client, Hypervisor.KVM, 8, patience, _ -> {})
          .apply(
              site,
              site.nodes().stream().map(Node::name).collect(java.util.stream.Collectors.toSet()));
    }
  }

  @Test
  void killedAtAnyCallItArrivesAllTheSame() throws Exception {
    Files.copy(Path.of("examples/lab/site.yaml"), folder.resolve("site.yaml"));
    Files.writeString(folder.resolve("password"), "password\n");
    Site site = Examples.read(folder);
    String wanted;
    int calls;
    try (CloudStackDouble cloud = CloudStackDouble.start()) {
      Process whole = start(cloud);
      assertThat(whole.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(whole.exitValue()).as(Files.readString(folder.resolve("output"))).isZero();
      calls = cloud.calls().size();
      finish(cloud, site);
      wanted = cloud.canonical();
    }
    boolean full = "full".equals(System.getProperty("matrix"));
    List<Integer> points =
        IntStream.rangeClosed(1, calls).filter(n -> full || n % 13 == 5).boxed().toList();
    assertThat(points).hasSizeGreaterThan(4);
    for (int point : points) {
      killedAt(point, site, wanted);
    }
  }

  private void killedAt(int point, Site site, String wanted) throws Exception {
    try (CloudStackDouble cloud = CloudStackDouble.start()) {
      AtomicReference<Process> process = new AtomicReference<>();
      CountDownLatch started = new CountDownLatch(1);
      // Carried out, not answered: SIGKILL.
      cloud.afterCall(
          point,
          () -> {
            try {
              started.await();
              process.get().destroyForcibly().waitFor();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          });
      process.set(start(cloud));
      started.countDown();
      assertThat(process.get().waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(process.get().exitValue()).as("call %d", point).isEqualTo(128 + 9);
      Report report = finish(cloud, site);
      assertThat(report.faults()).as("call %d", point).isEmpty();
      assertThat(report.nodes().values()).allMatch(Standing.Up.class::isInstance);
      assertThat(cloud.canonical()).as("call %d", point).isEqualTo(wanted);
      assertThat(cloud.violations()).isEmpty();
    }
  }
}
