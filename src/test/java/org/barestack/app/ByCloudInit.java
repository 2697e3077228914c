package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.barestack.model.Node;
import org.barestack.model.Site;
import org.barestack.render.NodeFile;
import org.barestack.render.Renderer;

/** What cloud-init left on a machine, by whichever way its seed came. */
final class ByCloudInit {
  private ByCloudInit() {}

  /**
   * Fails unless all is as the site says.
   *
   * @param root the file system of the machine
   * @param source how the name of the data source begins in cloud-init's result
   */
  static void assertConfigured(Path root, Site site, Node node, String source) throws IOException {
    JsonNode status =
        JsonMapper.builder()
            .build()
            .readTree(root.resolve("var/lib/cloud/data/result.json").toFile())
            .path("v1");
    assertThat(status.path("datasource").asText()).startsWith(source);
    assertThat(status.path("errors")).as(status.toString()).isEmpty();
    assertThat(root.resolve("etc/cloud/cloud-init.disabled")).exists();
    assertThat(root.resolve("etc/hostname")).hasContent(site.fqdn(node));
    String user = site.access().user();
    assertThat(Files.readAllLines(root.resolve("etc/passwd")))
        .anyMatch(line -> line.startsWith(user + ":"));
    assertThat(Files.readAllLines(root.resolve("etc/shadow")))
        .as("nobody logs in with a password")
        .anyMatch(line -> line.startsWith(user + ":!"))
        .anyMatch(line -> line.startsWith("root:!") || line.startsWith("root:*"));
    assertThat(root.resolve("home/" + user + "/.ssh/authorized_keys"))
        .content()
        .contains(site.access().sshKeys());
    for (NodeFile file : new Renderer(List.of()).files(site, node)) {
      Path there = root.resolve(file.path().substring(1));
      assertThat(there).hasContent(file.text());
      assertThat(mode(there)).as(file.path()).isEqualTo(file.mode());
    }
    try (var profiles = Files.list(root.resolve("etc/NetworkManager/system-connections"))) {
      assertThat(profiles.map(file -> file.getFileName().toString()))
          .as("one master of each device")
          .containsExactlyInAnyOrder(
              new Renderer(List.of())
                  .files(site, node).stream()
                      .map(NodeFile::path)
                      .filter(path -> path.endsWith(".nmconnection"))
                      .map(path -> path.substring(path.lastIndexOf('/') + 1))
                      .toArray(String[]::new));
    }
  }

  /** Its permissions as four octal digits. */
  static String mode(Path file) throws IOException {
    return "%04o".formatted((int) Files.getAttribute(file, "unix:mode") & 07777);
  }
}
