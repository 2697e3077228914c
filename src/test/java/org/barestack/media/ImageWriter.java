package org.barestack.media;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.barestack.format.image.Overlay;
import org.barestack.format.image.Run;

/** Writes an image into a file, as a process of its own. */
final class ImageWriter {
  /** What the image has that its source has not. */
  static final long OFFSET = 5_000_000;

  static final byte[] MARK = "not in the source".getBytes(StandardCharsets.US_ASCII);

  private ImageWriter() {}

  static Overlay overlay(Path source) throws IOException {
    return Overlay.of(List.of(new Run.OfSource(0, Files.size(source)))).with(OFFSET, MARK);
  }

  /**
   * The source, the file, {@code sum} or {@code plain}, and what is done when the first octets are
   * there: {@code wait} for standard input, {@code fill} the disk, or nothing.
   */
  public static void main(String... words) throws IOException {
    Path source = Path.of(words[0]);
    Path file = Path.of(words[1]);
    String action = words[3];
    try {
      ImageFile.write(
          overlay(source),
          source,
          file,
          words[2].equals("sum"),
          new Silent() {
            private boolean acted;

            @Override
            public void begin(String what, long octets) {
              System.out.println("began");
            }

            @Override
            public void passed(long octets) {
              if (!acted) {
                acted = true;
                act(action, file.resolveSibling("filler"));
              }
            }
          });
      System.out.println("done");
    } catch (MediumException e) {
      System.out.println("refused: " + e.getMessage());
      System.exit(1);
    }
  }

  private static void act(String action, Path filler) {
    try {
      switch (action) {
        case "wait" -> {
          System.out.println("waits");
          int _ = System.in.read();
        }
        case "fill" -> {
          try (var out = Files.newOutputStream(filler)) {
            while (true) {
              out.write(new byte[4096]);
            }
          }
        }
        default -> {}
      }
    } catch (IOException e) {
      System.out.println(action + ": " + e.getMessage());
    }
  }
}
