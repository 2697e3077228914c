package org.barestack.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a second server off one state folder; commands need no lock. The kernel frees it when the
 * process ends, however it ends.
 */
public final class StateLock implements AutoCloseable {
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
