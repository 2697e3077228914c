package org.barestack.format.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What a file on an image to be shall hold. */
public record Content(List<Run> runs) {
  /** Octets of a block of the image below, which is taken whole or not at all. */
  private static final int BLOCK = 2048;

  public Content {
    runs = runs.stream().filter(run -> run.length() > 0).toList();
  }

  /** Those octets, which are copied. */
  public static Content of(byte[] octets) {
    return new Content(List.of(Run.Octets.of(octets.clone())));
  }

  /** A text, in UTF-8. */
  public static Content of(String text) {
    return of(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * What a file of this host holds.
   *
   * @param length octets of it, as they are now
   */
  public static Content of(Path file, long length) {
    return new Content(List.of(new Run.OfFile(file, 0, length)));
  }

  /**
   * Those octets, by ranges of the image below where the same stand there: of a partition that was
   * changed in some places, those places are kept and not the whole.
   *
   * @param offset octets from that image's begin to what was changed
   * @param octets as they are now
   * @throws IOException if the image below cannot be read
   */
  public static Content over(Medium below, long offset, byte[] octets) throws IOException {
    byte[] before = new byte[(int) Math.min(octets.length, below.size() - offset)];
    below.read(offset, before, 0, before.length);
    List<Run> runs = new ArrayList<>();
    int end;
    for (int begin = 0; begin < octets.length; begin = end) {
      boolean same = same(before, octets, begin);
      end = begin;
      do {
        end = Math.min(end + BLOCK, octets.length);
      } while (end < octets.length && same(before, octets, end) == same);
      runs.add(
          same
              ? new Run.OfSource(offset + begin, end - begin)
              : Run.Octets.of(Arrays.copyOfRange(octets, begin, end)));
    }
    return new Content(runs);
  }

  private static boolean same(byte[] before, byte[] now, int begin) {
    int end = Math.min(begin + BLOCK, now.length);
    return end <= before.length && Arrays.equals(before, begin, end, now, begin, end);
  }

  /** Octets of it. */
  public long length() {
    return runs.stream().mapToLong(Run::length).sum();
  }
}
