package org.barestack.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.barestack.format.image.Overlay;
import org.barestack.format.image.RandomOverlay;
import org.barestack.format.image.Run;
import org.barestack.testing.Command;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Images onto a device: a loop device, which is a real one but not removable, so what is known of
 * it is made up here. Needs root.
 */
class ImageDeviceTest {
  private static final int SIZE = 24 << 20;
  private static final int EDGE = 1 << 20;

  @TempDir private Path folder;
  private Path below = Path.of("");
  private Path loop = Path.of("");
  private Path source = Path.of("");
  private final long seed = Long.getLong("seed", System.nanoTime());

  /** A device of that size that is full of old octets. */
  @BeforeEach
  void aDevice() throws IOException {
    byte[] old = new byte[SIZE];
    Arrays.fill(old, (byte) 'o');
    below = Files.write(folder.resolve("below"), old);
    Command.Result made = Command.of("losetup", "--find", "--show", below.toString()).run();
    assertThat(made.status()).as(made.all()).isZero();
    loop = Path.of(made.output().strip());
    source = folder.resolve("source.iso");
  }

  @AfterEach
  void detach() {
    assertThat(Command.of("losetup", "--detach", loop.toString()).run().status()).isZero();
  }

  private Device device(String... uses) {
    return new Device(loop, SIZE, true, false, "Loop", "1", "USB", List.of(uses));
  }

  private ImageDevice known(Device device) {
    return new ImageDevice(_ -> device);
  }

  private RandomOverlay image(int runs, int longest) throws IOException {
    RandomOverlay made = RandomOverlay.of(new SplittableRandom(seed), folder, runs, longest);
    Files.write(source, made.source());
    return made;
  }

  private byte[] octets() throws IOException {
    Command.Result flushed = Command.of("blockdev", "--flushbufs", loop.toString()).run();
    assertThat(flushed.status()).as(flushed.all()).isZero();
    return Files.readAllBytes(loop);
  }

  @Test
  void holdsTheImageAndNoOldEnd() throws IOException {
    for (int[] size : new int[][] {{5, 100}, {200, 70_000}, {40, 500_000}}) {
      RandomOverlay image = image(size[0], size[1]);
      int length = image.octets().length;
      assertThat(length).as("seed %d", seed).isLessThan(SIZE - EDGE);
      known(device()).write(image.overlay(), source, device(), false, new Silent());
      byte[] there = octets();
      assertThat(Arrays.equals(there, 0, length, image.octets(), 0, length))
          .as("seed %d, %d octets", seed, length)
          .isTrue();
      byte[] end = Arrays.copyOfRange(there, SIZE - EDGE, SIZE);
      assertThat(end).as("an old partition table's backup").containsOnly(0);
      assertThat(there[SIZE - EDGE - 1]).isEqualTo((byte) 'o');
    }
  }

  @Test
  void imagesThatFillTheDevice() throws IOException {
    for (int less : new int[] {0, 1, 2048, 4096, EDGE - 10}) {
      byte[] octets = new byte[SIZE - less];
      new SplittableRandom(seed + less).nextBytes(octets);
      Files.write(source, octets);
      Overlay whole = Overlay.of(List.of(new Run.OfSource(0, octets.length)));
      known(device()).write(whole, source, device(), false, new Silent());
      byte[] there = octets();
      assertThat(Arrays.equals(there, 0, octets.length, octets, 0, octets.length))
          .as("seed %d, %d octets less", seed, less)
          .isTrue();
      assertThat(Arrays.copyOfRange(there, octets.length, SIZE))
          .satisfies(rest -> {
            for (byte octet : rest) {
              assertThat(octet).isZero();
            }
          });
    }
  }

  @Test
  void whatIsTooLargeIsRefusedBeforeTheFirstOctet() throws IOException {
    Files.write(source, new byte[100]);
    Overlay large = Overlay.of(List.of(new Run.Zeros(SIZE + 1)));
    assertThatExceptionOfType(MediumException.class)
        .isThrownBy(() -> known(device()).check(large, loop))
        .withMessageContaining("it has 25165824 octets, and 25165825 are needed");
    assertThatExceptionOfType(MediumException.class)
        .isThrownBy(() -> known(device()).write(large, source, device(), false, new Silent()))
        .withMessageContaining("take a larger one");
    assertUntouched();
  }

  private void assertUntouched() throws IOException {
    byte[] untouched = new byte[SIZE];
    Arrays.fill(untouched, (byte) 'o');
    assertThat(Arrays.equals(octets(), untouched)).isTrue();
  }

  @Test
  void anotherDeviceThanAgreedToIsNotTouched() throws IOException {
    RandomOverlay image = image(10, 1000);
    Device other = new Device(loop, SIZE, true, false, "Loop", "2", "USB", List.of());
    for (Device now : List.of(other, device("/dev/sdb1 is mounted at /mnt"))) {
      assertThatExceptionOfType(MediumException.class)
          .isThrownBy(
              () -> known(now).write(image.overlay(), source, device(), false, new Silent()))
          .withMessageContaining("is another device now, or in use");
    }
    assertUntouched();
  }

  /** What sysfs does not tell, the kernel knows: here a file system, mounted in secret. */
  @Test
  void aDeviceInUseIsNotToBeHad() throws Exception {
    RandomOverlay image = image(10, 1000);
    assertThat(Command.of("mkfs.ext4", "-q", "-F", loop.toString()).run().status()).isZero();
    byte[] before = octets();
    Process mounted =
        Command.of(
                "unshare",
                "--mount",
                "sh",
                "-c",
                "mount -o ro \"$1\" /mnt && echo mounted && cat",
                "sh",
                loop.toString())
            .start();
    try {
      assertThat(mounted.inputReader().readLine()).isEqualTo("mounted");
      assertThatExceptionOfType(MediumException.class)
          .isThrownBy(
              () -> known(device()).write(image.overlay(), source, device(), false, new Silent()))
          .withMessageContaining("cannot be had alone");
    } finally {
      mounted.getOutputStream().close();
      mounted.waitFor();
    }
    assertThat(Arrays.equals(octets(), before)).isTrue();
  }

  /** As a stick does that lies about its size, or wears out: some octet comes back as another. */
  @Test
  void whatDoesNotComeBackIsFound() throws IOException {
    RandomOverlay image = image(60, 100_000);
    int wrong = image.octets().length / 2;
    Silent worn =
        new Silent() {
          @Override
          public void begin(String what, long octets) {
            if (what.startsWith("reading back")) {
              try (var device =
                  Files.newByteChannel(loop, java.nio.file.StandardOpenOption.WRITE)) {
                device.position(wrong);
                device.write(java.nio.ByteBuffer.wrap(new byte[] {(byte) ~image.octets()[wrong]}));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }
          }
        };
    assertThatExceptionOfType(MediumException.class)
        .isThrownBy(() -> known(device()).write(image.overlay(), source, device(), false, worn))
        .withMessageContaining("does not hold what was written: octet " + wrong + " is");
  }

  /** The part of a boot sector comes last. */
  @Test
  void whatBreaksOffBootsNothing() throws IOException {
    byte[] octets = new byte[SIZE / 2];
    Arrays.fill(octets, (byte) 'n');
    Files.write(source, octets);
    Overlay whole = Overlay.of(List.of(new Run.OfSource(0, octets.length)));
    Silent pulled =
        new Silent() {
          @Override
          public void passed(long more) {
            throw new IllegalStateException("pulled out");
          }
        };
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> known(device()).write(whole, source, device(), false, pulled));
    byte[] there = octets();
    assertThat(Arrays.copyOf(there, EDGE)).containsOnly(0);
    assertThat(there[EDGE]).isEqualTo((byte) 'n');
  }

  @Test
  void thisLoopDeviceIsNotRemovable() throws IOException {
    Device really = new LinuxDevices(Path.of("/")).look(loop);
    assertThat(really.size()).isEqualTo(SIZE);
    assertThat(really.uses()).isEmpty();
    assertThatExceptionOfType(MediumException.class)
        .isThrownBy(() -> really.check(1))
        .withMessageContaining("it is not removable");
  }
}
