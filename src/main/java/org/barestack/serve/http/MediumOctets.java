package org.barestack.serve.http;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.barestack.format.image.Run;
import org.barestack.media.ServedMedia;
import org.xnio.channels.StreamSinkChannel;

/** An image to be: what is in its source goes by sendfile(2), all else through a buffer. */
final class MediumOctets implements FileSender.Octets {
  /** What UEFI HTTP Boot takes for a disk image (UEFI 2.10, HTTP Boot). */
  static final String TYPE = "application/vnd.efi-iso";

  private static final int BUFFER = 1 << 16;

  private final ServedMedia.Lent medium;

  /** What was read and not yet taken, up to {@link #next}. */
  private ByteBuffer waiting = ByteBuffer.allocate(0);

  private long next;

  MediumOctets(ServedMedia.Lent medium) {
    this.medium = medium;
  }

  @Override
  public long size() {
    return medium.image().size();
  }

  @Override
  public long move(long position, long count, StreamSinkChannel sink) throws IOException {
    if (waiting.hasRemaining() && position == next - waiting.remaining()) {
      return sink.write(waiting);
    }
    Run run = medium.image().runAt(position);
    if (run instanceof Run.OfSource(long offset, long length)) {
      return FileOctets.move(medium.source(), offset, Math.min(count, length), sink);
    }
    byte[] read = new byte[(int) Math.min(BUFFER, Math.min(count, size() - position))];
    int length = untilSource(position, read.length);
    medium.image().read(position, read, 0, length);
    waiting = ByteBuffer.wrap(read, 0, length);
    next = position + length;
    return sink.write(waiting);
  }

  /** Octets up to where the source has a long row of them: small ones go through the buffer. */
  private int untilSource(long position, int most) {
    long at = position;
    while (at < position + most) {
      Run run = medium.image().runAt(at);
      if (run instanceof Run.OfSource && run.length() >= BUFFER) {
        break;
      }
      at += run.length();
    }
    return (int) Math.min(most, at - position);
  }

  @Override
  public void close() throws IOException {
    medium.close();
  }
}
