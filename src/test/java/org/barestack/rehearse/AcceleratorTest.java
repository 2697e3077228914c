package org.barestack.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AcceleratorTest {
  @TempDir Path directory;

  @Test
  void takesKvmWhenItOpens() throws IOException {
    Path device = Files.createFile(directory.resolve("kvm"));
    assertThat(Accelerator.choose(Map.of(), device)).isEqualTo(Accelerator.KVM);
  }

  @Test
  void takesTcgWithoutKvm() {
    assertThat(Accelerator.choose(Map.of(), directory.resolve("kvm"))).isEqualTo(Accelerator.TCG);
  }

  @Test
  void theEnvironmentTurnsKvmOff() throws IOException {
    Path device = Files.createFile(directory.resolve("kvm"));
    assertThat(Accelerator.choose(Map.of("BARESTACK_ACCEL", "tcg"), device))
        .isEqualTo(Accelerator.TCG);
  }
}
