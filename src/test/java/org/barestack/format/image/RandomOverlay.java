package org.barestack.format.image;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** An overlay of random runs, and the octets that it is. */
public final class RandomOverlay {
  private final Overlay overlay;
  private final byte[] source;
  private final byte[] octets;

  private RandomOverlay(Overlay overlay, byte[] source, byte[] octets) {
    this.overlay = overlay;
    this.source = source;
    this.octets = octets;
  }

  public Overlay overlay() {
    return overlay;
  }

  /** What lies below. */
  public byte[] source() {
    return source;
  }

  /** What the overlay is. */
  public byte[] octets() {
    return octets;
  }

  /**
   * One of those.
   *
   * @param folder where its files are made
   * @param runs how many
   * @param longest octets of a run
   */
  public static RandomOverlay of(SplittableRandom random, Path folder, int runs, int longest)
      throws IOException {
    byte[] source = new byte[longest * 3];
    random.nextBytes(source);
    List<Path> files = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      byte[] content = new byte[longest * 2];
      random.nextBytes(content);
      files.add(Files.write(folder.resolve("part-" + i), content));
    }
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    List<Run> parts = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      int length = random.nextInt(longest) + 1;
      int from = random.nextInt(longest);
      switch (random.nextInt(4)) {
        case 0 -> {
          parts.add(new Run.OfSource(from, length));
          octets.write(source, from, length);
        }
        case 1 -> {
          Path file = files.get(random.nextInt(files.size()));
          parts.add(new Run.OfFile(file, from, length));
          octets.write(Files.readAllBytes(file), from, length);
        }
        case 2 -> {
          byte[] fresh = new byte[length];
          random.nextBytes(fresh);
          int cut = random.nextInt(length);
          parts.add(Run.Octets.of(fresh).part(cut, length - cut));
          octets.write(fresh, cut, length - cut);
        }
        default -> {
          parts.add(new Run.Zeros(length));
          octets.write(new byte[length]);
        }
      }
    }
    return new RandomOverlay(Overlay.of(parts), source, octets.toByteArray());
  }
}
