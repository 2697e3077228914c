package org.barestack.format.rpm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.barestack.testing.Command;
import org.barestack.testing.SignedRpms;
import org.barestack.testing.SignedRpms.Packing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Packages of rpmbuild, read, and held against rpm's own tools. */
class RpmReaderTest {
  private static final String FOLDER = "/usr/share/loader/";

  @TempDir Path folder;

  private static Map<String, byte[]> extracted(Path rpm, List<String> paths) throws IOException {
    Map<String, byte[]> found = new HashMap<>();
    try (RpmReader reader = RpmReader.open(rpm)) {
      reader.extract(
          paths,
          (names, _, content) -> {
            byte[] octets = content.readAllBytes();
            names.forEach(name -> found.put(name, octets));
          });
    }
    return found;
  }

  @ParameterizedTest
  @EnumSource
  void headersSayWhatRpmSays(Packing packing) throws IOException {
    Path file = SignedRpms.usual(packing);
    try (RpmReader reader = RpmReader.open(file)) {
      RpmPackage rpm = reader.rpm();
      assertThat(rpm.nevra()).isEqualTo("loader-1-1.el9.x86_64");
      assertThat(
              "%s %s %s %s %s %s\n"
                  .formatted(
                      rpm.name(),
                      rpm.arch(),
                      rpm.payloadFormat(),
                      rpm.compressor(),
                      rpm.payloadSha256().orElseThrow(),
                      rpm.payloadSha256Alt().orElseThrow()))
          .isEqualTo(
              query(
                  file,
                  "%{NAME} %{ARCH} %{PAYLOADFORMAT} "
                      + (packing == Packing.NONE ? "gzip" : "%{PAYLOADCOMPRESSOR}")
                      + " %{PAYLOADDIGEST} %{PAYLOADDIGESTALT}\\n"));
      StringBuilder files = new StringBuilder();
      for (PackagedFile one : rpm.files()) {
        files.append("%s|%s|%s\n".formatted(one.path(), one.digest(), one.linkTo()));
      }
      assertThat(files.toString())
          .isEqualTo(query(file, "[%{FILENAMES}|%{FILEDIGESTS}|%{FILELINKTOS}\\n]"));
      assertThat(rpm.fileDigest()).isEqualTo("SHA-256");
      assertThat(rpm.signatures().packets()).hasSize(1);
      assertThat(rpm.signatures().legacy()).isFalse();
      reader.verifyPayload();
    }
  }

  private static String query(Path file, String format) {
    Command.Result result =
        Command.of("rpm", "-qp", "--nosignature", "--qf", format, file.toString())
            .with("LC_ALL", "C.UTF-8")
            .run();
    assertThat(result.status()).as(result.all()).isZero();
    return result.output();
  }

  @ParameterizedTest
  @EnumSource
  void everyFileIsWhatCpioUnpacks(Packing packing) throws IOException {
    Path rpm = SignedRpms.usual(packing);
    Command.Result unpacked =
        Command.of(
                "bash",
                "-c",
                "set -o pipefail; cd \"$1\"; rpm2cpio \"$2\" | cpio -idm --quiet; find -type l"
                    + " -delete",
                "_",
                folder.toString(),
                rpm.toString())
            .run();
    assertThat(unpacked.status()).as(unpacked.all()).isZero();
    Map<String, byte[]> expected = new HashMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file :
          files.filter(one -> Files.isRegularFile(one, LinkOption.NOFOLLOW_LINKS)).toList()) {
        expected.put("/" + folder.relativize(file), Files.readAllBytes(file));
      }
    }
    assertThat(expected).hasSize(7).containsAllEntriesOf(SignedRpms.files());
    assertThat(extracted(rpm, List.copyOf(expected.keySet())))
        .containsExactlyInAnyOrderEntriesOf(expected);
  }

  @Test
  void oneFileAlone() throws IOException {
    String path = "/boot/efi/EFI/BOOT/BOOTX64.EFI";
    assertThat(extracted(SignedRpms.usual(Packing.ZSTD), List.of(path)))
        .containsExactly(Map.entry(path, SignedRpms.files().get(path)));
  }

  @Test
  void linksAreFollowedInside() throws IOException {
    Path rpm = SignedRpms.usual(Packing.ZSTD);
    assertThat(extracted(rpm, List.of(FOLDER + "inside", FOLDER + "empty")))
        .containsOnlyKeys(FOLDER + "inside", FOLDER + "empty");
    // the content of the first comes with the second
    assertThat(extracted(rpm, List.of(FOLDER + "hard1")).get(FOLDER + "hard1"))
        .asString()
        .isEqualTo("one file, two names\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "none    | has no file '/usr/share/loader/none'",
        "outside | leads out of the package, to '/etc/passwd'",
        "up      | leads out of the package, to '../../../../../etc/passwd'",
        "folder  | is a folder",
        "../loader/empty | has no file",
      })
  void whatIsNotHandedOut(String name, String problem) {
    assertThatThrownBy(() -> extracted(SignedRpms.usual(Packing.ZSTD), List.of(FOLDER + name)))
        .isInstanceOf(RpmException.class)
        .hasMessageStartingWith("loader-1-1.el9.x86_64.rpm, main header: ")
        .hasMessageContaining(problem);
  }

  @Test
  void whatASinkThrowsComesOut() throws IOException {
    try (RpmReader reader = RpmReader.open(SignedRpms.usual(Packing.XZ))) {
      IOException full = new IOException("disk full");
      assertThatThrownBy(() ->
              reader.extract(
                  List.of(FOLDER + "zeros"),
                  (_, _, _) -> {
                    throw full;
                  }))
          .isSameAs(full);
      assertThatThrownBy(reader::verifyPayload).isInstanceOf(IllegalStateException.class);
    }
  }
}
