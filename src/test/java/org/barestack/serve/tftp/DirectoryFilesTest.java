package org.barestack.serve.tftp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.barestack.serve.tftp.TftpFiles.Answer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DirectoryFilesTest {
  @TempDir Path top;

  @BeforeEach
  void tree() throws IOException {
    Files.createDirectories(top.resolve("root/EFI/BOOT"));
    write("root/EFI/BOOT/BOOTX64.EFI", "shim");
    write("root/grub.cfg", "lower");
    write("root/Two", "1");
    write("root/tWo", "2");
    write("root/two.txt", "3");
    write("secret", "secret");
    Files.createDirectory(top.resolve("root-beside"));
    write("root-beside/x", "secret");
    link("root/inside", "EFI/BOOT/BOOTX64.EFI");
    link("root/out", "../secret");
    link("root/outdir", "..");
    link("root/dangling", "nothing");
    link("root/loop", "loop");
    link("served", "root");
  }

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource({
    "EFI/BOOT/BOOTX64.EFI, shim",
    "efi/boot/bootx64.efi, shim",
    "GRUB.CFG, lower",
    "Two, 1",
    "tWo, 2",
    "TWO, no such file",
    "inside, shim",
    "INSIDE, shim",
    "absent, no such file",
    "absent/x, no such file",
    "grub.cfg/x, no such file",
    "dangling, no such file",
    "EFI, not a file",
    "out, the name leads out of the served directory",
    "outdir/secret, the name leads out of the served directory",
    "OUTDIR/SECRET, the name leads out of the served directory",
    "../root-beside/x, the name leads out of the served directory",
    "/etc/passwd, no such file",
  })
  void names(String name, String expected) throws IOException {
    assertThat(text(new DirectoryFiles(top.resolve("served")).find(name))).isEqualTo(expected);
  }

  @Test
  void aFaultIsNotNotFound() throws IOException {
    DirectoryFiles files = new DirectoryFiles(top.resolve("root"));
    assertThatThrownBy(() -> files.find("loop"))
        .isInstanceOf(FileSystemException.class)
        .isNotInstanceOf(NoSuchFileException.class);
  }

  @Test
  void theDirectoryMustBeThere() {
    assertThatThrownBy(() -> new DirectoryFiles(top.resolve("absent")))
        .isInstanceOf(NoSuchFileException.class);
  }

  private static String text(Answer answer) throws IOException {
    return switch (answer) {
      case Answer.NotFound(String reason) -> reason;
      case Answer.Found(Content content) -> {
        try (content) {
          ByteBuffer bytes = ByteBuffer.allocate((int) content.size());
          content.read(0, bytes);
          yield new String(bytes.array(), UTF_8);
        }
      }
    };
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(top.resolve(name), text);
  }

  private void link(String name, String target) throws IOException {
    Files.createSymbolicLink(top.resolve(name), Path.of(target));
  }
}
