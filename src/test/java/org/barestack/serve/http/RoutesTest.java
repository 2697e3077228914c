package org.barestack.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoutesTest {
  /**
   * There is no administration by HTTP: what changes a site is a commit, and what changes a node's
   * state is a command on the journal's file. Who adds a line here adds something that everybody in
   * the provisioning network can do.
   */
  @Test
  void everyRouteIsForNodes(@TempDir Path folder) throws IOException {
    try (Bench bench = new Bench(folder)) {
      assertThat(bench.server.routes().table)
          .extracting(route ->
              String.join(" ", route.methods().stream().sorted().toList())
                  + " /"
                  + String.join("/", route.pattern()))
          .containsExactly(
              "GET HEAD /boot.ipxe",
              "GET /boot/{}",
              "GET /grub/{}",
              "HEAD /grub/{}",
              "GET HEAD /grub.cfg",
              "GET HEAD /loaders/{}",
              "GET HEAD /EFI/{}/grub.cfg",
              "GET HEAD /install/{}/kickstart",
              "GET HEAD /install/{}/vmlinuz",
              "GET HEAD /install/{}/initrd.img",
              "POST /install/{}/claim",
              "POST /install/{}/event",
              "GET HEAD /cloud-init/{}/{}",
              "POST /install/{}/log/{}",
              "GET HEAD /install/{}/restore",
              "POST /install/{}/secrets",
              "GET HEAD /media/{}",
              "GET HEAD /releases/**",
              "GET HEAD /repos/**");
    }
  }
}
