package org.barestack.rehearse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.barestack.model.MacAddress;
import org.jspecify.annotations.Nullable;

/**
 * The emulator and the UEFI firmware of this host, and the command lines for them.
 *
 * @param program QEMU for x86-64
 * @param uefi without Secure Boot
 * @param secure with Secure Boot on; null if this host has none
 */
public record Qemu(Path program, Ovmf uefi, @Nullable Ovmf secure) {
  private static final List<String> PROGRAMS =
      List.of("usr/bin/qemu-system-x86_64", "usr/libexec/qemu-kvm");

  /**
   * A code image and the variable store that belongs to it, of the same build and size.
   *
   * @param variables as a machine is delivered: empty, or with the keys of Secure Boot
   */
  public record Ovmf(Path code, Path variables) {
    static Ovmf of(String code, String variables) {
      return new Ovmf(Path.of(code), Path.of(variables));
    }

    private Optional<Ovmf> in(Path root) {
      Ovmf there = new Ovmf(root.resolve(code), root.resolve(variables));
      return Files.isReadable(there.code()) && Files.isReadable(there.variables())
          ? Optional.of(there)
          : Optional.empty();
    }
  }

  private static final List<Ovmf> OVMF =
      List.of(
          Ovmf.of("usr/share/OVMF/OVMF_CODE_4M.fd", "usr/share/OVMF/OVMF_VARS_4M.fd"),
          Ovmf.of("usr/share/edk2/ovmf/OVMF_CODE.fd", "usr/share/edk2/ovmf/OVMF_VARS.fd"),
          Ovmf.of("usr/share/OVMF/OVMF_CODE.fd", "usr/share/OVMF/OVMF_VARS.fd"));

  private static final List<Ovmf> SECURE =
      List.of(
          Ovmf.of("usr/share/OVMF/OVMF_CODE_4M.ms.fd", "usr/share/OVMF/OVMF_VARS_4M.ms.fd"),
          Ovmf.of(
              "usr/share/edk2/ovmf/OVMF_CODE.secboot.fd",
              "usr/share/edk2/ovmf/OVMF_VARS.secboot.fd"),
          Ovmf.of("usr/share/OVMF/OVMF_CODE.ms.fd", "usr/share/OVMF/OVMF_VARS.ms.fd"));

  /**
   * Finds them where Debian, Fedora and Rocky put them.
   *
   * @throws IOException if the emulator or all UEFI firmware is missing; the message names its
   *     package
   */
  public static Qemu find() throws IOException {
    return find(Path.of("/"));
  }

  static Qemu find(Path root) throws IOException {
    Path program =
        PROGRAMS.stream()
            .map(root::resolve)
            .filter(Files::isExecutable)
            .findFirst()
            .orElseThrow(() ->
                new IOException(
                    "QEMU is missing: apt-get install qemu-system-x86, or dnf install"
                        + " qemu-kvm"));
    Ovmf uefi = first(OVMF, root).orElseThrow(() -> new IOException(missing("")));
    return new Qemu(program, uefi, first(SECURE, root).orElse(null));
  }

  private static Optional<Ovmf> first(List<Ovmf> known, Path root) {
    return known.stream().flatMap(one -> one.in(root).stream()).findFirst();
  }

  private static String missing(String what) {
    return "UEFI firmware"
        + what
        + " for QEMU is missing: apt-get install ovmf, or dnf install edk2-ovmf";
  }

  /**
   * The code and the delivered variables for a machine.
   *
   * @throws IOException if this host has none with Secure Boot
   */
  Ovmf ovmf(Firmware firmware) throws IOException {
    if (firmware != Firmware.UEFI_SECURE) {
      return uefi;
    }
    if (secure == null) {
      throw new IOException(missing(" with Secure Boot"));
    }
    return secure;
  }

  /**
   * What one power-on of a machine needs.
   *
   * @param taps one interface for each of the machine's network cards
   * @param code the firmware's, for UEFI
   * @param variables the machine's own variable store, for UEFI
   * @param control the Unix socket on which QEMU is to meet its owner
   * @param firstPowerOn whether the boot order is still the delivered one
   * @param media what is in it; it boots the first before all else
   */
  record PowerOn(
      MachineSpec machine,
      Accelerator accelerator,
      List<String> taps,
      Path code,
      Path variables,
      Path control,
      boolean firstPowerOn,
      List<InsertedMedium> media) {
    /** The places behind the media. */
    private String bootIndex(boolean ordered, boolean first) {
      if (!ordered) {
        return "";
      }
      return ",bootindex=" + (media.size() + (first ? 0 : 1));
    }
  }

  /** The serial port is QEMU's standard output. A reset of the guest ends QEMU. */
  List<String> command(PowerOn power) {
    MachineSpec machine = power.machine();
    List<String> line = new ArrayList<>();
    line.add(program.toString());
    line.addAll(power.accelerator().arguments());
    // graphics=off has SeaBIOS, and so the iPXE ROM, talk on the serial port
    boolean secure = machine.firmware() == Firmware.UEFI_SECURE;
    boolean mirrored = power.media().stream().noneMatch(InsertedMedium::serialMenu);
    line.addAll(
        List.of(
            "-machine",
            "q35" + (mirrored ? ",graphics=off" : "") + (secure ? ",smm=on" : ""),
            "-smp",
            "1"));
    line.addAll(List.of("-m", String.valueOf(machine.memoryMebibytes())));
    line.addAll(List.of("-nodefaults", "-display", "none", "-serial", "stdio", "-no-reboot"));
    line.addAll(List.of("-qmp", "unix:" + power.control() + ",server=off"));
    line.addAll(List.of("-smbios", smbios(machine)));
    line.addAll(List.of("-object", "rng-random,id=entropy,filename=/dev/urandom"));
    line.addAll(List.of("-device", "virtio-rng-pci,rng=entropy"));
    if (machine.firmware().uefi()) {
      line.addAll(uefi(power));
    }
    boolean ordered = machine.firmware() == Firmware.BIOS || power.firstPowerOn();
    line.addAll(networkCards(power, ordered));
    line.addAll(disks(power, ordered));
    line.addAll(media(power.media(), ordered));
    return List.copyOf(line);
  }

  private static String smbios(MachineSpec machine) {
    return "type=1,manufacturer=Barestack,product=Rehearsal,serial="
        + machine.serial()
        + ",uuid="
        + machine.uuid();
  }

  private static List<String> uefi(PowerOn power) {
    Firmware firmware = power.machine().firmware();
    List<String> line = new ArrayList<>();
    if (firmware == Firmware.UEFI_SECURE) {
      // only code in system management mode may write the keys, so no operating system can
      line.addAll(List.of("-global", "driver=cfi.pflash01,property=secure,value=on"));
      line.addAll(List.of("-global", "ICH9-LPC.disable_s3=1"));
    }
    line.addAll(
        List.of(
            "-drive",
            "if=pflash,format=raw,unit=0,readonly=on,file=" + power.code(),
            "-drive",
            "if=pflash,format=raw,unit=1,file=" + power.variables(),
            // else PXE over IPv6 is tried for 75 s where IPv4 has no answer
            "-fw_cfg",
            "name=opt/org.tianocore/IPv6PXESupport,string=no"));
    if (firmware == Firmware.UEFI_HTTP) {
      line.addAll(List.of("-fw_cfg", "name=opt/org.tianocore/IPv4PXESupport,string=no"));
    }
    return line;
  }

  private static List<String> networkCards(PowerOn power, boolean ordered) {
    MachineSpec machine = power.machine();
    List<String> line = new ArrayList<>();
    for (int card = 0; card < machine.macs().size(); card++) {
      MacAddress mac = machine.macs().get(card);
      line.add("-netdev");
      line.add(
          "tap,id=net%d,ifname=%s,script=no,downscript=no".formatted(card, power.taps().get(card)));
      line.add("-device");
      line.add(
          "virtio-net-pci,netdev=net%d,mac=%s".formatted(card, mac)
              // the iPXE ROM would take the place of EDK2's own PXE
              + (machine.firmware().uefi() ? ",romfile=" : "")
              + power.bootIndex(
                  ordered && card == 0, machine.bootOrder() == BootOrder.NETWORK_FIRST));
    }
    return line;
  }

  /** Drives hang on virtio SCSI, which SeaBIOS, OVMF and small kernels have. */
  private static List<String> media(List<InsertedMedium> media, boolean ordered) {
    List<String> line = new ArrayList<>();
    for (int number = 0; number < media.size(); number++) {
      InsertedMedium medium = media.get(number);
      boolean disc = medium.drive() == InsertedMedium.Drive.CD;
      line.addAll(number == 0 ? List.of("-device", "virtio-scsi-pci,id=scsi") : List.of());
      line.add("-drive");
      line.add(
          "if=none,id=medium%d,format=raw,%s,file=%s"
              .formatted(
                  number,
                  disc ? "readonly=on" : "snapshot=on",
                  medium.location().replace(",", ",,")));
      line.add("-device");
      line.add(
          (disc ? "scsi-cd" : "scsi-hd,removable=on")
              + ",bus=scsi.0,drive=medium"
              + number
              + (ordered ? ",bootindex=" + number : ""));
    }
    return line;
  }

  private static List<String> disks(PowerOn power, boolean ordered) {
    MachineSpec machine = power.machine();
    List<String> line = new ArrayList<>();
    for (int number = 0; number < machine.disks().size(); number++) {
      Disk disk = machine.disks().get(number);
      line.add("-drive");
      line.add("if=none,id=disk%d,format=raw,discard=unmap,file=%s".formatted(number, disk.file()));
      line.add("-device");
      line.add(
          "virtio-blk-pci,drive=disk%d,serial=%s".formatted(number, disk.serial())
              + power.bootIndex(
                  ordered && number == 0, machine.bootOrder() == BootOrder.DISK_FIRST));
    }
    return line;
  }
}
