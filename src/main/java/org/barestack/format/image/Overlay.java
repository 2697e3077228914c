package org.barestack.format.image;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * An image to be: ranges of another image, new octets, and files, one behind the other. It can be
 * written, or read at any place, without being anywhere.
 *
 * @param runs in order; neighbours that go on are one
 * @param length octets of the image
 */
public record Overlay(List<Run> runs, long length) {
  public Overlay {
    runs = List.copyOf(runs);
  }

  /** One of those runs. */
  public static Overlay of(List<Run> runs) {
    List<Run> joined = new ArrayList<>();
    for (Run run : runs) {
      if (run.length() > 0 && (joined.isEmpty() || !join(joined, run))) {
        joined.add(run);
      }
    }
    return new Overlay(joined, joined.stream().mapToLong(Run::length).sum());
  }

  /**
   * This one with other octets at a place, which has as many as before.
   *
   * @param offset octets from the image's begin
   * @throws IndexOutOfBoundsException if the image ends before they do
   */
  public Overlay with(long offset, byte[] octets) {
    Objects.checkFromIndexSize(offset, octets.length, length);
    long end = offset + octets.length;
    List<Run> parts = new ArrayList<>();
    long begin = 0;
    for (Run run : runs) {
      long next = begin + run.length();
      if (begin < offset) {
        parts.add(run.part(0, Math.min(next, offset) - begin));
      }
      if (begin <= offset && offset < next) {
        parts.add(Run.Octets.of(octets.clone()));
      }
      if (next > end) {
        long from = Math.max(begin, end) - begin;
        parts.add(run.part(from, run.length() - from));
      }
      begin = next;
    }
    return of(parts);
  }

  private static boolean join(List<Run> joined, Run next) {
    Run last = joined.getLast();
    Run both =
        switch (next) {
          case Run.OfSource(long offset, long length)
              when last instanceof Run.OfSource(long before, long had) && before + had == offset ->
              new Run.OfSource(before, had + length);
          case Run.OfFile(var file, long offset, long length)
              when last instanceof Run.OfFile(var same, long before, long had)
                  && same.equals(file)
                  && before + had == offset ->
              new Run.OfFile(file, before, had + length);
          case Run.Zeros(long length) when last instanceof Run.Zeros(long had) ->
              new Run.Zeros(had + length);
          default -> last;
        };
    if (both.equals(last)) {
      return false;
    }
    joined.set(joined.size() - 1, both);
    return true;
  }
}
