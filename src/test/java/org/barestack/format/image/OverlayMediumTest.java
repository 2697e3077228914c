package org.barestack.format.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.barestack.testing.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An image to be, read anywhere, against the octets that it is. */
class OverlayMediumTest {
  private static final WritableByteChannel NOWHERE =
      Channels.newChannel(OutputStream.nullOutputStream());

  @TempDir private Path folder;

  @Test
  void readsAnyRange() {
    Properties.forAll(
        40,
        random -> {
          RandomOverlay made = random(random, 1 + random.nextInt(60));
          try (OverlayMedium medium = open(made)) {
            assertThat(medium.size()).isEqualTo(made.octets().length);
            for (int i = 0; i < 50; i++) {
              readAndCompare(medium, made, random);
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Test
  void movesAnyRange() {
    Properties.forAll(
        20,
        random -> {
          RandomOverlay made = random(random, 20);
          try (OverlayMedium medium = open(made)) {
            int from = random.nextInt(made.octets().length);
            int length = random.nextInt(made.octets().length - from) + 1;
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            WritableByteChannel target = Channels.newChannel(out);
            long moved = 0;
            while (moved < length) {
              moved += medium.transferTo(from + moved, length - moved, target);
            }
            assertThat(out.toByteArray())
                .isEqualTo(Arrays.copyOfRange(made.octets(), from, from + length));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Test
  void threadsReadAtTheSameTime() throws Exception {
    SplittableRandom random = new SplittableRandom(Long.getLong("seed", 42));
    RandomOverlay made = random(random, 200);
    try (OverlayMedium medium = open(made);
        ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<?>> readers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        SplittableRandom own = random.split();
        readers.add(
            threads.submit(() -> {
              for (int j = 0; j < 500; j++) {
                readAndCompare(medium, made, own);
              }
              return null;
            }));
      }
      for (Future<?> reader : readers) {
        reader.get();
      }
    }
  }

  @Test
  void manyFilesNeedFewDescriptors() throws IOException {
    List<Run> runs = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      Path file = Files.write(folder.resolve("small-" + i), new byte[] {(byte) i, (byte) (i >> 8)});
      runs.add(new Run.OfFile(file, 0, 2));
    }
    try (OverlayMedium medium = OverlayMedium.open(Overlay.of(runs), Medium.of(new byte[0]))) {
      byte[] all = new byte[40_000];
      medium.read(0, all, 0, all.length);
      for (int i = 0; i < 20_000; i++) {
        assertThat((all[2 * i] & 0xff) + (all[2 * i + 1] & 0xff) * 256).isEqualTo(i);
      }
      assertThat(openBelow(folder)).isBetween(1L, 16L);
    }
    assertThat(openBelow(folder)).isZero();
  }

  private static long openBelow(Path folder) throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.filter(
              descriptor -> {
                try {
                  return Files.readSymbolicLink(descriptor).startsWith(folder);
                } catch (IOException e) {
                  return false; // that of the listing itself
                }
              })
          .count();
    }
  }

  @Test
  void aReadBehindTheEndIsRefused() throws IOException {
    Overlay overlay = Overlay.of(List.of(new Run.Zeros(10)));
    try (OverlayMedium medium = OverlayMedium.open(overlay, Medium.of(new byte[0]))) {
      byte[] into = new byte[20];
      medium.read(10, into, 0, 0);
      assertThatExceptionOfType(EOFException.class)
          .isThrownBy(() -> medium.read(1, into, 0, 10))
          .withMessage("the image has only 10 octets");
      assertThatExceptionOfType(EOFException.class).isThrownBy(() -> medium.read(-1, into, 0, 1));
      assertThatExceptionOfType(EOFException.class)
          .isThrownBy(() -> medium.transferTo(Long.MAX_VALUE, 2, NOWHERE));
    }
  }

  @Test
  void aSourceThatIsTooShortIsRefused() {
    Overlay overlay = Overlay.of(List.of(new Run.OfSource(5, 6)));
    assertThatIOException()
        .isThrownBy(() -> OverlayMedium.open(overlay, Medium.of(new byte[10])))
        .withMessage("the image below has only 10 octets, and 11 are needed");
  }

  @Test
  void aFileThatIsNotAsSaidIsRefused() throws IOException {
    Path file = Files.write(folder.resolve("a.rpm"), new byte[10]);
    assertThatIOException()
        .isThrownBy(() -> open(new Run.OfFile(file, 0, 11)))
        .withMessageStartingWith(file + " has changed since it was looked at");
    assertThatIOException()
        .isThrownBy(() -> open(new Run.OfFile(folder.resolve("b.rpm"), 0, 1)))
        .withMessageContaining("b.rpm")
        .withMessageContaining("it is not there any more");
    assertThatIOException()
        .isThrownBy(() -> open(new Run.OfFile(folder, 0, 1)))
        .withMessage(folder + " is no regular file");
  }

  private interface Change {
    void to(Path file) throws IOException;
  }

  @Test
  void aFileThatChangesIsNamed() throws IOException {
    List<Change> changes =
        List.of(
            file -> Files.write(file, new byte[11]),
            file -> Files.setLastModifiedTime(file, FileTime.fromMillis(1)),
            file -> {
              FileTime time = Files.getLastModifiedTime(file);
              Path other = Files.write(folder.resolve("other"), new byte[10]);
              Files.setLastModifiedTime(other, time);
              Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
            },
            Files::delete);
    for (Change change : changes) {
      for (boolean opened : new boolean[] {false, true}) {
        Path file = Files.write(folder.resolve("a.rpm"), new byte[10]);
        try (OverlayMedium medium = open(new Run.OfFile(file, 0, 10))) {
          byte[] into = new byte[10];
          if (opened) {
            medium.read(0, into, 0, 10);
          }
          change.to(file);
          assertThatIOException()
              .isThrownBy(() -> medium.read(0, into, 0, 10))
              .withMessageContaining(file.toString());
          assertThatIOException()
              .isThrownBy(() -> medium.transferTo(0, 10, NOWHERE))
              .withMessageContaining(file.toString());
        }
      }
    }
  }

  @Test
  void aThreadThatIsInterruptedBreaksNoOther() throws Exception {
    Path file = Files.write(folder.resolve("a.rpm"), new byte[10]);
    try (OverlayMedium medium = open(new Run.OfFile(file, 0, 10))) {
      byte[] into = new byte[10];
      Thread.currentThread().interrupt();
      assertThatIOException().isThrownBy(() -> medium.read(0, into, 0, 10));
      assertThat(Thread.interrupted()).isTrue();
      medium.read(0, into, 0, 10);
    }
  }

  private static OverlayMedium open(Run run) throws IOException {
    return OverlayMedium.open(Overlay.of(List.of(run)), Medium.of(new byte[0]));
  }

  private static OverlayMedium open(RandomOverlay made) throws IOException {
    return OverlayMedium.open(made.overlay(), Medium.of(made.source()));
  }

  private RandomOverlay random(SplittableRandom random, int runs) {
    try {
      return RandomOverlay.of(random, folder, runs, 3000);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void readAndCompare(
      OverlayMedium medium, RandomOverlay made, SplittableRandom random) {
    int from = random.nextInt(made.octets().length);
    int length = random.nextInt(made.octets().length - from + 1);
    byte[] read = new byte[length + 7];
    try {
      medium.read(from, read, 3, length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    assertThat(Arrays.copyOfRange(read, 3, 3 + length))
        .isEqualTo(Arrays.copyOfRange(made.octets(), from, from + length));
  }
}
