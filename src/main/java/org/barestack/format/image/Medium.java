package org.barestack.format.image;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;

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

  /**
   * Moves octets to where they are wanted, as {@link FileChannel#transferTo} does: without copying
   * them through this process where the kernel can.
   *
   * @param offset octets from the image's begin
   * @param count octets that are wanted
   * @return octets that were moved, from none (if the target takes none now) to those wanted
   * @throws EOFException if the image ends before
   */
  default long transferTo(long offset, long count, WritableByteChannel target) throws IOException {
    byte[] octets = new byte[(int) Math.min(count, 1 << 16)];
    read(offset, octets, 0, octets.length);
    return target.write(ByteBuffer.wrap(octets));
  }

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
            throw shorter();
          }
        }
      }

      @Override
      public long transferTo(long offset, long count, WritableByteChannel target)
          throws IOException {
        long moved = channel.transferTo(offset, count, target);
        if (moved == 0 && count > 0 && offset >= channel.size()) {
          throw shorter();
        }
        return moved;
      }

      private EOFException shorter() {
        return new EOFException("the image has become shorter while it was read");
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
