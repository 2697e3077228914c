package org.barestack.format.rpm;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.XZInputStream;

/** A payload unpacked. What the libraries throw comes out as {@link RpmException}. */
final class Unpacked extends InputStream {
  private static final int BUFFER = 1 << 16;

  /** KiB for a dictionary; xz -9 needs 65 MiB. */
  private static final int XZ_MEMORY = 80 << 10;

  /** As the zstd command has it without --long: 128 MiB. rpm's usual levels need 8. */
  private static final int ZSTD_WINDOW = 27;

  private final Payload payload;
  private final String place;
  private final InputStream in;

  /**
   * @param compressor what rpm's tag 1125 says
   * @throws RpmException if it is not known, or the payload does not begin like one of it
   */
  Unpacked(Payload payload, String compressor, String place) throws IOException {
    this.payload = payload;
    this.place = place;
    try {
      this.in = new BufferedInputStream(opened(compressor), BUFFER);
    } catch (IOException | RuntimeException e) {
      throw failure(e);
    }
  }

  private InputStream opened(String compressor) throws IOException {
    InputStream packed = new BufferedInputStream(payload.unclosed(), BUFFER);
    return switch (compressor) {
      case "gzip" -> gzip(packed);
      case "bzip2" -> new BZip2CompressorInputStream(packed);
      case "xz" -> new XZInputStream(packed, XZ_MEMORY);
      case "lzma" -> new LZMAInputStream(packed, XZ_MEMORY);
      case "zstd" -> zstd(packed);
      default ->
          throw new RpmException(
              place, "is packed by '" + compressor + "'; gzip, bzip2, xz, lzma and zstd are read");
    };
  }

  /** rpm names no compressor, and so means gzip, where it packed nothing at all (w.ufdio). */
  private static InputStream gzip(InputStream packed) throws IOException {
    packed.mark(2);
    boolean plain = packed.read() == '0' && packed.read() == '7';
    packed.reset();
    return plain ? packed : new GZIPInputStream(packed, BUFFER);
  }

  private static InputStream zstd(InputStream packed) throws IOException {
    ZstdInputStreamNoFinalizer zstd = new ZstdInputStreamNoFinalizer(packed);
    zstd.setLongMax(ZSTD_WINDOW);
    return zstd;
  }

  @Override
  public int read() throws IOException {
    try {
      return in.read();
    } catch (IOException | RuntimeException e) {
      throw failure(e);
    }
  }

  @Override
  public int read(byte[] into, int from, int length) throws IOException {
    try {
      return in.read(into, from, length);
    } catch (IOException | RuntimeException e) {
      throw failure(e);
    }
  }

  private IOException failure(Exception e) {
    IOException own = payload.failure();
    if (own != null) {
      return own;
    }
    return e instanceof RpmException already
        ? already
        : new RpmException(
            place, "cannot be unpacked: it is damaged or cut off (" + e.getMessage() + ")", e);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
