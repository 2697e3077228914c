package org.barestack.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.barestack.rehearse.Lab;
import org.barestack.testing.Command;
import org.jspecify.annotations.Nullable;

/**
 * The DHCP server that a network already had: dnsmasq at 192.168.50.1, on a host of its own at the
 * other end of the lab's cable. It gives addresses and names no boot file.
 */
final class OtherDhcpServer implements AutoCloseable {
  private final String namespace;
  private final Process dnsmasq;

  /**
   * @param nextServer what its leases name in {@code siaddr}; null for itself, as dnsmasq does
   */
  OtherDhcpServer(Lab lab, Path log, @Nullable String nextServer) throws IOException {
    namespace = lab.namespace() + "-router";
    ip("netns", "add", namespace);
    ip("link", "set", lab.hostInterface(), "netns", namespace);
    ip("-netns", namespace, "address", "add", "192.168.50.1/24", "dev", lab.hostInterface());
    ip("-netns", namespace, "link", "set", "lo", "up");
    ip("-netns", namespace, "link", "set", lab.hostInterface(), "up");
    List<String> line =
        new ArrayList<>(
            List.of(
                "ip",
                "netns",
                "exec",
                namespace,
                "dnsmasq",
                "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--pid-file=",
                "--log-facility=-",
                "--log-dhcp",
                "--port=0",
                "--leasefile-ro",
                "--no-ping",
                "--dhcp-range=192.168.50.220,192.168.50.240,10m"));
    if (nextServer != null) {
      line.add("--dhcp-boot=,," + nextServer);
    }
    dnsmasq =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  OtherDhcpServer(Lab lab, Path log) throws IOException {
    this(lab, log, null);
  }

  private static void ip(String... words) {
    String[] line = new String[words.length + 1];
    line[0] = "ip";
    System.arraycopy(words, 0, line, 1, words.length);
    Command.Result result = Command.of(line).run();
    if (result.status() != 0) {
      throw new IllegalStateException(String.join(" ", line) + ": " + result.all());
    }
  }

  @Override
  public void close() {
    dnsmasq.destroyForcibly();
    ip("netns", "delete", namespace);
  }
}
