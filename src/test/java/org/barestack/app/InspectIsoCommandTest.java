package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.barestack.testing.Command;
import org.barestack.testing.IsoReplica;
import org.barestack.testing.IsoReplica.Media;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code barestack inspect-iso}: its exit codes and what it prints. */
class InspectIsoCommandTest {
  @TempDir private Path folder = Path.of("");
  private Path iso = Path.of("");

  @BeforeEach
  void anImageThatBoots() throws IOException {
    Path partition = folder.resolve("efiboot.img");
    Path menu =
        Files.writeString(
            folder.resolve("grub.cfg"),
            """
            menuentry 'Install Rocky Linux 10.1' {
              linux /images/pxeboot/vmlinuz inst.stage2=hd:LABEL=Rocky-10-1-x86_64-dvd quiet
              initrd /images/pxeboot/initrd.img
            }
            """);
    ran("mkfs.fat", "-C", "-n", "ANACONDA", partition.toString(), "2048");
    ran("mmd", "-i", partition.toString(), "::EFI", "::EFI/BOOT");
    for (String name : new String[] {"grub.cfg", "BOOTX64.EFI", "grubx64.efi"}) {
      ran("mcopy", "-i", partition.toString(), menu.toString(), "::EFI/BOOT/" + name);
    }
    iso =
        IsoReplica.rocky10(Media.DVD)
            .with("EFI/BOOT/grub.cfg", Files.readString(menu))
            .with("boot/grub2/grub.cfg", Files.readString(menu))
            .with("images/install.img", new byte[2_000_000])
            .efiPartition(Files.readAllBytes(partition))
            .write(folder);
    ran("implantisomd5", iso.toString());
  }

  private static void ran(String... words) {
    Command.Result result = Command.of(words).run();
    assertThat(result.status()).as(result.all()).isZero();
  }

  private Barestack inspect(String... words) {
    String[] line = new String[words.length + 1];
    line[0] = "inspect-iso";
    System.arraycopy(words, 0, line, 1, words.length);
    return Barestack.run(line);
  }

  /** An octet of the installer, which nothing but the check sum tells. */
  private void damage() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(iso.toFile(), "rw")) {
      file.seek(file.length() / 2);
      file.write('x');
    }
  }

  @Test
  void anImageThatIsWholeEndsWithZero() {
    Barestack result = inspect(iso.toString());
    assertThat(result.status()).as(result.toString()).isZero();
    assertThat(result.out())
        .startsWith(iso + ": Rocky Linux 10.1")
        .contains("WHAT BOOTS", "EL TORITO", "Install Rocky Linux 10.1", "inst.stage2=");
    assertThat(result.err()).isEmpty();
  }

  @Test
  void theCheckReadsAllOfIt() throws IOException {
    Barestack whole = inspect("--check", iso.toString());
    assertThat(whole.status()).as(whole.toString()).isZero();
    damage();
    assertThat(inspect(iso.toString()).status()).as("nobody asked for the check").isZero();
    Barestack damaged = inspect("--check", iso.toString());
    assertThat(damaged.status()).as(damaged.toString()).isEqualTo(1);
    assertThat(damaged.out()).contains("check sum");
  }

  @Test
  void asJson() throws IOException {
    Barestack whole = inspect("--json", iso.toString());
    assertThat(whole.status()).isZero();
    JsonNode fields = JsonMapper.builder().build().readTree(whole.out());
    assertThat(fields.get("file").asText()).isEqualTo(iso.toString());
    assertThat(fields.get("size").asLong()).isEqualTo(Files.size(iso));
    assertThat(fields.get("findings")).isEmpty();
    assertThat(fields.get("menus").findValuesAsText("title")).contains("Install Rocky Linux 10.1");

    damage();
    Barestack damaged = inspect("--json", "--check", iso.toString());
    assertThat(damaged.status()).isEqualTo(1);
    JsonNode checked = JsonMapper.builder().build().readTree(damaged.out());
    assertThat(checked.get("findings")).hasSize(1);
    assertThat(checked.get("checkSum").asText()).isNotEqualTo(fields.get("checkSum").asText());
  }

  /** There is something to say of it, and it is nothing good. */
  @Test
  void aFileThatIsNoImageEndsWithOne() throws IOException {
    Path text = Files.writeString(folder.resolve("notes.txt"), "no image\n".repeat(20_000));
    Barestack result = inspect(text.toString());
    assertThat(result.status()).as(result.toString()).isEqualTo(1);
    assertThat(result.out()).startsWith(text + ": no release named");
  }

  @ParameterizedTest
  @CsvSource({"missing.iso, there is no such file", "'', is a folder; name an image"})
  void whatCannotBeReadEndsWithTwo(String name, String why) {
    Barestack result = inspect(folder.resolve(name).toString());
    assertThat(result.status()).as(result.toString()).isEqualTo(2);
    assertThat(result.err()).contains(folder.resolve(name).toString(), why);
    assertThat(result.out()).isEmpty();
  }
}
