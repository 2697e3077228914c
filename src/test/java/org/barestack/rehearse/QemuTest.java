package org.barestack.rehearse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.barestack.model.MacAddress;
import org.barestack.rehearse.InsertedMedium.Drive;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class QemuTest {
  private static final Qemu QEMU =
      new Qemu(
          Path.of("/usr/bin/qemu-system-x86_64"),
          Qemu.Ovmf.of("/usr/share/OVMF/OVMF_CODE_4M.fd", "/usr/share/OVMF/OVMF_VARS_4M.fd"),
          Qemu.Ovmf.of("/usr/share/OVMF/OVMF_CODE_4M.ms.fd", "/usr/share/OVMF/OVMF_VARS_4M.ms.fd"));

  @TempDir Path root;

  private static MachineSpec machine(Firmware firmware, BootOrder order) {
    return new MachineSpec(
        "kvm1",
        firmware,
        List.of(new MacAddress("52:54:00:00:00:01"), new MacAddress("52:54:00:00:00:02")),
        1024,
        List.of(
            new Disk(Path.of("/lab/os.raw"), 8, "OS-1"),
            new Disk(Path.of("/lab/data.raw"), 1, "DATA-1")),
        UUID.fromString("11223344-5566-7788-99aa-bbccddeeff00"),
        "SN-1",
        order);
  }

  static List<Arguments> powerOns() {
    return List.of(
        powerOn("bios-network-first", Firmware.BIOS, BootOrder.NETWORK_FIRST, false),
        powerOn("bios-disk-first", Firmware.BIOS, BootOrder.DISK_FIRST, false),
        powerOn(
            "bios-media",
            Firmware.BIOS,
            BootOrder.DISK_FIRST,
            false,
            new InsertedMedium("/media/a,b.iso", Drive.CD, true),
            new InsertedMedium("/media/oemdrv.img", Drive.STICK, false)),
        powerOn("uefi-delivered", Firmware.UEFI, BootOrder.NETWORK_FIRST, true),
        powerOn("uefi-later", Firmware.UEFI, BootOrder.NETWORK_FIRST, false),
        powerOn(
            "uefi-later-medium",
            Firmware.UEFI,
            BootOrder.NETWORK_FIRST,
            false,
            new InsertedMedium("http://192.168.50.5:8080/media/x.iso", Drive.CD, false)),
        powerOn("uefi-secure", Firmware.UEFI_SECURE, BootOrder.NETWORK_FIRST, false),
        powerOn("uefi-http", Firmware.UEFI_HTTP, BootOrder.NETWORK_FIRST, true));
  }

  private static Arguments powerOn(
      String golden, Firmware firmware, BootOrder order, boolean first, InsertedMedium... media) {
    return Arguments.of(golden, firmware, order, first, List.of(media));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("powerOns")
  void commandLine(
      String golden, Firmware firmware, BootOrder order, boolean first, List<InsertedMedium> media)
      throws IOException {
    List<String> command =
        QEMU.command(
            new Qemu.PowerOn(
                machine(firmware, order),
                Accelerator.TCG,
                List.of("tap0", "tap1"),
                QEMU.ovmf(firmware).code(),
                Path.of("/lab/kvm1.vars.fd"),
                Path.of("/tmp/qmp"),
                first,
                media));
    assertThat(String.join("\n", command) + "\n").isEqualTo(resource("qemu-" + golden + ".txt"));
  }

  private static String resource(String name) throws IOException {
    try (InputStream in = Objects.requireNonNull(QemuTest.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "Debian, usr/bin/qemu-system-x86_64, usr/share/OVMF/OVMF_CODE_4M.fd,"
        + " usr/share/OVMF/OVMF_VARS_4M.fd",
    "Fedora, usr/bin/qemu-system-x86_64, usr/share/edk2/ovmf/OVMF_CODE.fd,"
        + " usr/share/edk2/ovmf/OVMF_VARS.fd",
    "Rocky, usr/libexec/qemu-kvm, usr/share/edk2/ovmf/OVMF_CODE.fd,"
        + " usr/share/edk2/ovmf/OVMF_VARS.fd"
  })
  void findsWhatTheHostHas(String host, String program, String code, String variables)
      throws IOException {
    for (String file : List.of(program, code, variables)) {
      put(file);
    }
    assertThat(Qemu.find(root))
        .isEqualTo(
            new Qemu(
                root.resolve(program),
                new Qemu.Ovmf(root.resolve(code), root.resolve(variables)),
                null));
  }

  @ParameterizedTest
  @CsvSource({
    "usr/share/OVMF/OVMF_CODE_4M.ms.fd, usr/share/OVMF/OVMF_VARS_4M.ms.fd",
    "usr/share/edk2/ovmf/OVMF_CODE.secboot.fd, usr/share/edk2/ovmf/OVMF_VARS.secboot.fd"
  })
  void firmwareWithSecureBootIsNeededOnlyByMachinesThatHaveIt(String code, String variables)
      throws IOException {
    put("usr/bin/qemu-system-x86_64");
    put("usr/share/OVMF/OVMF_CODE_4M.fd");
    put("usr/share/OVMF/OVMF_VARS_4M.fd");
    Qemu without = Qemu.find(root);
    assertThat(without.ovmf(Firmware.UEFI_HTTP)).isEqualTo(without.uefi());
    assertThatThrownBy(() -> without.ovmf(Firmware.UEFI_SECURE))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("UEFI firmware with Secure Boot for QEMU is missing")
        .hasMessageContaining("edk2-ovmf");
    put(code);
    put(variables);
    assertThat(Qemu.find(root).ovmf(Firmware.UEFI_SECURE))
        .isEqualTo(new Qemu.Ovmf(root.resolve(code), root.resolve(variables)));
  }

  @Test
  void namesThePackageOfAMissingEmulator() {
    assertThatThrownBy(() -> Qemu.find(root))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("qemu-system-x86")
        .hasMessageContaining("qemu-kvm");
  }

  @Test
  void namesThePackageOfMissingFirmware() throws IOException {
    put("usr/bin/qemu-system-x86_64");
    put("usr/share/OVMF/OVMF_CODE_4M.fd"); // without its variable store it is of no use
    assertThatThrownBy(() -> Qemu.find(root))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("ovmf")
        .hasMessageContaining("edk2-ovmf");
  }

  private void put(String file) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.createFile(path);
    assertThat(path.toFile().setExecutable(true)).isTrue();
  }
}
