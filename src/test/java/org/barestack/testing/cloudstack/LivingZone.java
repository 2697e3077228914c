package org.barestack.testing.cloudstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.barestack.cloud.CloudApi;
import org.barestack.cloud.CloudApply;
import org.barestack.cloud.CloudClient;
import org.barestack.cloud.Credentials;
import org.barestack.cloud.Deadlines;
import org.barestack.cloud.Hypervisor;
import org.barestack.cloud.Patience;
import org.barestack.cloud.Rounds;
import org.barestack.model.Node;
import org.barestack.model.Secret;
import org.barestack.model.Site;
import org.barestack.testing.Examples;

/** A site's zone that runs, on a management server that behaves as CloudStack. */
public final class LivingZone {
  /** Whose work is cut off. */
  public static final class Cut extends Error {
    private static final long serialVersionUID = 1L;

    Cut() {
      super("cut off");
    }
  }

  /** The same, when the call itself was not answered. */
  public static final class CutHere extends Error {
    private static final long serialVersionUID = 1L;

    public CutHere(Throwable cause) {
      super(cause);
    }
  }

  private static final Deadlines DEADLINES =
      new Deadlines(
          Duration.ofSeconds(60),
          Duration.ofSeconds(10),
          Duration.ofSeconds(60),
          Map.of(),
          Duration.ofSeconds(60));

  private LivingZone() {}

  /** A look that is not over by the clock. */
  public static Supplier<Rounds> rounds(int most) {
    return () -> {
      int[] left = {most};
      return () -> left[0]-- > 0;
    };
  }

  /**
   * Writes a site file with some workers: {@code mgmt1} at 192.168.60.10, {@code kvm1} at
   * 192.168.60.11 and so on.
   */
  public static Site site(Path folder, int workers, String network, String isolation) {
    StringBuilder text = new StringBuilder();
    try {
      text.append(Files.readString(Path.of("examples/minimal/site.yaml")));
      for (int i = 2; i <= workers; i++) {
        text.append(
            "  kvm%d: { role: kvm-worker, address: 192.168.60.%d, nics: { nic1: \"52:54:00:60:00:%02x\" } }\n"
                .formatted(i, 10 + i, 10 + i));
      }
      text.append(
          "workers: { isolation: %s }\nzone: { network: %s }\n".formatted(isolation, network));
      Files.writeString(folder.resolve("site.yaml"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Examples.read(folder);
  }

  /** A server whose jobs end at once. */
  public static CloudStackDouble server() {
    CloudStackDouble server = CloudStackDouble.start();
    server.jobsPend(0);
    return server;
  }

  public static CloudClient client(CloudStackDouble server) {
    return new CloudClient(
        server.api(), null, new Credentials("admin", new Secret("password")), DEADLINES);
  }

  /** Brings the zone up, with all workers. */
  public static void apply(CloudApi api, Site site) {
    var report =
        new CloudApply(
                api,
                Hypervisor.KVM,
                1,
                new Patience(Duration.ofSeconds(60), Duration.ofMillis(1)),
                line -> {})
            .apply(site, site.nodes().stream().map(Node::name).collect(Collectors.toSet()));
    assertThat(report.faults()).isEmpty();
    assertThat(report.waiting()).isEmpty();
  }

  /** The same API for somebody who is killed at a changing call. */
  public static CloudApi cut(CloudApi api, int at, boolean after) {
    int[] count = {0};
    return call -> {
      if (call.reads()) {
        return api.call(call);
      }
      boolean here = ++count[0] == at;
      if (here && !after) {
        throw new Cut();
      }
      var answer = api.call(call);
      if (here) {
        throw new Cut();
      }
      return answer;
    };
  }
}
