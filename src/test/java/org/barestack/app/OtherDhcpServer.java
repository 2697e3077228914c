package org.barestack.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.barestack.rehearse.Lab;
import org.barestack.testing.Command;

/**
 * The DHCP server that a network already had: dnsmasq at 192.168.50.1, on a host of its own at the
 * other end of the lab's cable. It gives addresses and names no boot file.
 */
final class OtherDhcpServer implements AutoCloseable {
  private final String namespace;
  private final Process dnsmasq;

  OtherDhcpServer(Lab lab, Path log) throws IOException {
    namespace = lab.namespace() + "-router";
    ip("netns", "add", namespace);
    ip("link", "set", lab.hostInterface(), "netns", namespace);
    ip("-netns", namespace, "address", "add", "192.168.50.1/24", "dev", lab.hostInterface());
    ip("-netns", namespace, "link", "set", "lo", "up");
    ip("-netns", namespace, "link", "set", lab.hostInterface(), "up");
    dnsmasq =
        new ProcessBuilder(
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
                    "--dhcp-range=192.168.50.220,192.168.50.240,10m"))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
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
