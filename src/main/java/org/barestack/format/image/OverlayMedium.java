package org.barestack.format.image;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.Arrays;
import java.util.List;

/**
 * An image to be, read as if it were there. Threads may read at the same time. Files of which parts
 * stand in it are opened when they are read, a few at a time, and must not change.
 */
public final class OverlayMedium implements Medium, Closeable {
  private final Overlay overlay;
  private final Medium source;
  private final List<Run> runs;

  /** Where each run begins, in octets from the image's begin. */
  private final long[] begins;

  private final OpenFiles files = new OpenFiles();

  private OverlayMedium(Overlay overlay, Medium source) {
    this.overlay = overlay;
    this.source = source;
    this.runs = overlay.runs();
    this.begins = new long[runs.size()];
  }

  /**
   * Looks at all that the overlay is made of.
   *
   * @param source what the overlay's ranges are ranges of; the caller closes what it reads from
   * @throws IOException if the source is too short, or a file is not there or too short
   */
  public static OverlayMedium open(Overlay overlay, Medium source) throws IOException {
    OverlayMedium medium = new OverlayMedium(overlay, source);
    long at = 0;
    for (int i = 0; i < medium.begins.length; i++) {
      medium.begins[i] = at;
      Run run = medium.runs.get(i);
      at += run.length();
      switch (run) {
        case Run.OfSource(long offset, long length) when offset + length > source.size() ->
            throw new EOFException(
                "the image below has only "
                    + source.size()
                    + " octets, and "
                    + (offset + length)
                    + " are needed");
        case Run.OfFile(var file, long offset, long length) ->
            medium.files.look(file, offset + length);
        default -> {}
      }
    }
    return medium;
  }

  /** What it reads. */
  public Overlay overlay() {
    return overlay;
  }

  @Override
  public long size() {
    return overlay.length();
  }

  /**
   * What stands at that place, up to where something else begins.
   *
   * @param offset octets from the image's begin, less than {@link #size()}
   */
  public Run runAt(long offset) {
    int index = index(offset);
    Run run = runs.get(index);
    long from = offset - begins[index];
    return run.part(from, run.length() - from);
  }

  private int index(long offset) {
    int found = Arrays.binarySearch(begins, offset);
    return found >= 0 ? found : -found - 2;
  }

  private void inside(long offset, long length) throws EOFException {
    if (offset < 0 || length < 0 || offset > size() - length) {
      throw new EOFException("the image has only " + size() + " octets");
    }
  }

  @Override
  public void read(long offset, byte[] into, int from, int length) throws IOException {
    inside(offset, length);
    int index = index(offset);
    int done = 0;
    while (done < length) {
      Run run = runs.get(index);
      long begin = offset + done - begins[index];
      int count = (int) Math.min(length - done, run.length() - begin);
      read(run, begin, into, from + done, count);
      done += count;
      index++;
    }
  }

  private void read(Run run, long begin, byte[] into, int at, int count) throws IOException {
    switch (run) {
      case Run.OfSource(long offset, long _) -> source.read(offset + begin, into, at, count);
      case Run.OfFile(var file, long offset, long _) ->
          files.with(
              file,
              channel -> {
                ByteBuffer buffer = ByteBuffer.wrap(into, at, count);
                while (buffer.hasRemaining()) {
                  long position = offset + begin + buffer.position() - at;
                  if (channel.read(buffer, position) < 0) {
                    throw new EOFException(file + " has become shorter while it was read");
                  }
                }
                return count;
              });
      case Run.Octets octets -> octets.copy(begin, into, at, count);
      case Run.Zeros _ -> Arrays.fill(into, at, at + count, (byte) 0);
    }
  }

  /** Moves octets of one run at the most. */
  @Override
  public long transferTo(long offset, long count, WritableByteChannel target) throws IOException {
    inside(offset, count);
    if (count == 0) {
      return 0;
    }
    Run rest = runAt(offset);
    long most = Math.min(count, rest.length());
    return switch (rest) {
      case Run.OfSource(long begin, long _) -> source.transferTo(begin, most, target);
      case Run.OfFile(var file, long begin, long _) ->
          files.with(file, channel -> channel.transferTo(begin, most, target));
      default -> Medium.super.transferTo(offset, most, target);
    };
  }

  /** Closes the files; not what the source reads from. */
  @Override
  public void close() throws IOException {
    files.close();
  }
}
