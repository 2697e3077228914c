package org.barestack.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.barestack.testing.IsoReplica.Media;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The replicas have the layout whose name they bear. */
class IsoReplicaTest {
  @TempDir private Path folder;

  private static IsoReplica replica(int major) {
    return major == 9 ? IsoReplica.rocky9(Media.DVD) : IsoReplica.rocky10(Media.DVD);
  }

  private static String xorriso(String... words) {
    Command.Result result = Command.of(words).run();
    assertThat(result.status()).as(result.all()).isZero();
    return result.output() + result.errors();
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 10})
  void whatWentInComesOut(int major) throws IOException {
    IsoReplica replica = replica(major).with("BaseOS/Packages/z/z.rpm", "zed");
    Path iso = replica.write(folder);
    Path out = folder.resolve("out");
    xorriso("xorriso", "-osirrox", "on", "-indev", iso.toString(), "-extract", "/", out.toString());
    for (Map.Entry<String, byte[]> file : replica.files().entrySet()) {
      if (!file.getKey().equals(replica.patched())) {
        assertThat(out.resolve(file.getKey())).hasBinaryContent(file.getValue());
      }
    }
    assertThat(Files.readAllBytes(replica(major).with("BaseOS/Packages/z/z.rpm", "zed").write(out)))
        .as("written a second time")
        .isEqualTo(Files.readAllBytes(iso));
  }

  @Test
  void rocky9HasIsolinuxAndIsAHybrid() {
    Path iso = replica(9).write(folder);
    assertThat(report(iso))
        .contains("isohybrid", "GPT", "/isolinux/isolinux.bin", "/images/efiboot.img");
  }

  @Test
  void rocky10HasAnOffsetAndAnAppendedPartition() {
    Path iso = replica(10).write(folder);
    assertThat(report(iso))
        .contains("grub2-mbr", "Partition offset   : 16", "Appended2", "/images/eltorito.img");
  }

  private static String report(Path iso) {
    return xorriso(
        "xorriso",
        "-indev",
        iso.toString(),
        "-report_el_torito",
        "plain",
        "-report_system_area",
        "plain");
  }
}
