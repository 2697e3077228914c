package org.barestack.media;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.barestack.content.Progress;
import org.barestack.format.image.Medium;
import org.barestack.format.image.Overlay;
import org.barestack.format.image.OverlayMedium;

/**
 * An image to be, written onto a removable device, and read back. Past the page cache: so progress
 * is that of the device, and what is read back comes from it.
 */
public final class ImageDevice {
  /** Octets that are written or read at once. */
  private static final int CHUNK = 4 << 20;

  /** To what buffers and places of O_DIRECT are aligned: no device asks for more. */
  private static final int BLOCK = 4096;

  /**
   * Where a device says what is on it: the partition table at its begin, which is written last, so
   * that a device whose writing broke off boots nothing; and at its end, which is wiped if the
   * image does not go so far: GPT's backup, which firmware takes where it does not like the one at
   * the begin, and what makes a device a member of a RAID or pool.
   */
  private static final int EDGE = 1 << 20;

  /** O_DIRECT. Of the module jdk.unsupported, whose classes javac lets nobody name unwarned. */
  private static final OpenOption DIRECT = direct();

  private final Devices devices;

  /** Of a host with those devices. */
  public ImageDevice(Devices devices) {
    this.devices = devices;
  }

  private static OpenOption direct() {
    try {
      for (Object option :
          Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants()) {
        if (option.toString().equals("DIRECT")) {
          return (OpenOption) option;
        }
      }
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("a Java without jdk.unsupported", e);
    }
    throw new IllegalStateException("a Java without O_DIRECT");
  }

  /**
   * Looks whether an image may go to a device, and writes nothing.
   *
   * @return what is to be shown and asked before {@link #write}
   * @throws MediumException if it may not; says why and what to do
   */
  public Device check(Overlay overlay, Path path) throws IOException {
    Device device = devices.look(path);
    device.check(overlay.length());
    return device;
  }

  /**
   * Writes one, and reads it back. All that was on the device is lost.
   *
   * @param source the image below
   * @param agreed the device that whoever was asked agreed to
   * @param sum whether it gets a check sum
   * @throws MediumException if it may not be written to, is another one now, or does not hold what
   *     was written
   * @throws IOException if it fails
   */
  public void write(Overlay overlay, Path source, Device agreed, boolean sum, Progress progress)
      throws IOException {
    try (FileChannel below = FileChannel.open(source, StandardOpenOption.READ)) {
      Medium medium = Medium.of(below);
      Overlay whole = overlay;
      if (sum) {
        try (OverlayMedium image = OverlayMedium.open(overlay, medium)) {
          whole = CheckSum.of(image, progress).in(overlay);
        }
      }
      try (OverlayMedium image = OverlayMedium.open(whole, medium)) {
        write(image, agreed, progress);
      }
    } finally {
      progress.end();
    }
  }

  private void write(OverlayMedium image, Device agreed, Progress progress) throws IOException {
    try (Claim _ = Claim.take(agreed.path())) {
      Device device = devices.look(agreed.path());
      if (!device.equals(agreed)) {
        throw new MediumException(
            agreed.path() + " is another device now, or in use: " + device.text());
      }
      device.check(image.size());
      try (FileChannel out = open(device.path(), StandardOpenOption.WRITE)) {
        progress.begin("writing " + device.path(), image.size());
        fill(image, out, device, progress);
        progress.begin("reading back " + device.path(), image.size());
        compare(image, device, progress);
      }
    }
  }

  /** Without O_DIRECT: what is shorter than a block goes through it. */
  private static FileChannel open(Path path, StandardOpenOption option) throws IOException {
    try {
      return FileChannel.open(path, option);
    } catch (AccessDeniedException e) {
      throw new MediumException(path + " may not be opened; try sudo", e);
    }
  }

  private static void fill(OverlayMedium image, FileChannel out, Device device, Progress progress)
      throws IOException {
    long size = image.size();
    long begin = Math.min(size, EDGE);
    try (FileChannel direct = FileChannel.open(device.path(), StandardOpenOption.WRITE, DIRECT)) {
      zero(out, 0, begin);
      long end = Math.max(size, device.size() - EDGE);
      zero(out, end, device.size() - end);
      out.force(false);
      ByteBuffer buffer = buffer();
      for (long at = begin; at < size; at += CHUNK) {
        put(image, at, (int) Math.min(CHUNK, size - at), buffer, direct, out);
        progress.passed(Math.min(CHUNK, size - at));
      }
      direct.force(false);
      out.force(false);
      put(image, 0, (int) begin, buffer, direct, out);
      direct.force(true);
      out.force(true);
      progress.passed(begin);
    }
  }

  private static ByteBuffer buffer() {
    return ByteBuffer.allocateDirect(CHUNK + BLOCK).alignedSlice(BLOCK).limit(CHUNK).slice();
  }

  private static void zero(FileChannel out, long at, long count) throws IOException {
    ByteBuffer zeros = ByteBuffer.allocate((int) count);
    while (zeros.hasRemaining()) {
      out.write(zeros, at + zeros.position());
    }
  }

  /** What does not fill a block, at an image's end, goes by the page cache. */
  private static void put(
      OverlayMedium image,
      long at,
      int length,
      ByteBuffer buffer,
      FileChannel direct,
      FileChannel out)
      throws IOException {
    byte[] octets = new byte[length];
    image.read(at, octets, 0, length);
    int blocks = length - length % BLOCK;
    buffer.clear().put(octets, 0, blocks).flip();
    while (buffer.hasRemaining()) {
      direct.write(buffer, at + buffer.position());
    }
    ByteBuffer rest = ByteBuffer.wrap(octets, blocks, length - blocks);
    while (rest.hasRemaining()) {
      out.write(rest, at + rest.position());
    }
  }

  private static void compare(OverlayMedium image, Device device, Progress progress)
      throws IOException {
    ByteBuffer buffer = buffer();
    byte[] wanted = new byte[CHUNK];
    byte[] found = new byte[CHUNK];
    try (FileChannel direct = FileChannel.open(device.path(), StandardOpenOption.READ, DIRECT);
        FileChannel buffered = FileChannel.open(device.path(), StandardOpenOption.READ)) {
      for (long at = 0; at < image.size(); at += CHUNK) {
        int length = Math.toIntExact(Math.min(CHUNK, image.size() - at));
        image.read(at, wanted, 0, length);
        // A whole last block comes from the device too, unless the device ends in the middle of it.
        int blocks = (length + BLOCK - 1) / BLOCK * BLOCK;
        if (at + blocks > device.size()) {
          blocks -= BLOCK;
        }
        read(direct, at, buffer.clear().limit(blocks));
        int straight = Math.min(length, blocks);
        buffer.flip().get(found, 0, straight);
        read(buffered, at + straight, ByteBuffer.wrap(found, straight, length - straight));
        int wrong = Arrays.mismatch(wanted, 0, length, found, 0, length);
        if (wrong >= 0) {
          throw new MediumException(
              device.path()
                  + " does not hold what was written: octet "
                  + (at + wrong)
                  + " is another one. It is worn out, or smaller than it says; take another one");
        }
        progress.passed(length);
      }
    }
  }

  private static void read(FileChannel channel, long at, ByteBuffer into) throws IOException {
    int from = into.position();
    while (into.hasRemaining()) {
      if (channel.read(into, at + into.position() - from) < 0) {
        throw new EOFException("the device ends before it should");
      }
    }
  }
}
