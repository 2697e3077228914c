package org.barestack.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.barestack.format.image.Overlay;
import org.barestack.format.image.RandomOverlay;
import org.barestack.format.image.Run;
import org.barestack.testing.Command;
import org.barestack.testing.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images that are written into files. */
class ImageFileTest {
  @TempDir private Path work;
  private Path folder = Path.of("");
  private Path source = Path.of("");
  private Path target = Path.of("");

  @BeforeEach
  void places() throws IOException {
    folder = Files.createDirectory(work.resolve("out"));
    source = Files.write(work.resolve("source.iso"), new byte[100_000]);
    target = folder.resolve("made.iso");
  }

  private static Overlay copyOf(long length) {
    return Overlay.of(List.of(new Run.OfSource(0, length)));
  }

  private void write(Overlay overlay) throws IOException {
    ImageFile.write(overlay, source, target, false, new Silent());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void isWhatTheOverlayIs() {
    Properties.forAll(
        20,
        random -> {
          try {
            RandomOverlay made = RandomOverlay.of(random, work, 50, 200_000);
            Files.write(source, made.source());
            write(made.overlay());
            assertThat(Files.readAllBytes(target)).isEqualTo(made.octets());
            assertThat(names()).containsExactly("made.iso");
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Test
  void onlyItsOwnerReadsIt() throws IOException {
    Files.write(target, new byte[1], java.nio.file.StandardOpenOption.CREATE);
    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-r--r--"));
    write(copyOf(100_000));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(target)))
        .isEqualTo("rw-------");
  }

  @Test
  void zerosTakeNoRoom() throws IOException {
    long gibibyte = 1L << 30;
    write(Overlay.of(List.of(new Run.OfSource(0, 50_000), new Run.Zeros(gibibyte))));
    assertThat(Files.size(target)).isEqualTo(gibibyte + 50_000);
    String blocks = Command.of("stat", "-c", "%b", target.toString()).run().output().strip();
    assertThat(Long.parseLong(blocks) * 512).isLessThan(1 << 20);
  }

  @Test
  void whatIsLeftOfAKilledRunGoes() throws IOException {
    Files.write(folder.resolve(ImageFile.UNFINISHED + "123"), new byte[10]);
    Files.write(folder.resolve(".barestack1.new"), new byte[10]);
    write(copyOf(10));
    assertThat(names()).containsExactly(".barestack1.new", "made.iso");
  }

  /** A writer that was stopped on its way, and another one into the same folder. */
  @Test
  void whatIsStillWrittenStays() throws Exception {
    CountDownLatch underWay = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    FutureTask<Void> slow =
        new FutureTask<>(() -> {
          ImageFile.write(
              copyOf(100_000),
              source,
              target,
              false,
              new Silent() {
                @Override
                public void passed(long octets) {
                  underWay.countDown();
                  try {
                    assertThat(goOn.await(60, TimeUnit.SECONDS)).isTrue();
                  } catch (InterruptedException e) {
                    throw new AssertionError(e);
                  }
                }
              });
          return null;
        });
    Thread.ofPlatform().start(slow);
    assertThat(underWay.await(60, TimeUnit.SECONDS)).isTrue();
    ImageFile.write(copyOf(10), source, folder.resolve("other.iso"), false, new Silent());
    assertThat(names()).hasSize(2).anyMatch(name -> name.startsWith(ImageFile.UNFINISHED));
    goOn.countDown();
    slow.get(60, TimeUnit.SECONDS);
    assertThat(names()).containsExactly("made.iso", "other.iso");
    assertThat(Files.size(target)).isEqualTo(100_000);
  }

  @Test
  void placesThatAreNone() throws IOException {
    assertThatExceptionOfType(MediumException.class)
        .isThrownBy(() ->
            ImageFile.write(copyOf(10), source, work.resolve("none/x.iso"), false, new Silent()))
        .withMessage(work + "/none is no folder; make it, or name another place");
    assertThatExceptionOfType(MediumException.class)
        .isThrownBy(() -> ImageFile.write(copyOf(10), source, folder, false, new Silent()))
        .withMessage(
            folder
                + " is there and is no regular file; name another place, or a device by --write");
    Path link = Files.createLink(folder.resolve("link.iso"), source);
    assertThatExceptionOfType(MediumException.class)
        .isThrownBy(() -> ImageFile.write(copyOf(10), source, link, false, new Silent()))
        .withMessage(link + " is the image that this one is made of; name another place");
  }

  @Test
  void aFaultLeavesWhatWasThere() throws IOException {
    Files.writeString(target, "the old one");
    Path part = Files.write(work.resolve("part"), new byte[10]);
    List<Overlay> broken = new ArrayList<>();
    broken.add(copyOf(100_001));
    broken.add(Overlay.of(List.of(new Run.OfFile(part, 0, 11))));
    broken.add(Overlay.of(List.of(Run.Octets.of(new byte[1])))); // no volume to sum up
    Overlay changing =
        Overlay.of(List.of(new Run.OfSource(0, 50_000), new Run.OfFile(part, 0, 10)));
    for (boolean sum : new boolean[] {false, true}) {
      for (Overlay overlay : broken) {
        if (sum || overlay.length() > 1) {
          assertThatIOException()
              .isThrownBy(() -> ImageFile.write(overlay, source, target, sum, new Silent()));
        }
      }
      assertThatIOException()
          .isThrownBy(() ->
              ImageFile.write(
                  changing,
                  source,
                  target,
                  false,
                  new Silent() {
                    @Override
                    public void passed(long octets) {
                      try {
                        Files.write(part, new byte[12]);
                      } catch (IOException e) {
                        throw new UncheckedIOException(e);
                      }
                    }
                  }))
          .withMessageContaining(part + " has changed");
      Files.write(part, new byte[10]);
      assertThat(names()).containsExactly("made.iso");
      assertThat(target).hasContent("the old one");
    }
  }

  @Test
  void aDiskThatIsTooSmallIsRefusedBefore() throws IOException {
    Path huge = work.resolve("huge.iso");
    Command.Result made = Command.of("truncate", "-s", "7E", huge.toString()).run();
    if (made.status() != 0) { // ext4 has less: 16 TiB
      assertThat(Command.of("truncate", "-s", "15T", huge.toString()).run().status()).isZero();
    }
    assertThatExceptionOfType(MediumException.class)
        .isThrownBy(() ->
            ImageFile.write(
                copyOf(Files.size(huge)),
                huge,
                target,
                false,
                new Silent() {
                  @Override
                  public void passed(long octets) {
                    throw new AssertionError("something was written");
                  }
                }))
        .withMessageContaining("has room for ")
        .withMessageContaining("make room, or name another place");
    assertThat(names()).isEmpty();
  }
}
