package org.barestack.serve.tftp;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/** Bytes of a known number, read by position: no more of a file than one block is in memory. */
public interface Content extends AutoCloseable {
  /** In bytes. It does not change while the content is open. */
  long size();

  /**
   * Fills {@code into} with the bytes from {@code offset} on.
   *
   * @throws IOException if they cannot be read, or are no longer there
   */
  void read(long offset, ByteBuffer into) throws IOException;

  @Override
  void close() throws IOException;

  /** Bytes in memory. */
  static Content of(byte[] bytes) {
    return new Content() {
      @Override
      public long size() {
        return bytes.length;
      }

      @Override
      public void read(long offset, ByteBuffer into) {
        into.put(bytes, Math.toIntExact(offset), into.remaining());
      }

      @Override
      public void close() {}
    };
  }

  /** A file, opened now. */
  static Content open(Path file) throws IOException {
    long size = Files.size(file);
    FileChannel channel = FileChannel.open(file);
    return new Content() {
      @Override
      public long size() {
        return size;
      }

      @Override
      public void read(long offset, ByteBuffer into) throws IOException {
        for (long at = offset; into.hasRemaining(); ) {
          int count = channel.read(into, at);
          if (count < 0) {
            throw new EOFException(
                file + " became shorter than " + size + " bytes while it was sent");
          }
          at += count;
        }
      }

      @Override
      public void close() throws IOException {
        channel.close();
      }
    };
  }
}
