package org.barestack.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
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

  @Test
  void whoComesSecondToTheCloudWaitsUntilTheFirstIsDone() throws Exception {
    Path journal = folder.resolve("state/journal.db");
    CountDownLatch busy = new CountDownLatch(1);
    Thread second;
    try (StateLock first = StateLock.ofCloud(journal, () -> {})) {
      assertThat(first).isNotNull();
      second =
          Thread.startVirtualThread(() -> {
            try {
              StateLock.ofCloud(journal, busy::countDown).close();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
      assertThat(busy.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(second.isAlive()).isTrue();
    }
    assertThat(second.join(Duration.ofSeconds(60))).isTrue();
    StateLock.take(folder.resolve("state/serve.lock")).close();
  }

  @Test
  void whoIsInterruptedWaitsNoLonger() throws Exception {
    Path journal = folder.resolve("state/journal.db");
    AtomicReference<Exception> thrown = new AtomicReference<>();
    try (StateLock first = StateLock.ofCloud(journal, () -> {})) {
      assertThat(first).isNotNull();
      Thread second =
          Thread.startVirtualThread(() -> {
            try {
              StateLock.ofCloud(journal, Thread.currentThread()::interrupt).close();
            } catch (IOException e) {
              thrown.set(e);
            }
          });
      assertThat(second.join(Duration.ofSeconds(60))).isTrue();
    }
    assertThat(thrown.get()).isInstanceOf(InterruptedIOException.class);
  }
}
