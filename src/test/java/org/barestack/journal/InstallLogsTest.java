package org.barestack.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;
import static org.barestack.testing.Properties.forAll;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.barestack.journal.InstallLogs.Answer;
import org.barestack.journal.InstallLogs.Install;
import org.barestack.journal.InstallLogs.LogFile;
import org.barestack.model.InstallId;
import org.barestack.model.NodeName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstallLogsTest {
  private static final NodeName KVM1 = new NodeName("kvm1");
  private static final InstallId ID = new InstallId("bsaaaa222222");

  @TempDir Path folder;
  Path root;
  InstallLogs logs;

  @BeforeEach
  void someLogs() {
    root = folder.resolve("logs");
    logs = new InstallLogs(root);
  }

  private Answer keep(InstallId install, String name, byte[] octets) {
    return logs.keep(KVM1, install, name, octets);
  }

  private Answer keep(String name, String text) {
    return keep(ID, name, text.getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] gzip(byte[] octets) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(octets);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  private List<String> files() throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void aLogIsAPlainFileAndTheNextOfItsNameReplacesIt() throws IOException {
    assertThat(keep("anaconda.log", "first")).isEqualTo(new Answer.Kept(5, List.of()));
    Files.writeString(root.resolve("kvm1/bsaaaa222222/.anaconda.log.new"), "left by a crash");
    assertThat(keep("anaconda.log", "again!")).isEqualTo(new Answer.Kept(6, List.of()));
    assertThat(root.resolve("kvm1/bsaaaa222222/anaconda.log")).hasContent("again!");
    assertThat(files()).containsExactly("logs/kvm1/bsaaaa222222/anaconda.log");
    assertThat(logs.of(KVM1).getFirst().files())
        .extracting(LogFile::name, LogFile::octets)
        .containsExactly(tuple("anaconda.log", 6L));
  }

  @Test
  void nobodyElseReadsThem() throws IOException {
    keep("anaconda.log", "x");
    for (Path path = root.resolve("kvm1/bsaaaa222222/anaconda.log");
        !path.equals(folder);
        path = path.resolveSibling("")) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
          .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------");
    }
  }

  @Test
  void anyOctetsComeBackPackedOrNot() {
    forAll(
        50,
        random -> {
          byte[] octets = new byte[random.nextInt(100_000)];
          random.nextBytes(octets);
          if (octets.length > 0) {
            octets[0] = 'a'; // not gzip itself
          }
          keep(ID, "a", octets);
          keep(ID, "b", gzip(octets));
          assertThat(root.resolve("kvm1/bsaaaa222222/a")).hasBinaryContent(octets);
          assertThat(root.resolve("kvm1/bsaaaa222222/b")).hasBinaryContent(octets);
        });
  }

  @Test
  void aLogHasALimitUnpacked() throws IOException {
    byte[] most = new byte[InstallLogs.LARGEST];
    byte[] more = new byte[InstallLogs.LARGEST + 1];
    assertThat(keep(ID, "a", most)).isInstanceOf(Answer.Kept.class);
    assertThat(keep(ID, "b", more)).isInstanceOf(Answer.TooMuch.class);
    assertThat(keep(ID, "c", gzip(new byte[100 << 20]))).isInstanceOf(Answer.TooMuch.class);
    assertThat(files()).containsExactly("logs/kvm1/bsaaaa222222/a");
  }

  @Test
  void anInstallHasALimit() throws IOException {
    byte[] half = new byte[InstallLogs.LARGEST / 2];
    for (int i = 0; i < 16; i++) {
      assertThat(keep(ID, "log" + i, half)).isInstanceOf(Answer.Kept.class);
    }
    assertThat(keep(ID, "more", half)).isInstanceOf(Answer.TooMuch.class);
    assertThat(keep(ID, "log3", half)).isInstanceOf(Answer.Kept.class);
    assertThat(files()).hasSize(16);
  }

  @Test
  void anInstallHasALimitOfFiles() throws IOException {
    for (int i = 0; i < InstallLogs.MOST_FILES; i++) {
      assertThat(keep("log" + i, "")).isInstanceOf(Answer.Kept.class);
    }
    assertThat(keep("more", "")).isInstanceOf(Answer.TooMuch.class);
    assertThat(files()).hasSize(InstallLogs.MOST_FILES);
  }

  @Test
  void whatIsNotWholeIsNotKept() throws IOException {
    byte[] packed = gzip("a log".repeat(100).getBytes(StandardCharsets.UTF_8));
    assertThat(keep(ID, "a", Arrays.copyOf(packed, packed.length - 3)))
        .isInstanceOf(Answer.Broken.class);
    assertThat(files()).isEmpty();
  }

  @Test
  void theLastFiveInstallsStay() throws IOException {
    for (int i = 0; i < 5; i++) {
      keep(new InstallId("bsaaaa22222" + "abcde".charAt(i)), "a", new byte[1]);
      Files.setLastModifiedTime(
          root.resolve("kvm1/bsaaaa22222" + "abcde".charAt(i) + "/a"),
          FileTime.from(Instant.EPOCH.plusSeconds(i)));
    }
    Files.writeString(root.resolve("kvm1/bsaaaa22222a/.b.new"), "left by a crash");
    assertThat(keep(ID, "a", new byte[1])).isEqualTo(new Answer.Kept(1, List.of("bsaaaa22222a")));
    assertThat(root.resolve("kvm1/bsaaaa22222a")).doesNotExist();
    assertThat(logs.of(KVM1))
        .extracting(Install::id)
        .containsExactly(
            "bsaaaa222222", "bsaaaa22222e", "bsaaaa22222d", "bsaaaa22222c", "bsaaaa22222b");
    assertThat(logs.of(new NodeName("kvm2"))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "..", ".hidden", "a/b", "A", "a b", "a\nb", "-a", "a\0"})
  void otherNamesAreNotTaken(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> keep(name, "x"));
  }

  @Test
  void aFaultOfTheStorageNamesTheFile() throws IOException {
    Files.writeString(root, "a file where the folder shall be");
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> keep("a", "x"))
        .withMessageContaining("kvm1/bsaaaa222222/a");
  }

  @ParameterizedTest
  @ValueSource(strings = {"kvm1", "kvm1/bsaaaa222222"})
  void noLinkLeadsALogElsewhere(String link) throws IOException {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Files.createDirectories(root.resolve(link).resolveSibling(""));
    Files.createSymbolicLink(root.resolve(link), elsewhere);
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> keep("cron", "* * * * * root sh"))
        .havingCause()
        .withMessageContaining("is no folder");
    assertThat(files()).isEmpty();
  }

  @Test
  void aLinkInTheLogsPlaceIsReplacedNotFollowed() throws IOException {
    Path precious = Files.writeString(folder.resolve("precious"), "as it was");
    Path install = Files.createDirectories(root.resolve("kvm1/bsaaaa222222"));
    Files.createSymbolicLink(install.resolve("a.log"), precious);
    Files.createSymbolicLink(install.resolve(".b.log.new"), precious);
    assertThat(keep("a.log", "lines")).isEqualTo(new Answer.Kept(5, List.of()));
    assertThat(install.resolve("a.log")).hasContent("lines");
    assertThatExceptionOfType(UncheckedIOException.class).isThrownBy(() -> keep("b.log", "lines"));
    assertThat(precious).hasContent("as it was");
  }
}
