package org.barestack.rehearse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.barestack.model.Node;
import org.barestack.model.Node.DiskRule;
import org.barestack.testing.Examples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DisksTest {
  private static final Path FOLDER = Path.of("/rehearsal");
  private static final long GIB = 1L << 30;

  private static Node node(DiskRule... rules) {
    Node usual = Examples.site("minimal").managementNode();
    return new Node(
        usual.name(),
        usual.role(),
        usual.address(),
        usual.nics(),
        usual.links(),
        usual.bridges(),
        usual.carries(),
        List.of(rules),
        usual.firmware(),
        usual.localBoot(),
        usual.bootOrder(),
        usual.kernelArgs(),
        usual.packages(),
        usual.scripts(),
        usual.bmc());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        " 1 |    | 12",
        " 8 | 10 | 10",
        "20 |    | 20",
        "20 | 40 | 20",
        "12 | 12 | 12",
      })
  void aSizeIsOneThatTheRuleTakes(long minimum, Long maximum, int gibibytes) throws IOException {
    DiskRule rule = new DiskRule.Size(minimum * GIB, maximum == null ? null : maximum * GIB);
    assertThat(Disks.of(node(rule), FOLDER))
        .containsExactly(new Disk(FOLDER.resolve("mgmt1.raw"), gibibytes, "MGMT1"));
  }

  @Test
  void halfAGibibyteIsRoundedUp() throws IOException {
    assertThat(Disks.of(node(new DiskRule.Size(20 * GIB + 1, null)), FOLDER))
        .extracting(Disk::gibibytes)
        .containsExactly(21);
  }

  @Test
  void membersOfAMirrorAreTwoDisks() throws IOException {
    List<Disk> disks =
        Disks.of(node(new DiskRule.Serial("S6PENG0R500123"), new DiskRule.Serial("B")), FOLDER);
    assertThat(disks).extracting(Disk::serial).containsExactly("S6PENG0R500123", "B");
    assertThat(disks)
        .extracting(Disk::file)
        .containsExactly(FOLDER.resolve("mgmt1.raw"), FOLDER.resolve("mgmt1.1.raw"));
  }

  @Test
  void aPathThatAVirtualDiskHasIsFine() throws IOException {
    assertThat(Disks.of(node(new DiskRule.DevicePath("/dev/vda")), FOLDER)).hasSize(1);
  }

  @Test
  void whatAVirtualDiskHasNotIsSaid() {
    List<DiskRule> rules =
        new ArrayList<>(
            List.of(
                new DiskRule.Wwn("0x5000c500a1b2c3d4"),
                new DiskRule.DevicePath("/dev/disk/by-path/pci-0000:00:1f.2-ata-1"),
                new DiskRule.Serial("A SERIAL NUMBER THAT IS LONG")));
    for (DiskRule rule : rules) {
      assertThatThrownBy(() -> Disks.of(node(rule), FOLDER))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("mgmt1 names its disk by something that a virtual disk has not")
          .hasMessageEndingWith("in a copy of the site");
    }
  }
}
