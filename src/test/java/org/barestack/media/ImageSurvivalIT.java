package org.barestack.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.barestack.testing.Command;
import org.barestack.testing.IsoReplica;
import org.barestack.testing.IsoReplica.Media;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images written by processes that are killed, side by side, on full disks, and on XFS. */
class ImageSurvivalIT {
  private static final int KILLS = 12;
  private static final int OCTETS = 150 << 20;
  private static final long LIMIT_SECONDS = 300;

  @TempDir private Path work = Path.of("");
  private Path source = Path.of("");

  /** Long enough to be killed in the middle. */
  @BeforeEach
  void anImage() {
    byte[] content = new byte[OCTETS];
    new Random(1).nextBytes(content);
    source = IsoReplica.rocky9(Media.BOOT).with("images/install.img", content).write(work);
  }

  private static List<String> program(String... arguments) {
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                ImageWriter.class.getName()));
    words.addAll(List.of(arguments));
    return words;
  }

  private Process writer(Path file, String sum, String action) {
    return Command.of(
            program(source.toString(), file.toString(), sum, action).toArray(String[]::new))
        .start();
  }

  private static void ends(Process process) throws Exception {
    assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(process.inputReader().readAllAsString()).endsWith("done\n");
    assertThat(process.exitValue()).isZero();
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void killedAtAnyMomentItIsTheOldOrTheNewOne() throws Exception {
    long seed = Long.getLong("seed", System.nanoTime());
    System.out.println("ImageSurvivalIT: -Dseed=" + seed);
    Random random = new Random(seed);
    Path whole = work.resolve("whole.iso");
    long began = System.nanoTime();
    ends(writer(whole, "sum", "-"));
    long millis = (System.nanoTime() - began) / 1_000_000;
    Path folder = Files.createDirectory(work.resolve("out"));
    Path file = folder.resolve("made.iso");
    int caught = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      boolean replaces = kill % 2 == 1;
      Files.deleteIfExists(file);
      if (replaces) {
        Files.writeString(file, "the old one");
      }
      Process process = writer(file, "sum", "-");
      BufferedReader output = process.inputReader();
      assertThat(output.readLine()).isEqualTo("began");
      if (!process.waitFor(random.nextLong(millis), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly().waitFor();
        caught++;
      }
      if (Files.exists(file) && !(replaces && Files.size(file) < 100)) {
        assertThat(Files.mismatch(file, whole)).as("seed %d, kill %d", seed, kill).isEqualTo(-1);
      } else {
        assertThat(Files.exists(file)).as("seed %d, kill %d", seed, kill).isEqualTo(replaces);
      }
      ends(writer(file, "sum", "-"));
      assertThat(Files.mismatch(file, whole)).as("seed %d, kill %d", seed, kill).isEqualTo(-1);
      assertThat(names(folder)).containsExactly("made.iso");
    }
    assertThat(caught).as("seed %d", seed).isGreaterThanOrEqualTo(KILLS / 3);
    Command.Result judged = Command.of("checkisomd5", file.toString()).run();
    assertThat(judged.all()).contains("PASS");
  }

  @Test
  void whatAnotherProcessWritesIsLeftToIt() throws Exception {
    Path folder = Files.createDirectory(work.resolve("out"));
    Process slow = writer(folder.resolve("slow.iso"), "plain", "wait");
    BufferedReader output = slow.inputReader();
    assertThat(output.readLine()).isEqualTo("began");
    assertThat(output.readLine()).isEqualTo("waits");
    ends(writer(folder.resolve("quick.iso"), "plain", "-"));
    assertThat(names(folder)).hasSize(2).anyMatch(name -> name.startsWith(ImageFile.UNFINISHED));
    slow.getOutputStream().write('\n');
    slow.getOutputStream().flush();
    ends(slow);
    assertThat(names(folder)).containsExactly("quick.iso", "slow.iso");
    byte[] wanted = Files.readAllBytes(source);
    System.arraycopy(
        ImageWriter.MARK, 0, wanted, (int) ImageWriter.OFFSET, ImageWriter.MARK.length);
    assertThat(Arrays.equals(Files.readAllBytes(folder.resolve("slow.iso")), wanted)).isTrue();
    assertThat(Files.mismatch(folder.resolve("slow.iso"), folder.resolve("quick.iso")))
        .isEqualTo(-1);
  }

  /** The disk that is too small from the start, and the one that fills underway. Needs root. */
  @Test
  void aFullDiskIsToldAndNothingIsLeft() throws IOException {
    Path small = Files.createDirectory(work.resolve("small"));
    Command.Result result =
        Command.of(
                "unshare",
                "--mount",
                "bash",
                "-c",
                """
                mount -t tmpfs -o size=100m tmpfs "$1"
                echo old > "$1/made.iso"
                %s; echo "first $?"; ls -A "$1"
                mount -o remount,size=160m "$1"
                %s; echo "second $?"; ls -A "$1"; cat "$1/made.iso"
                rm "$1/filler"
                %s; echo "third $?"; cmp "$1/made.iso" "$2"; ls -A "$1"
                """
                    .formatted(
                        line(small.resolve("made.iso"), "sum", "-"),
                        line(small.resolve("made.iso"), "sum", "fill"),
                        line(small.resolve("made.iso"), "plain", "-")),
                "bash",
                small.toString(),
                source.toString())
            .run();
    String output = result.output();
    assertThat(output)
        .as(result.all())
        .contains("refused: " + small + " has room for ", "first 1\nmade.iso\n")
        .contains("refused: " + small + " is full; nothing was left there")
        .contains("second 1\nfiller\nmade.iso\nold\n")
        .contains("third 0\n" + source.resolveSibling("small/made.iso") + " " + source + " differ");
    assertThat(output).endsWith("\nmade.iso\n");
  }

  private String line(Path file, String sum, String action) {
    return "'" + String.join("' '", program(source.toString(), file.toString(), sum, action)) + "'";
  }

  /** XFS shares the blocks of both files: what is new takes room, and nothing else. Needs root. */
  @Test
  void onXfsItTakesNoRoom() throws IOException {
    Path mount = Files.createDirectory(work.resolve("xfs"));
    Command.Result result =
        Command.of(
                "unshare",
                "--mount",
                "bash",
                "-c",
                """
                set -e
                truncate -s 400M "$1.img"
                mkfs.xfs -q -m reflink=1 "$1.img"
                mount -o loop "$1.img" "$1"
                cp "$2" "$1/source.iso"
                sync
                before=$(df --output=used -k "$1" | tail -n 1)
                %s >/dev/null
                sync
                after=$(df --output=used -k "$1" | tail -n 1)
                checkisomd5 "$1/made.iso" 2>&1 | grep -o PASS
                echo "$((after - before)) KiB more"
                umount "$1"
                """
                    .formatted(
                        "'"
                            + String.join(
                                "' '",
                                program(mount + "/source.iso", mount + "/made.iso", "sum", "-"))
                            + "'"),
                "bash",
                mount.toString(),
                source.toString())
            .run();
    assertThat(result.status()).as(result.all()).isZero();
    assertThat(result.output()).startsWith("PASS\n");
    long more = Long.parseLong(result.output().lines().toList().getLast().split(" ", 2)[0]);
    assertThat(more).as("KiB of 150 MiB").isLessThan(5_000);
  }
}
