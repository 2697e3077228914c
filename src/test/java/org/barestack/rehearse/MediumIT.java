package org.barestack.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.barestack.model.Subnet;
import org.barestack.rehearse.InsertedMedium.Drive;
import org.barestack.testing.BootableIso;
import org.barestack.testing.IsoReplica.Media;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Replicas of Rocky's media boot untouched, by every firmware, as disc and as stick. */
class MediumIT {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  /** Its last line, below the last entry: by then all of it is drawn. */
  private static final Pattern MENU =
      Pattern.compile(
          "(?s)Install Rocky Linux.*Troubleshooting.*(full configuration|automatically)");

  private final Path directory;
  private final Lab lab;

  MediumIT(@TempDir Path directory) throws IOException {
    this.directory = directory;
    lab = Lab.open(Subnet.parse("10.78." + ProcessHandle.current().pid() % 250 + ".0/24"));
  }

  @AfterEach
  void close() throws IOException {
    lab.close();
  }

  /** Each layout, drive and firmware once; all with {@code -Dmatrix=full}. */
  static Stream<Arguments> ways() {
    if (!"full".equals(System.getProperty("matrix"))) {
      return Stream.of(
          Arguments.of(9, Firmware.BIOS, Drive.CD),
          Arguments.of(10, Firmware.BIOS, Drive.STICK),
          Arguments.of(9, Firmware.UEFI, Drive.STICK),
          Arguments.of(10, Firmware.UEFI_SECURE, Drive.CD));
    }
    List<Arguments> all = new ArrayList<>();
    for (int major : List.of(9, 10)) {
      for (Firmware firmware : List.of(Firmware.BIOS, Firmware.UEFI, Firmware.UEFI_SECURE)) {
        for (Drive drive : Drive.values()) {
          all.add(Arguments.of(major, firmware, drive));
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest(name = "Rocky {0}, {1}, {2}")
  @MethodSource("ways")
  void bootsItsInstaller(int major, Firmware firmware, Drive drive) throws Exception {
    VirtualMachine machine =
        new VirtualMachine(
            lab,
            Qemu.find(),
            Accelerator.TCG,
            new MachineSpec(
                "node1",
                firmware,
                List.of(),
                1024,
                List.of(),
                UUID.fromString("11223344-5566-7788-99aa-bbccddeeff00"),
                "SN-1",
                BootOrder.DISK_FIRST),
            directory,
            _ -> {});
    try (machine) {
      machine.insert(
          new InsertedMedium(
              BootableIso.of(major, Media.DVD).toAbsolutePath().toString(), drive, false));
      machine.start();
      String menu = machine.awaitScreen(MENU, LIMIT);
      assertThat(menu).contains("Test this media & install Rocky Linux");
      machine.press("ret");
      machine.await(Pattern.compile("BARESTACK STAND-IN INSTALLER"), LIMIT);
      if (firmware.uefi()) {
        machine.await(
            Pattern.compile(
                "standin: secure boot: " + (firmware == Firmware.UEFI_SECURE ? "on" : "off")),
            LIMIT);
      }
      assertThat(machine.await(Pattern.compile("standin: phase=medium-mounted"), LIMIT))
          .contains("device=/dev/" + (drive == Drive.CD ? "sr0" : "sda1"), "at=/run/install/repo");
      machine.await(Pattern.compile("standin: no kickstart"), LIMIT);
      machine.awaitOff(LIMIT);
    } finally {
      String keep = System.getProperty("menus");
      if (keep != null) {
        Files.copy(
            machine.serialLog(),
            Path.of(keep).resolve(major + "-" + firmware + "-" + drive + ".log"));
      }
    }
  }
}
