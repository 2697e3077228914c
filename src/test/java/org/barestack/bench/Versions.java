package org.barestack.bench;

import java.util.List;
import java.util.stream.Collectors;
import org.barestack.testing.Command;

/** Which versions of the others are measured. */
final class Versions {
  private static final List<String> PACKAGES =
      List.of(
          "dnsmasq-base",
          "kea-dhcp4-server",
          "tftpd-hpa",
          "nginx",
          "wrk",
          "xorriso",
          "isomd5sum",
          "libarchive-tools",
          "coreutils",
          "python3-jinja2");

  private Versions() {}

  /** What the system's package manager says of those that are there. */
  static String words() {
    return PACKAGES.stream()
        .map(name -> Command.of("dpkg-query", "-W", "-f", "${Package} ${Version}", name).run())
        .filter(answer -> answer.status() == 0)
        .map(answer -> answer.output().strip())
        .collect(Collectors.joining(", "));
  }
}
