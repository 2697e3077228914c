package org.barestack.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.barestack.format.image.Overlay;
import org.barestack.format.image.Run;
import org.barestack.format.iso.IsoEntry;
import org.barestack.format.iso.IsoException;
import org.barestack.format.iso.IsoImage;
import org.barestack.media.MediumPlan;
import org.barestack.model.Token;
import org.barestack.testing.Command;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A machine whose drive is a medium that is nowhere, over HTTP, as a service processor's virtual
 * medium is.
 */
class MediaBootIT {
  private static final Token TOKEN = new Token("0123456789abcdef0123456789abcdef");
  private static final long LIMIT_SECONDS = 300;

  /** GRUB's, as long as the one that stands in the image. */
  private static final String ON_DISK = "echo medium as it lies on the disk; halt\n";

  private static final String IN_FLIGHT = "echo medium as served in flight   ; halt\n";

  @TempDir private Path folder = Path.of("");

  /** One that prints on its serial line what stands in its grub.cfg. */
  private Path image() throws IOException {
    Path tree = Files.createDirectories(folder.resolve("tree/boot"));
    Path begin =
        Files.writeString(
            folder.resolve("begin.cfg"),
            """
            serial --unit=0 --speed=115200
            terminal_output serial
            search --no-floppy --set=root --file /boot/grub.cfg
            configfile /boot/grub.cfg
            """);
    Files.writeString(tree.resolve("grub.cfg"), ON_DISK);
    run(
        "grub-mkimage",
        "-O",
        "i386-pc-eltorito",
        "-d",
        "/usr/lib/grub/i386-pc",
        "-o",
        tree.resolve("eltorito.img").toString(),
        "-c",
        begin.toString(),
        "-p",
        "/boot",
        "iso9660",
        "biosdisk",
        "serial",
        "terminal",
        "search",
        "search_fs_file",
        "configfile",
        "normal",
        "echo",
        "halt");
    Path iso = folder.resolve("tiny.iso");
    run(
        "xorriso",
        "-as",
        "mkisofs",
        "-quiet",
        "-o",
        iso.toString(),
        "-V",
        "TINY",
        "--grub2-mbr",
        "/usr/lib/grub/i386-pc/boot_hybrid.img",
        "-partition_offset",
        "16",
        "-iso_mbr_part_type",
        "0x83",
        "-b",
        "boot/eltorito.img",
        "-no-emul-boot",
        "-boot-load-size",
        "4",
        "-boot-info-table",
        "--grub2-boot-info",
        "-R",
        folder.resolve("tree").toString());
    return iso;
  }

  private static void run(String... words) {
    Command.Result result = Command.of(words).run();
    assertThat(result.status()).as(result.all()).isZero();
  }

  private static Overlay edited(Path iso) throws IOException, IsoException {
    try (IsoImage image = IsoImage.open(iso)) {
      IsoEntry.IsoFile config = (IsoEntry.IsoFile) image.entry("boot/grub.cfg").orElseThrow();
      assertThat(IN_FLIGHT).hasSameSizeAs(ON_DISK);
      return Overlay.of(List.of(new Run.OfSource(0, image.size())))
          .with(
              config.extents().getFirst().offset(), IN_FLIGHT.getBytes(StandardCharsets.US_ASCII));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"media=cdrom", "if=virtio"})
  void boots(String as) throws Exception {
    Path iso = image();
    Overlay overlay = edited(iso);
    try (Bench bench = new Bench(folder)) {
      bench.plans.put(TOKEN, new MediumPlan("one", iso, () -> overlay));
      String url = bench.uri("/media/" + TOKEN.secret() + ".iso").toString();
      Process machine =
          Command.of(
                  "qemu-system-x86_64",
                  "-machine",
                  "q35",
                  "-accel",
                  "tcg",
                  "-m",
                  "256",
                  "-nodefaults",
                  "-display",
                  "none",
                  "-no-reboot",
                  "-nic",
                  "none",
                  "-serial",
                  "stdio",
                  "-drive",
                  "file=" + url + ",format=raw,readonly=on," + as)
              .start();
      try {
        List<String> lines = new ArrayList<>();
        CompletableFuture<Void> printed =
            CompletableFuture.runAsync(() -> readUntilPrinted(machine.inputReader(), lines));
        printed.get(LIMIT_SECONDS, TimeUnit.SECONDS);
        assertThat(lines)
            .as(() -> lines + machine.errorReader().lines().toList().toString())
            .anyMatch(line -> line.contains("medium as served in flight"));
      } finally {
        machine.destroyForcibly().waitFor();
      }
    }
  }

  private static void readUntilPrinted(BufferedReader serial, List<String> lines) {
    try {
      for (String line = serial.readLine(); line != null; line = serial.readLine()) {
        lines.add(line);
        if (line.contains("medium as ")) {
          return;
        }
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
