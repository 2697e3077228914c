package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.barestack.model.Ipv4;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.NodeState;
import org.barestack.model.Phase;
import org.barestack.rehearse.Rehearsal;
import org.barestack.secrets.SecretName;
import org.barestack.secrets.SiteSecrets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * From two blank machines to a cloud, with nobody at a keyboard: both install, run their first
 * boot, get their secrets and report, {@code barestack serve} brings up the zone, and both are
 * ready. What stands in for Rocky is the stand-in, and for CloudStack its double.
 */
class WholePathIT {
  private static final Duration LIMIT = Duration.ofMinutes(8);
  private static final NodeName MGMT1 = new NodeName("mgmt1");
  private static final NodeName KVM1 = new NodeName("kvm1");
  private static final Ipv4 MANAGER = Ipv4.parse("192.168.50.10");
  private static final Ipv4 WORKER = Ipv4.parse("192.168.50.11");

  @TempDir private Path work = Path.of("");
  private final List<AutoCloseable> open = new ArrayList<>();
  private final AtomicReference<ManagementServer> server = new AtomicReference<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable part : open.reversed()) {
      part.close();
    }
  }

  /** The management node's port 8443 is there when its steps are done, and not before. */
  private void putManagementServer() throws Exception {
    Path steps = work.resolve("site/kickstart-templates/roles/management/firstboot");
    Files.writeString(
        Files.createDirectories(steps).resolve("95-api.sh"),
        """
        #!/usr/bin/bash
        # What listens here is not CloudStack: each connection goes to its double.
        set -euo pipefail
        busybox nc -ll -p 8443 -e busybox nc 192.168.50.5 %d </dev/null &>/dev/null &
        """
            .formatted(ManagementServer.PORT));
  }

  private RehearsedSite rehearse() throws Exception {
    RehearsedSite site =
        new RehearsedSite(
            work,
            "full",
            lab ->
                server.set(
                    new ManagementServer(
                        lab,
                        work.resolve("site"),
                        work.resolve("identity"),
                        MANAGER,
                        WORKER,
                        work.resolve("cloudstack.log"))));
    open.add(site);
    site.awaitServing(LIMIT);
    return site;
  }

  @Test
  void twoBlankMachinesBecomeACloud() throws Exception {
    putManagementServer();
    RehearsedSite site = rehearse();
    Rehearsal rehearsal = site.rehearsal();
    rehearsal.machine(KVM1).start();
    rehearsal.machine(MGMT1).start();

    rehearsal.await(MGMT1, in(Phase.READY), LIMIT);
    rehearsal.await(KVM1, in(Phase.READY), LIMIT);
    rehearsal.await(MGMT1, _ -> nothingIsLeft(site), LIMIT);

    assertThat(site.barestack("status"))
        .contains("lab: 2 of 2 nodes installed, 2 ready\n", "\ncloud: as the site says\n")
        .containsPattern("mgmt1 .* ready ")
        .containsPattern("kvm1 .* ready ");
    for (NodeName node : List.of(MGMT1, KVM1)) {
      assertThat(site.events(node))
          .extracting(NodeEvent::kind)
          .containsSubsequence(
              Kind.INSTALL_OPENED,
              Kind.CLAIM_GRANTED,
              Kind.INSTALL_FINISHED,
              Kind.STEP_STARTED,
              Kind.SECRETS_GRANTED,
              Kind.CONFIGURED,
              Kind.READY)
          .doesNotContain(Kind.SECRETS_FROZEN, Kind.STEP_FAILED);
    }
    assertThat(site.barestack("events", "mgmt1"))
        .contains("done: 30-secrets", "done: 70-management-server.standin", "made zone zone1");
    assertThat(site.barestack("events", "kvm1"))
        .contains("done: 30-secrets", "done: 55-agent.standin", "CloudStack says that it is up");

    String password = password();
    assertThat(Files.readString(rehearsal.serverLog())).doesNotContain(password);
    assertThat(site.events().toString()).doesNotContain(password);
    List<String> done = Objects.requireNonNull(server.get()).end();
    assertThat(done).last().isEqualTo("end");
    assertThat(done).noneMatch(line -> line.startsWith("violation"));
    assertThat(done).filteredOn(line -> line.startsWith("createZone ")).hasSize(1);
    assertThat(done)
        .filteredOn(line -> line.startsWith("addHost "))
        .singleElement()
        .asString()
        .contains("url=http://" + WORKER + ",");
  }

  private static Predicate<NodeState> in(Phase phase) {
    return state -> state.phase() == phase;
  }

  /** Whether the last word of the cloud is that all is there. */
  private static boolean nothingIsLeft(RehearsedSite site) {
    return site.events(MGMT1).stream()
        .filter(event -> event.kind() == Kind.CLOUD_APPLIED)
        .reduce((earlier, later) -> later)
        .map(NodeEvent::detail)
        .filter(detail -> !detail.containsKey("waiting") && !detail.containsKey("faults"))
        .isPresent();
  }

  private String password() {
    SiteSecrets.Answer answer =
        SiteSecrets.open(work.resolve("site/secrets.age"), work.resolve("identity"));
    return ((SiteSecrets.Answer.Opened) answer).secrets().value(SecretName.ADMIN_PASSWORD).value();
  }
}
