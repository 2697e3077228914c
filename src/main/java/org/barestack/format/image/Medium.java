package org.barestack.format.image;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** The octets of an image, wherever they are. Threads may read at the same time. */
public interface Medium {
  /** Octets of the image. */
  long size();

  /**
   * Reads exactly that many octets.
   *
   * @param offset octets from the image's begin
   * @param into filled from {@code from} on
   * @throws EOFException if the image ends before
   */
  void read(long offset, byte[] into, int from, int length) throws IOException;

  /** An image in a file, whose size is that of now; the caller closes the channel. */
  static Medium of(FileChannel channel) throws IOException {
    long size = channel.size();
    return new Medium() {
      @Override
      public long size() {
        return size;
      }

      @Override
      public void read(long offset, byte[] into, int from, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(into, from, length);
        while (buffer.hasRemaining()) {
          if (channel.read(buffer, offset + buffer.position() - from) < 0) {
            throw new EOFException("the image has become shorter while it was read");
          }
        }
      }
    };
  }

  /** An image in memory, which is not copied. */
  static Medium of(byte[] image) {
    return new Medium() {
      @Override
      public long size() {
        return image.length;
      }

      @Override
      public void read(long offset, byte[] into, int from, int length) throws IOException {
        if (offset < 0 || offset > image.length - length) {
          throw new EOFException("the image has only " + image.length + " octets");
        }
        System.arraycopy(image, (int) offset, into, from, length);
      }
    };
  }
}
