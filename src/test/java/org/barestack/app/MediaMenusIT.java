package org.barestack.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;
import org.barestack.model.Subnet;
import org.barestack.rehearse.Accelerator;
import org.barestack.rehearse.BootOrder;
import org.barestack.rehearse.Firmware;
import org.barestack.rehearse.InsertedMedium;
import org.barestack.rehearse.InsertedMedium.Drive;
import org.barestack.rehearse.Lab;
import org.barestack.rehearse.MachineSpec;
import org.barestack.rehearse.Qemu;
import org.barestack.rehearse.VirtualMachine;
import org.barestack.testing.BootableIso;
import org.barestack.testing.Golden;
import org.barestack.testing.IsoReplica.Media;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The boot menus of media, as SeaBIOS and OVMF show them. docs/media.md has these pictures; {@code
 * mvn verify -Dit.test=MediaMenusIT -Dgolden.update=true} takes them anew.
 */
class MediaMenusIT {
  private static final Duration LIMIT = Duration.ofMinutes(5);

  /** The last entry of every menu to its end, which GRUB draws last, and the line below it. */
  private static final Pattern WHOLE =
      Pattern.compile(
          "(?s)Check this medium, then the rescue system.*(to edit options|for a command-line)");

  @TempDir private Path work = Path.of("");

  @Test
  void menus() throws Exception {
    Map<String, String> pictures = new TreeMap<>();
    try (Lab lab =
        Lab.open(Subnet.parse("10.76." + ProcessHandle.current().pid() % 250 + ".0/24"))) {
      for (int major : List.of(9, 10)) {
        Path site = site(major);
        Path one = medium(site, major, "one", "kvm1", "--offline");
        Path all = medium(site, major, "all", "--all", "--offline");
        for (Firmware firmware : List.of(Firmware.BIOS, Firmware.UEFI)) {
          String name = "rocky" + major + (firmware.uefi() ? "-uefi" : "-bios");
          pictures.put(name + "-one-node.txt", picture(lab, firmware, one));
          pictures.put(name + "-all-nodes.txt", picture(lab, firmware, all));
        }
      }
    }
    Golden.check("media/pictures", pictures);
  }

  private Path site(int major) throws IOException {
    Path folder = Files.createDirectories(work.resolve("site" + major));
    Files.writeString(
        folder.resolve("site.yaml"),
        Files.readString(Path.of("examples/lab/site.yaml"))
            .replaceFirst(
                "release: \"9.7\" ", "release: \"" + (major == 9 ? "9.7" : "10.1") + "\" "));
    RehearsedSite.barestack(
        folder, "secrets", "init", "--identity=" + work.resolve("identity" + major));
    return folder;
  }

  private Path medium(Path site, int major, String name, String... words) {
    Path out = work.resolve(name + major + ".iso");
    List<String> line = new ArrayList<>(List.of("build-iso"));
    line.addAll(List.of(words));
    line.add("--from=" + BootableIso.of(major, Media.DVD).toAbsolutePath());
    line.add("--identity=" + work.resolve("identity" + major));
    line.add("--out=" + out);
    RehearsedSite.barestack(site, line.toArray(String[]::new));
    return out;
  }

  /** Without the seconds that are left, GRUB's version, and lines that say nothing. */
  private String picture(Lab lab, Firmware firmware, Path iso) throws Exception {
    Path folder = Files.createTempDirectory(work, "machine");
    try (VirtualMachine machine =
        new VirtualMachine(
            lab,
            Qemu.find(),
            Accelerator.TCG,
            new MachineSpec(
                "kvm1",
                firmware,
                List.of(),
                1024,
                List.of(),
                UUID.fromString("11223344-5566-7788-99aa-bbccddeeff00"),
                "SN-kvm1",
                BootOrder.DISK_FIRST),
            folder,
            _ -> {})) {
      machine.insert(new InsertedMedium(iso.toString(), Drive.CD, true));
      machine.start();
      return machine
          .awaitScreen(WHOLE, LIMIT)
          .replaceFirst("^\\s*\\n", "")
          .replaceAll("(?m)^.*(Automatic boot|executed automatically).*\\n", "")
          .replaceAll("GNU GRUB  version \\S+", "GNU GRUB")
          .replaceAll("(?m)(^ ?[│|] +[│|]\\n){2,}", "$1")
          .replaceAll("\\n+$", "\n");
    }
  }
}
