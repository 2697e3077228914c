package org.barestack.journal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A file that one process has at a time. One keeps a second server off a state folder; another
 * keeps those apart who add workers to the cloud and who take them out. The kernel frees it when
 * the process ends, however it ends.
 */
public final class StateLock implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(200);

  private final FileChannel file;

  private StateLock(FileChannel file) {
    this.file = file;
  }

  /**
   * Takes the lock, and makes its file where it is missing.
   *
   * @throws IOException if another process has it; the message names that process and the way out
   */
  public static StateLock take(Path path) throws IOException {
    Path file = path.toAbsolutePath();
    SqliteJournal.create(file);
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    if (lock(channel) == null) {
      channel.close();
      String pid = Files.readString(file).strip();
      throw new IOException(
          "another barestack serve, process %s, has the state folder %s. Stop it (kill %s, or systemctl stop barestack), or give this one a folder of its own: --state DIR"
              .formatted(pid, file.getParent(), pid));
    }
    channel.truncate(0);
    channel.write(
        ByteBuffer.wrap(
            (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
    return new StateLock(channel);
  }

  /**
   * Takes the lock of who adds workers to the cloud behind this journal, or takes them out and
   * permits to wipe them: what one has looked at, nobody else changes before it is done.
   *
   * @param busy runs once if another one has it, before this waits
   * @throws InterruptedIOException if this thread is interrupted while it waits
   */
  public static StateLock ofCloud(Path journal, Runnable busy) throws IOException {
    Path file = journal.toAbsolutePath().resolveSibling("cloud.lock");
    SqliteJournal.create(file);
    FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      if (lock(channel) == null) {
        busy.run();
        while (lock(channel) == null) {
          Thread.sleep(LOOK);
        }
      }
      return new StateLock(channel);
    } catch (InterruptedException e) {
      channel.close();
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped while it waited for " + file);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null; // by this same process
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
