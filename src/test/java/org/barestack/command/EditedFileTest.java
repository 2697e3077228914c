package org.barestack.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EditedFileTest {
  @TempDir Path folder;

  private static byte[] octets(String text) {
    return text.getBytes(UTF_8);
  }

  @Test
  void whatSomebodyElseWroteMeanwhileStays() throws IOException {
    Path file = Files.writeString(folder.resolve("site.yaml"), "theirs\n");
    assertThatThrownBy(
            () -> EditedFile.replace(file, Path.of("site.yaml"), octets("old\n"), octets("ours\n")))
        .isInstanceOfSatisfying(
            Failure.class, failure -> assertThat(failure.exitCode()).isEqualTo(Failure.NOT_DONE))
        .hasMessage(
            "site.yaml was edited meanwhile by somebody else and is left as it is; try again");
    assertThat(file).hasContent("theirs\n");
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void modeAndOwnerStay() throws IOException {
    Path file = Files.writeString(folder.resolve("site.yaml"), "old\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    boolean root = Files.getAttribute(file, "unix:uid").equals(0);
    if (root) {
      Files.setAttribute(file, "unix:gid", 4711);
      Files.setAttribute(file, "unix:uid", 4712);
    }
    Object owner = Files.readAttributes(file, "unix:uid,gid,mode");
    EditedFile.replace(file, file, octets("old\n"), octets("new\n"));
    assertThat(file).hasContent("new\n");
    assertThat(Files.readAttributes(file, "unix:uid,gid,mode")).isEqualTo(owner);
  }
}
