package org.barestack.format.image;

import java.nio.file.Path;

/** Octets of an image to be, in a row, by where they come from. */
public sealed interface Run {
  /** Octets of it; more than none. */
  long length();

  /** The same from an offset on. */
  Run part(long from, long length);

  /**
   * Octets of the image that lies below.
   *
   * @param offset octets from that image's begin
   */
  record OfSource(long offset, long length) implements Run {
    @Override
    public OfSource part(long from, long count) {
      return new OfSource(offset + from, count);
    }
  }

  /**
   * Octets of a file of this host, which must not change as long as the image is used.
   *
   * @param offset octets from the file's begin
   */
  record OfFile(Path file, long offset, long length) implements Run {
    @Override
    public OfFile part(long from, long count) {
      return new OfFile(file, offset + from, count);
    }
  }

  /** New octets. */
  final class Octets implements Run {
    private final byte[] all;
    private final int from;
    private final int length;

    private Octets(byte[] all, int from, int length) {
      this.all = all;
      this.from = from;
      this.length = length;
    }

    /** Those, which are not copied: nobody may change them. */
    public static Octets of(byte[] all) {
      return new Octets(all, 0, all.length);
    }

    @Override
    public long length() {
      return length;
    }

    @Override
    public Octets part(long begin, long count) {
      return new Octets(all, Math.toIntExact(from + begin), Math.toIntExact(count));
    }

    /** Copies some of them. */
    public void copy(long begin, byte[] into, int at, int count) {
      System.arraycopy(all, Math.toIntExact(from + begin), into, at, count);
    }

    @Override
    public String toString() {
      return length + " new octets";
    }
  }

  /** Octets that are zero. */
  record Zeros(long length) implements Run {
    @Override
    public Zeros part(long from, long count) {
      return new Zeros(count);
    }
  }
}
