package org.barestack.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.barestack.cloud.Call;
import org.barestack.model.Ipv4;
import org.barestack.rehearse.Lab;
import org.barestack.secrets.SecretName;
import org.barestack.secrets.SiteSecrets;
import org.barestack.testing.cloudstack.CloudStackDouble;
import org.barestack.testing.cloudstack.HostBehaviour;

/**
 * CloudStack's double as a program of its own in a lab's network, with the site's password and a
 * certificate of the site's authority for the management node's address.
 */
final class ManagementServer {
  /** Where it listens, beside {@code barestack serve}; the management node hands its 8443 on. */
  static final int PORT = 18443;

  private final Process process;
  private final Path log;

  /**
   * Starts one.
   *
   * @param site the site's folder, with {@code secrets.age}
   * @param worker the one address at which there is a KVM host
   */
  ManagementServer(Lab lab, Path site, Path identity, Ipv4 manager, Ipv4 worker, Path log)
      throws IOException {
    this.log = log;
    process =
        lab.start(
            List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xmx128m",
                "-cp",
                "target/test-classes:target/classes:target/lib/*",
                ManagementServer.class.getName(),
                site.toString(),
                identity.toString(),
                lab.address().toString(),
                manager.toString(),
                worker.toString()),
            log);
  }

  /**
   * Ends it, and tells what was done to it: a line for each changing call, and what did not fit.
   */
  List<String> end() throws IOException, InterruptedException {
    process.destroy();
    if (!process.waitFor(1, TimeUnit.MINUTES)) {
      throw new IOException("the management server does not end; see " + log);
    }
    return Files.readAllLines(log);
  }

  /** Runs until SIGTERM. */
  public static void main(String[] arguments) throws Exception {
    SiteSecrets secrets =
        ((SiteSecrets.Answer.Opened)
                SiteSecrets.open(Path.of(arguments[0], "secrets.age"), Path.of(arguments[1])))
            .secrets();
    CloudStackDouble cloud =
        CloudStackDouble.start(
            new InetSocketAddress(InetAddress.ofLiteral(arguments[2]), PORT),
            secrets.authority().server(Ipv4.parse(arguments[3])),
            secrets.value(SecretName.ADMIN_PASSWORD).value());
    cloud.hosts(new HostBehaviour.Unreachable());
    cloud.host(arguments[4], new HostBehaviour.Joins());
    cloud.agentsReachOnly(arguments[3]);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .unstarted(() -> {
                  cloud.changing().stream().map(Call::toString).forEach(System.out::println);
                  cloud.violations().forEach(one -> System.out.println("violation: " + one));
                  System.out.println("end");
                }));
    new CountDownLatch(1).await();
  }
}
