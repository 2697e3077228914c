package org.barestack.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Devices by a sysfs as Linux 6.12 lays it out, and this host's own. */
class LinuxDevicesTest {
  private static final String USB =
      "sys/devices/pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host6/target6:0:0/6:0:0:0";
  private static final String SATA =
      "sys/devices/pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0";
  private static final Path SDB = Path.of("/dev/sdb");

  @TempDir private Path root;

  @BeforeEach
  void aHost() throws IOException {
    write("proc/self/mountinfo", "24 1 8:1 / / rw - ext4 /dev/sda1 rw\n");
    write("proc/swaps", "Filename\tType\tSize\tUsed\tPriority\n");
    disk(USB, "sdb", "8:16", 60_062_500);
    write(USB + "/vendor", "SanDisk \n");
    write(USB + "/model", "Ultra           \n");
    write("sys/devices/pci0000:00/0000:00:14.0/usb2/2-1/serial", "4C530001230523115143\n");
    part(USB, "sdb", "sdb1", "8:17");
    part(USB, "sdb", "sdb2", "8:18");
    disk(SATA, "sda", "8:0", 1_000_000);
    write(SATA + "/model", "WDC WD10\n");
    part(SATA, "sda", "sda1", "8:1");
  }

  private void write(String name, String content) throws IOException {
    Path file = root.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private void disk(String device, String name, String number, long sectors) throws IOException {
    String folder = device + "/block/" + name;
    write(folder + "/size", sectors + "\n");
    write(folder + "/removable", "0\n");
    write(folder + "/ro", "0\n");
    write(folder + "/dev", number + "\n");
    Files.createDirectories(root.resolve(folder + "/holders"));
    Files.createSymbolicLink(root.resolve(folder + "/device"), Path.of("../.."));
    number(folder, number);
  }

  private void part(String device, String disk, String name, String number) throws IOException {
    String folder = device + "/block/" + disk + "/" + name;
    write(folder + "/partition", "1\n");
    write(folder + "/dev", number + "\n");
    Files.createDirectories(root.resolve(folder + "/holders"));
    number(folder, number);
  }

  private void number(String folder, String number) throws IOException {
    Path numbers = Files.createDirectories(root.resolve("sys/dev/block"));
    Files.createSymbolicLink(numbers.resolve(number), numbers.relativize(root.resolve(folder)));
  }

  private Device stick() throws IOException {
    return new LinuxDevices(root).look(SDB, "8:16");
  }

  @Test
  void aStick() throws IOException {
    Device stick = stick();
    assertThat(stick)
        .isEqualTo(
            new Device(
                SDB,
                30_752_000_000L,
                true,
                false,
                "SanDisk Ultra",
                "4C530001230523115143",
                "USB",
                List.of()));
    assertThat(stick.text())
        .isEqualTo("/dev/sdb: SanDisk Ultra, serial number 4C530001230523115143, 30.8 GB, USB");
    stick.check(30_752_000_000L);
    assertThatExceptionOfType(MediumException.class)
        .isThrownBy(() -> stick.check(30_752_000_001L))
        .withMessageEndingWith(
            "30.8 GB, USB: it has 30752000000 octets, and 30752000001 are needed; take a larger"
                + " one");
  }

  @Test
  void aDiskThatStays() throws IOException {
    Device disk = new LinuxDevices(root).look(Path.of("/dev/sda"), "8:0");
    assertThat(disk.removable()).isFalse();
    assertThat(disk.uses()).containsExactly("/dev/sda1 is mounted at /");
    write("proc/self/mountinfo", "");
    Device unused = new LinuxDevices(root).look(Path.of("/dev/sda"), "8:0");
    assertThatExceptionOfType(MediumException.class)
        .isThrownBy(() -> unused.check(1))
        .withMessage(
            "/dev/sda: WDC WD10, no serial number, 0.5 GB: it is not removable, and only what is"
                + " removable is written to");
  }

  @Test
  void cards() throws IOException {
    for (String type : List.of("SD", "MMC")) {
      String card = "sys/devices/platform/mmc_host/" + type + "/" + type + ":0001";
      String number = "179:" + type.length();
      disk(card, "mmcblk" + type.length(), number, 1000);
      write(card + "/type", type + "\n");
      write(card + "/name", "SU08G\n");
      write(card + "/serial", "0x1234\n");
      Device device = new LinuxDevices(root).look(Path.of("/dev/mmcblk"), number);
      assertThat(device.removable()).isEqualTo(type.equals("SD"));
      assertThat(device.model()).isEqualTo("SU08G");
      assertThat(device.serial()).isEqualTo("0x1234");
    }
  }

  private void inUse(String use) throws IOException {
    Device stick = stick();
    assertThat(stick.uses()).containsExactly(use);
    assertThatExceptionOfType(MediumException.class)
        .isThrownBy(() -> stick.check(1))
        .withMessage("/dev/sdb is in use: " + use + ". Unmount or stop that first");
  }

  @Test
  void aMountedPartition() throws IOException {
    write("proc/self/mountinfo", "30 24 8:17 / /media/stick rw shared:1 - vfat /dev/sdb1 rw\n");
    inUse("/dev/sdb1 is mounted at /media/stick");
  }

  @Test
  void theWholeMounted() throws IOException {
    write("proc/self/mountinfo", "30 24 8:16 / /mnt ro - iso9660 /dev/sdb ro\n");
    inUse("/dev/sdb is mounted at /mnt");
  }

  @Test
  void btrfsHasNumbersOfItsOwn() throws IOException {
    write("proc/self/mountinfo", "30 24 0:45 /@ /mnt rw - btrfs /dev/sdb2 rw\n");
    inUse("/dev/sdb2 is mounted at /mnt");
  }

  @Test
  void swapSpace() throws IOException {
    write("proc/swaps", "Filename\tType\tSize\n/dev/sdb2                partition\t8000\n");
    inUse("/dev/sdb2 is swap space");
  }

  @Test
  void partOfSomethingElse() throws IOException {
    Files.createDirectories(root.resolve(USB + "/block/sdb/sdb1/holders/dm-0"));
    inUse("/dev/sdb1 is part of /dev/dm-0 (LVM, RAID or encryption)");
  }

  @Test
  void aWriteProtectedStick() throws IOException {
    write(USB + "/block/sdb/ro", "1\n");
    Device stick = stick();
    assertThatExceptionOfType(MediumException.class)
        .isThrownBy(() -> stick.check(1))
        .withMessage("/dev/sdb is read-only; look for a switch on it");
  }

  @Test
  void aPartitionIsNoDevice() {
    assertThatExceptionOfType(MediumException.class)
        .isThrownBy(() -> new LinuxDevices(root).look(Path.of("/dev/sdb1"), "8:17"))
        .withMessage("/dev/sdb1 is a partition; name the whole device, /dev/sdb");
  }

  @Test
  void whatIsNoDevice() {
    LinuxDevices devices = new LinuxDevices(Path.of("/"));
    assertThatExceptionOfType(MediumException.class)
        .isThrownBy(() -> devices.look(root))
        .withMessage(root + " is no block device; lsblk lists them");
    assertThatExceptionOfType(MediumException.class)
        .isThrownBy(() -> devices.look(Path.of("/dev/null")))
        .withMessage("/dev/null is no block device; lsblk lists them");
    assertThatExceptionOfType(MediumException.class)
        .isThrownBy(() -> devices.look(Path.of("/dev/none")))
        .withMessage("/dev/none is not there; lsblk lists what is");
  }
}
