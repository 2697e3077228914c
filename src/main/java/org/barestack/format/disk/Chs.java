package org.barestack.format.disk;

/**
 * A sector by cylinder, head and sector (from 1), as the MBR has it beside the sector's number. Who
 * can count up to the number uses that; some BIOSes guess a disk's geometry from these.
 */
public record Chs(int cylinder, int head, int sector) {
  /** Behind what can be told: the number counts. */
  public static final Chs BEYOND = new Chs(1023, 254, 63);

  /** Cylinders that can be told. */
  private static final int CYLINDERS = 1024;

  /**
   * How a disk is counted.
   *
   * @param heads 1 to 255
   * @param sectors of a track, 1 to 63
   */
  public record Geometry(int heads, int sectors) {
    /**
     * That which isohybrid and xorriso take for an image of so many sectors: 64 heads of 32, and
     * more where 1024 cylinders are too few.
     */
    public static Geometry ofImage(long sectors) {
      long heads = Math.ceilDiv(sectors, CYLINDERS * 32L);
      return heads > 255 ? new Geometry(255, 63) : new Geometry((int) Math.max(64, heads), 32);
    }
  }

  /** That sector, from 0; {@link #BEYOND} if it has no such place. */
  public static Chs of(long sector, Geometry geometry) {
    long track = sector / geometry.sectors();
    long cylinder = track / geometry.heads();
    return cylinder >= CYLINDERS
        ? BEYOND
        : new Chs(
            (int) cylinder,
            (int) (track % geometry.heads()),
            (int) (sector % geometry.sectors()) + 1);
  }

  /** Whether it says that the number counts: all that can be told, or a head less. */
  boolean isBeyond() {
    return cylinder == CYLINDERS - 1 && head >= 254 && sector == 63;
  }

  static Chs read(byte[] from, int at) {
    int head = from[at] & 0xff;
    int sector = from[at + 1] & 0xff;
    return new Chs(((sector & 0xc0) << 2) | (from[at + 2] & 0xff), head, sector & 0x3f);
  }

  void write(byte[] into, int at) {
    into[at] = (byte) head;
    into[at + 1] = (byte) (((cylinder >> 2) & 0xc0) | sector);
    into[at + 2] = (byte) cylinder;
  }
}
