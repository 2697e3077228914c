package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.barestack.journal.SqliteJournal;
import org.barestack.model.Journal;
import org.barestack.model.MacAddress;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.Phase;
import org.barestack.model.Subject;
import org.barestack.model.Subnet;
import org.barestack.rehearse.Accelerator;
import org.barestack.rehearse.BootOrder;
import org.barestack.rehearse.Disk;
import org.barestack.rehearse.Firmware;
import org.barestack.rehearse.InsertedMedium;
import org.barestack.rehearse.InsertedMedium.Drive;
import org.barestack.rehearse.Lab;
import org.barestack.rehearse.MachineSpec;
import org.barestack.rehearse.Qemu;
import org.barestack.rehearse.VirtualMachine;
import org.barestack.testing.BootableIso;
import org.barestack.testing.Command;
import org.barestack.testing.IsoReplica.Media;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Blank machines install themselves from media that {@code build-iso} makes. */
class MediaIT {
  private static final Duration LIMIT = Duration.ofMinutes(6);

  private static final Pattern POWER_OFF =
      Pattern.compile("standin: phase=finished action=poweroff");
  private static final Pattern UP = Pattern.compile("standin: installed system up node=kvm1");
  private static final Pattern BEGINS =
      Pattern.compile("Barestack: the installation begins on vda");
  private static final NodeName NODE = new NodeName("kvm1");
  private static final String KVM1_MAC = "52:54:00:50:00:0b";
  private static final String MACHINE = "11223344-5566-7788-99aa-bbccddeeff00";

  @TempDir private Path work = Path.of("");
  private final List<AutoCloseable> open = new ArrayList<>();
  private int made;

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable part : open.reversed()) {
      part.close();
    }
  }

  private <T extends AutoCloseable> T add(T part) {
    open.add(part);
    return part;
  }

  // Sites, machines and media

  private static String release(int major) {
    return major == 9 ? "9.7" : "10.1";
  }

  /** The lab's site with that release. */
  private static String site(int major) throws IOException {
    return withRelease(Files.readString(Path.of("examples/lab/site.yaml")), major);
  }

  private static String withRelease(String lab, int major) {
    return lab.replaceFirst("release: \"9.7\" ", "release: \"" + release(major) + "\" ");
  }

  private Path folder() {
    return work.resolve("site");
  }

  /** A site without a server. */
  private Path offlineSite(int major) throws IOException {
    Path folder = Files.createDirectories(folder());
    Files.writeString(folder.resolve("site.yaml"), site(major));
    RehearsedSite.barestack(folder, "secrets", "init", "--identity=" + work.resolve("identity"));
    return folder;
  }

  private Path medium(Path site, int major, Media media, String... words) {
    Path out = work.resolve("medium" + made++ + ".iso");
    List<String> line = new ArrayList<>(List.of("build-iso"));
    line.addAll(List.of(words));
    line.add("--from=" + BootableIso.of(major, media).toAbsolutePath());
    line.add("--identity=" + work.resolve("identity"));
    line.add("--out=" + out);
    RehearsedSite.barestack(site, line.toArray(String[]::new));
    return out;
  }

  private static InsertedMedium in(Drive drive, Path image) {
    return new InsertedMedium(image.toAbsolutePath().toString(), drive, true);
  }

  private Path disk() {
    return work.resolve("kvm1.raw");
  }

  /** A machine without any network. */
  private VirtualMachine alone(Firmware firmware, Disk... disks) throws IOException {
    Lab lab = add(Lab.open(Subnet.parse("10.79." + ProcessHandle.current().pid() % 250 + ".0/24")));
    return add(
        new VirtualMachine(
            lab,
            Qemu.find(),
            Accelerator.TCG,
            new MachineSpec(
                "kvm1",
                firmware,
                List.<MacAddress>of(),
                1024,
                List.of(disks),
                UUID.fromString(MACHINE),
                "SN-kvm1",
                BootOrder.DISK_FIRST),
            work,
            _ -> {}));
  }

  private VirtualMachine alone(Firmware firmware) throws IOException {
    return alone(firmware, new Disk(disk(), 12, "KVM1"));
  }

  private static void installs(VirtualMachine machine) throws Exception {
    machine.start();
    machine.await(BEGINS, LIMIT);
    machine.await(POWER_OFF, LIMIT);
    machine.awaitOff(LIMIT);
  }

  /** It ends without an installation, and says why on its screen. */
  private static void refuses(VirtualMachine machine, String why) throws Exception {
    machine.start();
    machine.await(Pattern.compile("Barestack: .*" + why), LIMIT);
    machine.awaitOff(LIMIT);
  }

  // With a server

  /** The firmware of each kind and both layouts once; all with {@code -Dmatrix=full}. */
  private static Stream<Arguments> ways(Arguments... some) {
    if (!"full".equals(System.getProperty("matrix"))) {
      return Stream.of(some);
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

  static Stream<Arguments> online() {
    return ways(
        Arguments.of(9, Firmware.BIOS, Drive.CD), Arguments.of(10, Firmware.UEFI, Drive.STICK));
  }

  private RehearsedSite serving(int major, Firmware firmware) throws Exception {
    RehearsedSite site =
        add(new RehearsedSite(work, lab -> withRelease(lab, major), lab -> {}, node -> firmware));
    site.awaitServing(LIMIT);
    return site;
  }

  @ParameterizedTest(name = "Rocky {0}, {1}, {2}")
  @MethodSource("online")
  void aBlankMachineInstallsItselfAndReports(int major, Firmware firmware, Drive drive)
      throws Exception {
    RehearsedSite site = serving(major, firmware);
    // of a medium for all nodes, GRUB on UEFI finds the machine's own entry by its card's address
    Path iso = medium(folder(), major, Media.DVD, firmware.uefi() ? "--all" : "kvm1");
    VirtualMachine machine = site.rehearsal().machine(NODE);
    machine.insert(in(drive, iso));

    machine.start();
    machine.await(POWER_OFF, LIMIT);
    machine.awaitOff(LIMIT);
    site.rehearsal().await(NODE, state -> state.phase() == Phase.INSTALLED, LIMIT);
    assertThat(kinds(site)).contains(Kind.CLAIM_GRANTED);

    machine.insert();
    machine.start();
    machine.await(UP, LIMIT);
  }

  private static List<Kind> kinds(RehearsedSite site) {
    return site.events(NODE).stream().map(NodeEvent::kind).toList();
  }

  /** QEMU reads the image in ranges, as a machine's controller does. */
  @Test
  void aMachineInstallsItselfFromAnImageThatIsServedInFlight() throws Exception {
    RehearsedSite site = serving(9, Firmware.UEFI);
    Path media = Files.createDirectories(Path.of("target/standin/http-root/media"));
    Path source = media.resolve("rocky-9.7-x86_64.iso");
    Files.deleteIfExists(source);
    Files.createLink(source, BootableIso.of(9, Media.DVD));
    String told =
        site.barestack(
            "build-iso",
            "kvm1",
            "--in-flight",
            "--http-root=" + media.resolveSibling("").toAbsolutePath(),
            "--identity=" + work.resolve("identity"));
    Matcher url = Pattern.compile("http://\\S+/media/[^/\\s]+[.]iso").matcher(told);
    assertThat(url.find()).as(told).isTrue();
    VirtualMachine machine = site.rehearsal().machine(NODE);
    machine.insert(new InsertedMedium(url.group(), Drive.CD, true));

    machine.start();
    machine.await(POWER_OFF, LIMIT);
    machine.awaitOff(LIMIT);
    site.rehearsal().await(NODE, state -> state.phase() == Phase.INSTALLED, LIMIT);
  }

  // Recognised without its card

  static Stream<Arguments> identified() {
    return Stream.of(Arguments.of(10, Firmware.BIOS), Arguments.of(9, Firmware.UEFI));
  }

  /** Debian's GRUB has smbios: as a module for BIOS, and in the signed image for media. */
  @ParameterizedTest(name = "Rocky {0}, {1}")
  @MethodSource("identified")
  void aMachineIsRecognisedByItsUuidAndSerialNumber(int major, Firmware firmware) throws Exception {
    Path site = offlineSite(major);
    Subject seen = new Subject.OfStranger(new MacAddress(KVM1_MAC));
    try (Journal journal = SqliteJournal.open(site.resolve(".barestack/journal.db"))) {
      NodeEvent event =
          NodeEvent.of(
              Instant.parse("2026-01-01T00:00:00Z"),
              seen,
              Kind.STRANGER_SEEN,
              null,
              Map.of("uuid", MACHINE, "serial", "SN-kvm1"));
      journal.decide(seen, _ -> new Journal.Decision<>(List.of(event), true));
    }
    VirtualMachine machine = alone(firmware);
    machine.insert(in(Drive.CD, medium(site, major, Media.DVD, "--all")));
    machine.start();
    assertThat(machine.awaitScreen(Pattern.compile("[*]Install [a-z0-9]+ of site lab"), LIMIT))
        .contains("*Install kvm1 of site lab");
    // nobody pressed a key, and a menu that recognises no machine waits for ever
    machine.await(Pattern.compile("standin: phase=started"), LIMIT);
  }

  // Without one

  static Stream<Arguments> offline() {
    return ways(
        Arguments.of(10, Firmware.BIOS, Drive.STICK),
        Arguments.of(9, Firmware.UEFI_SECURE, Drive.CD));
  }

  @ParameterizedTest(name = "Rocky {0}, {1}, {2}")
  @MethodSource("offline")
  void aMachineWithoutNetworkInstallsItselfAndLeavesItsReport(
      int major, Firmware firmware, Drive drive) throws Exception {
    Path site = offlineSite(major);
    VirtualMachine machine = alone(firmware);
    machine.insert(in(drive, medium(site, major, Media.DVD, "kvm1", "--offline")));

    installs(machine);
    InstalledDisk disk = new InstalledDisk(disk());
    String report = disk.file("var/log/barestack/install.txt");
    assertThat(report)
        .contains("install=" + disk.bootLabel() + "\n", "node=kvm1\n", "result=installed\n");
    assertThat(disk.bootLabel()).startsWith("bs");

    if (!firmware.uefi()) {
      FileTime before = written();
      refuses(machine, "already carries a finished install of kvm1");
      assertThat(written()).isEqualTo(before);
    }
    machine.insert();
    machine.start();
    machine.await(UP, LIMIT);
  }

  /** When it was last written to: also a write of the same octets, or of zeros, counts. */
  private FileTime written() throws IOException {
    return Files.getLastModifiedTime(disk());
  }

  @Test
  void onlyABlankDiskIsWrittenUnlessTheMediumPermitsMore() throws Exception {
    Path site = offlineSite(9);
    try (RandomAccessFile file = new RandomAccessFile(disk().toFile(), "rw")) {
      file.setLength(12L << 30);
      file.seek(1024);
      file.writeBytes("precious");
    }
    VirtualMachine machine = alone(Firmware.BIOS);
    FileTime before = written();
    machine.insert(in(Drive.CD, medium(site, 9, Media.DVD, "--all", "--offline")));
    machine.start();
    String menu =
        machine.awaitScreen(Pattern.compile("(?s)Boot the local disk.*Rescue.*Check"), LIMIT);
    assertThat(menu.indexOf("Install kvm1")).isBetween(0, menu.indexOf("Boot the local disk"));
    machine.press("up", "ret");
    machine.await(Pattern.compile("Barestack: vda .* is not blank"), LIMIT);
    machine.awaitOff(LIMIT);
    assertThat(written()).isEqualTo(before);

    machine.insert(
        in(
            Drive.CD,
            medium(
                site,
                9,
                Media.MINIMAL,
                "kvm1",
                "--offline",
                "--wipe",
                "--yes",
                "--force",
                "--edition=2")));
    installs(machine);
    assertThat(new InstalledDisk(disk()).file("var/log/barestack/install.txt"))
        .contains("node=kvm1\n", "permit=wipe\n", "result=installed\n");
  }

  /** With a permit, so that nothing but its being the medium speaks for it. */
  @Test
  void aMediumIsNeverItsOwnTarget() throws Exception {
    Path site = offlineSite(10);
    Path iso = medium(site, 10, Media.DVD, "kvm1", "--offline", "--wipe", "--yes", "--force");
    try (RandomAccessFile file = new RandomAccessFile(iso.toFile(), "rw")) {
      file.setLength(9L << 30); // as large as the rules ask
    }
    VirtualMachine machine = alone(Firmware.BIOS, new Disk[0]);
    machine.insert(in(Drive.STICK, iso));
    refuses(machine, "No disk is meant by the rule");
  }

  @Test
  void anUntouchedImageFindsTheKickstartBesideIt() throws Exception {
    Path site = offlineSite(9);
    Path oemdrv = work.resolve("oemdrv.iso");
    RehearsedSite.barestack(
        site,
        "build-iso",
        "--kind=oemdrv",
        "kvm1",
        "--offline",
        "--from=" + BootableIso.of(9, Media.DVD).toAbsolutePath(),
        "--identity=" + work.resolve("identity"),
        "--out=" + oemdrv);
    VirtualMachine machine = alone(Firmware.BIOS);
    String untouched = BootableIso.of(9, Media.DVD).toAbsolutePath().toString();
    machine.insert(
        new InsertedMedium(untouched, Drive.CD, false),
        new InsertedMedium(oemdrv.toString(), Drive.STICK, false));
    machine.start();
    machine.awaitScreen(Pattern.compile("(?s)Test this media.*Troubleshooting"), LIMIT);
    machine.press("ret");
    machine.await(Pattern.compile("standin: OEMDRV: its kickstart is taken"), LIMIT);
    machine.await(BEGINS, LIMIT);
    machine.await(POWER_OFF, LIMIT);
    machine.awaitOff(LIMIT);
    assertThat(new InstalledDisk(disk()).bootLabel()).startsWith("bs");
  }

  // What others say of a medium

  private static String judge(String... words) {
    Command.Result result = Command.of(words).run();
    assertThat(result.status()).as(String.join(" ", words) + "\n" + result.all()).isZero();
    return result.all();
  }

  /** xorriso's words on an image that are no mere note, without its name. */
  private static List<String> complaints(Path iso) {
    return judge("xorriso", "-indev", iso.toString(), "-report_el_torito", "plain")
        .lines()
        .filter(line -> line.matches(".*(WARNING|SORRY|MISHAP|FAILURE|FATAL).*"))
        .map(line -> line.replace(iso.toString(), "IMAGE"))
        .toList();
  }

  /** Blocks of 2,048 octets. */
  private static long efiImage(Path iso) {
    Matcher entry =
        Pattern.compile("El Torito boot img :\\s+2\\s+UEFI\\s.*\\s([0-9]+)\\n")
            .matcher(judge("xorriso", "-indev", iso.toString(), "-report_el_torito", "plain"));
    assertThat(entry.find()).isTrue();
    return Long.parseLong(entry.group(1));
  }

  private static String partitions(Path iso) {
    // gdisk calls Rocky 9's overlapping partitions a problem, in the vendor's image too
    return Command.of("sgdisk", "-v", iso.toString())
        .run()
        .output()
        .replaceAll("[0-9]+ free sectors.*", "")
        .replaceAll("(sector|at|of|to) [0-9]+", "$1 N");
  }

  @ParameterizedTest(name = "Rocky {0}")
  @ValueSource(ints = {9, 10})
  void othersHaveNothingToSayAgainstAMedium(int major) throws Exception {
    Path source = BootableIso.of(major, Media.DVD);
    Path iso = medium(offlineSite(major), major, Media.DVD, "kvm1", "--offline");

    assertThat(complaints(iso)).isEqualTo(complaints(source));
    assertThat(partitions(iso)).isEqualTo(partitions(source));
    if (major == 10) {
      assertThat(partitions(iso)).contains("No problems found");
    }
    judge("checkisomd5", iso.toString());
    for (String names : List.of("-R", "-J")) {
      assertThat(judge("isoinfo", "-f", names, "-i", iso.toString())).contains("kvm1.ks");
    }
    String esp = iso + "@@" + efiImage(iso) * 2048;
    assertThat(judge("mdir", "-b", "-i", esp, "::EFI/BOOT"))
        .containsIgnoringCase("bootx64.efi")
        .containsIgnoringCase("grub.cfg");
    Path fat = work.resolve("esp.img");
    judge(
        "dd",
        "if=" + iso,
        "of=" + fat,
        "bs=2048",
        "skip=" + efiImage(iso),
        "count=8192",
        "status=none");
    judge("fsck.fat", "-n", fat.toString());

    Path before = extracted(source, "before");
    Path after = extracted(iso, "after");
    assertThat(
            Command.of("diff", "-rq", before.toString(), after.toString()).run().output().lines())
        .allMatch(line ->
            line.matches(
                ".*(grub[.]cfg|isolinux[.]cfg|isolinux[.]bin|eltorito[.]img|efiboot[.]img|boot[.]cat|Only"
                    + " in .*/after: barestack).*"));
    assertThat(judge("mtype", "-i", esp, "::EFI/BOOT/grub.cfg"))
        .contains(Files.readString(after.resolve("EFI/BOOT/grub.cfg")).strip());
  }

  private Path extracted(Path iso, String name) {
    Path into = work.resolve(name);
    judge("xorriso", "-osirrox", "on", "-indev", iso + "", "-extract", "/", into + "");
    judge("chmod", "-R", "u+w", into.toString());
    return into;
  }
}
