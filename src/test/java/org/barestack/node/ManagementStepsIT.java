package org.barestack.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.barestack.testing.Command.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ManagementStepsIT {
  @TempDir static Path folder;

  @Test
  void tryIt() throws IOException {
    try (ManagementNode node =
        new ManagementNode(
            folder.resolve("a"), ManagementNode.secrets(folder.resolve("s")), "right", "")) {
      node.root.boot();
      System.err.println("booted " + System.nanoTime() / 1000000);
      for (String step : node.steps()) {
        Result r = node.step(step, "BARESTACK_DEADLINE=20");
        System.err.println("=== " + step + " " + System.nanoTime() / 1000000 + " " + r.all());
      }
      System.err.println(node.root.files());
      assertThat(node.firstboot().all()).isEqualTo("");
    }
  }
}
