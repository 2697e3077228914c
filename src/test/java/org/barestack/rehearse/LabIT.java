package org.barestack.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.barestack.model.Subnet;
import org.barestack.rehearse.RecordingServer.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The network, and power on and off. */
class LabIT {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @TempDir Path directory;

  private static Lab open() throws Exception {
    return Lab.open(Subnet.parse("10.77." + ProcessHandle.current().pid() % 250 + ".0/24"));
  }

  @Test
  void theHostIsReachedAndNothingElse() throws Exception {
    try (Lab lab = open();
        RecordingServer server =
            new RecordingServer(
                InetAddress.getByAddress(lab.hostAddress().octets()), _ -> new Answer.Text("hi"))) {
      String url = "http://" + lab.hostAddress() + ":" + server.port() + "/";
      assertThat(Command.run(lab.command(List.of("curl", "-sS", url)))).isEqualTo("hi");
      assertThat(Command.run(lab.command(List.of("ip", "route"))).lines())
          .singleElement()
          .asString()
          .contains("dev " + lab.bridge());
    }
  }

  @Test
  void closeLeavesNothing() throws Exception {
    Lab lab = open();
    Process inside = lab.start(List.of("sleep", "1000"), directory.resolve("log"));
    assertThat(NetworkInterface.getByName(lab.hostInterface())).isNotNull();
    lab.close();
    assertThat(inside.waitFor(LIMIT)).isTrue();
    assertThat(NetworkInterface.getByName(lab.hostInterface())).isNull();
    assertThat(Files.exists(Path.of("/run/netns", lab.namespace()))).isFalse();
  }

  @Test
  void theNextLabRemovesWhatACrashLeft() throws Exception {
    Process owner = new ProcessBuilder("true").start();
    owner.waitFor();
    String namespace = "barestack-" + owner.pid() + "-1-1";
    Command.run(List.of("ip", "netns", "add", namespace));
    Process orphan = new ProcessBuilder("ip", "netns", "exec", namespace, "sleep", "1000").start();
    try (Lab lab = open()) {
      assertThat(orphan.waitFor(LIMIT)).isTrue();
      assertThat(Files.exists(Path.of("/run/netns", namespace))).isFalse();
      assertThat(Files.exists(Path.of("/run/netns", lab.namespace()))).isTrue();
    }
  }

  @Test
  void aMachineIsResetAndSwitchedOffAndOnAgain() throws Exception {
    try (Lab lab = open();
        VirtualMachine machine =
            new VirtualMachine(
                lab,
                Qemu.find(),
                Accelerator.TCG,
                new MachineSpec(
                    "empty",
                    Firmware.BIOS,
                    List.of(),
                    64,
                    List.of(new Disk(directory.resolve("disk.raw"), 1, "D-1")),
                    new UUID(1, 2),
                    "SN-1",
                    BootOrder.DISK_FIRST),
                directory,
                _ -> {})) {
      Pattern end = Pattern.compile("No bootable device");
      machine.start();
      machine.await(end, LIMIT);
      machine.reset();
      machine.await(end, LIMIT);
      assertThat(machine.isOn()).isTrue();
      machine.powerOff();
      assertThat(machine.isOn()).isFalse();
      machine.start();
      machine.await(end, LIMIT);
      machine.powerOff();
      assertThat(Files.readString(machine.serialLog()).split("No bootable device", -1)).hasSize(4);
    }
  }
}
