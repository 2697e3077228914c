package org.barestack.format.iso;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.barestack.testing.Command;
import org.barestack.testing.Command.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written, read by programs that have read such volumes for decades. */
class VolumeTest {
  private static final Instant DATE = Instant.parse("2026-05-04T03:02:01Z");

  private static final List<FileSection> SEED =
      List.of(
          file("user-data", "#cloud-config\n" + "x".repeat(5000) + "\n"),
          file("meta-data", "instance-id: x\n"),
          file("vendor-data", ""),
          new FileSection(
              "network-config", 0600, "y".repeat(2048).getBytes(StandardCharsets.UTF_8)));

  @TempDir private Path folder;
  private Path iso = Path.of("");

  @BeforeEach
  void place() {
    iso = folder.resolve("seed.iso");
  }

  private static FileSection file(String name, String text) {
    return new FileSection(name, 0644, text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] octets(List<FileSection> files) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      new Volume("cidata", DATE, files).write(out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private void write(List<FileSection> files) throws IOException {
    Files.write(iso, octets(files));
  }

  private String judged(String... words) {
    Result result = Command.of(words).run();
    assertThat(result.status()).as(result.all()).isZero();
    return result.output() + result.errors();
  }

  @Test
  void isoinfoSeesBothTrees() throws IOException {
    write(SEED);
    String iso = this.iso.toString();
    assertThat(judged("isoinfo", "-d", "-i", iso))
        .contains(
            "Volume id: cidata",
            "Joliet with UCS level 3 found",
            "Rock Ridge signatures version 1 found",
            "Volume size is: " + Files.size(this.iso) / Volume.BLOCK);
    for (String names : List.of("-R", "-J")) {
      assertThat(judged("isoinfo", names, "-f", "-i", iso).lines())
          .containsExactlyInAnyOrder("/user-data", "/meta-data", "/vendor-data", "/network-config");
    }
    assertThat(judged("isoinfo", "-R", "-l", "-i", iso))
        .contains("-rw-r--r--   1    0    0            5015 May  4 2026", "-rw-------");
    assertThat(judged("isoinfo", "-p", "-i", iso)).containsPattern("1: +1 [0-9a-f]+");
  }

  @Test
  void xorrisoFindsNothingToComplainOf() throws IOException {
    write(SEED);
    String told =
        judged(
            "xorriso",
            "-abort_on",
            "WARNING",
            "-report_about",
            "WARNING",
            "-indev",
            iso.toString(),
            "-toc");
    assertThat(told)
        .contains("ISO offers   : Rock_Ridge Joliet", ", cidata")
        .doesNotContainIgnoringCase("warning")
        .doesNotContainIgnoringCase("damaged");
    assertThat(judged("xorriso", "-indev", iso.toString(), "-lsl", "/", "--"))
        .contains("'user-data'", "'network-config'");
  }

  @ParameterizedTest
  @CsvSource({"rockridge, joliet", "joliet, rockridge"})
  void theFilesComeOutAsTheyWentIn(String by, String without) throws IOException {
    write(SEED);
    Path out = Files.createDirectory(folder.resolve("out"));
    judged(
        "bsdtar",
        "-x",
        "-f",
        iso.toString(),
        "--options",
        by + ",!" + without,
        "-C",
        out.toString());
    for (FileSection file : SEED) {
      assertThat(out.resolve(file.name())).hasBinaryContent(file.content());
    }
  }

  @Test
  void moreFilesThanABlockOfTheDirectoryHolds() throws IOException {
    List<FileSection> files = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(5);
    for (int i = 0; i < 300; i++) {
      byte[] content = new byte[random.nextInt(5000)];
      random.nextBytes(content);
      String name = "n%03d-".formatted(i) + "é".repeat(random.nextInt(40));
      files.add(new FileSection(name, 0644, content));
    }
    write(files);
    Path out = Files.createDirectory(folder.resolve("out"));
    judged("env", "LC_ALL=C.UTF-8", "bsdtar", "-x", "-f", iso.toString(), "-C", out.toString());
    for (FileSection file : files) {
      assertThat(out.resolve(file.name())).hasBinaryContent(file.content());
    }
    judged("xorriso", "-abort_on", "WARNING", "-indev", iso.toString(), "-toc");
  }

  @Test
  void theSameFilesAreTheSameOctets() {
    List<FileSection> turned = new ArrayList<>(SEED);
    Collections.reverse(turned);
    assertThat(octets(turned)).isEqualTo(octets(SEED));
    assertThat(octets(List.of())).hasSizeGreaterThan(16 * Volume.BLOCK);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ".", "..", "a/b", "a\\b", "a:b", "a*b", "a?b", "a;1", "a\nb"})
  void aNameThatSomeSystemCannotReadIsRefused(String name) {
    assertThatExceptionOfType(IllegalArgumentException.class).isThrownBy(() -> file(name, ""));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> file("x".repeat(65), ""));
  }

  @Test
  void whatIsNoVolumeIsRefused() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> new Volume("seventeen-letters", DATE, List.of()));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> new Volume("cidata", DATE, List.of(file("a", ""), file("A", ""))));
  }
}
