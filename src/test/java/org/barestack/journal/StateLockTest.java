package org.barestack.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That it holds between processes, and ends with a killed one, is tested with the program. */
class StateLockTest {
  @TempDir Path folder;

  @Test
  void theSecondIsRefusedAndToldWhoHasIt() throws IOException {
    Path file = folder.resolve("state/serve.lock");
    try (StateLock first = StateLock.take(file)) {
      assertThat(first).isNotNull();
      assertThatThrownBy(() -> StateLock.take(file))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(
              "process " + ProcessHandle.current().pid() + ", has the state folder " + folder)
          .hasMessageContaining("--state DIR");
      assertThat(Files.getPosixFilePermissions(file))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
    StateLock.take(file).close();
  }
}
