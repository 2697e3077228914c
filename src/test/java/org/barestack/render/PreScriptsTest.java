package org.barestack.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.barestack.render.FakeMachine.GIB;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.barestack.model.Disk;
import org.barestack.model.InstallId;
import org.barestack.model.MachineReport;
import org.barestack.model.Node;
import org.barestack.model.Node.DiskRule;
import org.barestack.model.Site;
import org.barestack.model.Token;
import org.barestack.testing.Command;
import org.barestack.testing.Command.Result;
import org.barestack.testing.DiskCases;
import org.barestack.testing.Examples;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The scripts of {@code %pre}, run for real on machines made of files. */
class PreScriptsTest {
  private static final Renderer RENDERER = new Renderer(List.of());
  private static final Site SITE = Examples.site("lab");
  private static final Node NODE = SITE.nodes().getLast();
  private static final InstallId ID =
      InstallId.fresh(SITE.name(), NODE.name(), new SplittableRandom(1));
  private static final Token TOKEN = new Token("0123456789abcdef".repeat(2));

  @TempDir Path folder;
  FakeMachine machine;

  @BeforeEach
  void makeMachine() throws IOException {
    machine = new FakeMachine(folder);
  }

  private static String pre(String kickstart) {
    return Sections.of(kickstart).sections().stream()
        .filter(section -> section.header().startsWith("%pre "))
        .map(section -> String.join("\n", section.body()) + "\n")
        .findFirst()
        .orElseThrow();
  }

  @Nested
  class Claim {
    private final String script =
        pre(
            RENDERER.kickstart(
                SITE,
                NODE,
                new InstallContext(
                    ID, TOKEN, URI.create("http://192.0.2.1"), URI.create("http://192.0.2.1/t"))));

    private MachineReport report() throws IOException {
      return MachineReport.parse(machine.posts("/claim").getLast());
    }

    private Disk reported() throws IOException {
      machine.answer(1, "409\nno\n").run(script);
      return report().disks().getFirst();
    }

    @Test
    void tellsTheMachineAndTakesTheDiskPart() throws IOException {
      machine.disk("vda", 20 * GIB, Map.of("serial", "S-1"));
      machine.answer(1, "200\nzerombr\n# end of disk part\n");
      Result result = machine.run(script);
      assertThat(result.status()).isZero();
      assertThat(machine.file("tmp/disk.ks")).hasContent("zerombr\n# end of disk part\n");
      assertThat(report())
          .usingRecursiveComparison()
          .ignoringFields("clock")
          .isEqualTo(
              new MachineReport(
                  "11223344-5566-7788-99aa-bbccddeeff00",
                  "SN-1",
                  "uefi",
                  16384256,
                  0,
                  "vmx",
                  List.of(
                      new Disk(
                          "vda", 20 * GIB, "S-1", "", "", List.of(), false, false, false, true,
                          List.of(), List.of()))));
      assertThat(report().clock()).isPositive();
      assertThat(machine.calls())
          .containsExactly(
              "POST http://192.0.2.1/install/" + TOKEN.secret() + "/event",
              "POST http://192.0.2.1/install/" + TOKEN.secret() + "/claim",
              "POST http://192.0.2.1/install/" + TOKEN.secret() + "/event");
      assertThat(machine.posts("/event"))
          .containsExactly(
              Map.of("kind", "progress", "step", "pre"),
              Map.of("kind", "progress", "step", "claimed"));
    }

    /** Arrays that nobody has assembled: version 1.0 keeps its superblock at the end. */
    @ParameterizedTest
    @CsvSource({"0, 2048", "4096, 2048", "4096, 264192"})
    void seesWhatAMemberOfARaid1Holds(int superblock, int sectors) throws IOException {
      machine.disk("sda", 2 * GIB, Map.of());
      Path member = machine.partition("sda", "sda1", 2 * GIB);
      long offset = sectors * 512L;
      Result made =
          Command.of(
                  "mkfs.ext4",
                  "-q",
                  "-L",
                  ID.label(),
                  "-E",
                  "offset=" + offset,
                  member.toString(),
                  "512M")
              .run();
      assertThat(made.status()).isZero();
      FakeMachine.put(member, superblock, raidSuperblock(superblock, sectors));
      machine.answer(1, "409\nno\n");
      machine.run(script);
      Disk seen = report().disks().getFirst();
      assertThat(seen.signatures()).contains("linux_raid_member", "ext4");
      assertThat(seen.labels()).contains("begun", ID.label());
    }

    /** Of version 1.x, as much of it as is looked at (Linux, md_p.h). */
    private static byte[] raidSuperblock(int place, long dataOffset) {
      ByteBuffer block = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
      block.putInt(0, 0xa92b4efc).putInt(4, 1);
      block.put(32, "host:begun".getBytes(StandardCharsets.US_ASCII));
      block.putLong(128, dataOffset).putLong(144, place / 512);
      return block.array();
    }

    @Test
    void reportsTellTheMachinesOwnTime() throws IOException {
      machine.disk("vda", 20 * GIB, Map.of());
      machine.write("proc/sys/kernel/random/boot_id", "0a1b2c3d-0000-4000-8000-123456789abc");
      machine.write("proc/uptime", "12.34 40.00");
      machine.answer(1, "409\nno\n");
      machine.run(script);
      assertThat(machine.posts("/event").getFirst())
          .containsEntry("boot", "0a1b2c3d-0000-4000-8000-123456789abc")
          .containsEntry("uptime", "12.34");
    }

    @Test
    void aRefusalIsShownAndEndsInARestart() throws IOException {
      machine.disk("vda", 20 * GIB, Map.of());
      machine.answer(1, "409\nvda is not blank; nothing was written\n");
      Result result = machine.run(script);
      assertThat(result.status()).isNotZero();
      assertThat(machine.file("tmp/disk.ks")).doesNotExist();
      assertThat(machine.calls()).containsSubsequence("sleep 10", "reboot -f");
      for (String console : List.of("dev/tty0", "dev/ttyS0")) {
        assertThat(machine.file(console)).content().contains("restarts in 10 seconds");
      }
      assertThat(result.output()).contains("vda is not blank; nothing was written");
    }

    @Test
    void fromAMediumItEndsInPowerOff() throws IOException {
      machine.disk("vda", 20 * GIB, Map.of());
      machine.answer(1, "409\nvda is not blank; nothing was written\n");
      InstallContext context =
          new InstallContext(
              ID, TOKEN, URI.create("http://192.0.2.1"), URI.create("http://192.0.2.1/t"));
      Result result =
          machine.run(pre(RENDERER.mediumKickstart(SITE, NODE, context, FromMedium.PLAIN)));
      assertThat(machine.calls()).containsSubsequence("sleep 60", "poweroff -f");
      assertThat(result.output()).contains("vda is not blank; nothing was written");
      assertThat(machine.file("dev/ttyS0")).content().contains("switches itself off");
    }

    @Test
    void aRefusalLeavesItsLogs() throws IOException {
      machine.write("tmp/anaconda.log", "12:00 INF started");
      machine.write("tmp/ks-script-a_B.log", "one").write("tmp/ks-script-x.log", "two");
      machine.write("tmp/sensitive-info.log", "a secret");
      machine.answer(1, "409\nno\n").run(script);
      assertThat(machine.sent("anaconda.log")).hasContent("12:00 INF started");
      assertThat(machine.sent("ks-scripts.log")).content().contains("a_B.log <==\none\n", "two");
      assertThat(machine.sent("machine.txt")).content().contains("# lsblk", "# dmesg");
      assertThat(machine.sent("storage.log")).doesNotExist();
      assertThat(machine.sent("sensitive-info.log")).doesNotExist();
      assertThat(machine.posts("/event").getLast()).isEqualTo(Map.of("kind", "logs-sent"));
      assertThat(machine.calls()).containsSubsequence("sleep 10", "reboot -f");
    }

    @Test
    void ofALargeLogTheEndIsSent() throws IOException {
      machine.write("tmp/packaging.log", "x".repeat(3 << 20) + "\0the end");
      machine.answer(1, "409\nno\n").run(script);
      assertThat(Files.readString(machine.sent("packaging.log")))
          .startsWith("(the first 2097161 octets are left out)\nxxx")
          .endsWith("xxx\0the end\n")
          .hasSize("(the first 2097161 octets are left out)\n".length() + (1 << 20));
    }

    @Test
    void aServerThatGoesAwayIsNotAskedForEachLog() throws IOException {
      machine.write("tmp/anaconda.log", "x").write("tmp/storage.log", "x");
      machine.uploads("exit 7").answer(1, "409\nno\n").run(script);
      assertThat(machine.calls().stream().filter(call -> call.contains("/log/"))).hasSize(1);
      assertThat(machine.calls()).containsSubsequence("sleep 10", "reboot -f");
    }

    @Test
    void anUploadThatHangsDoesNotKeepTheMachine() throws IOException {
      assertThat(script).contains("  timeout 60 tail ");
      machine.uploads("exec /usr/bin/sleep 300").answer(1, "409\nno\n");
      machine.run(script.replace("  timeout 60 tail ", "  timeout 1 tail "));
      assertThat(machine.calls()).containsSubsequence("sleep 10", "reboot -f");
    }

    @Test
    void anAnswerThatIsNoneIsAskedForAgain() throws IOException {
      machine.disk("vda", 20 * GIB, Map.of());
      machine
          .answer(1, "503\n")
          .answer(2, "404\nno such install\n")
          .answer(3, "200\nzerombr\n# end of di")
          .answer(4, "200\n")
          .answer(5, "200\nzerombr\n# end of disk part\n");
      assertThat(machine.run(script).status()).isZero();
      assertThat(machine.file("tmp/disk.ks")).hasContent("zerombr\n# end of disk part\n");
      assertThat(machine.calls().stream().filter(call -> call.startsWith("sleep")))
          .containsExactly("sleep 2", "sleep 4", "sleep 8", "sleep 16");
    }

    @Test
    void withoutAnyAnswerItRestartsAfterFiveMinutes() throws IOException {
      machine.disk("vda", 20 * GIB, Map.of());
      machine.run(script);
      assertThat(machine.file("tmp/disk.ks")).doesNotExist();
      List<String> calls = machine.calls();
      List<String> before = calls.subList(0, calls.indexOf("reboot -f"));
      assertThat(
              before.stream()
                  .filter(call -> call.startsWith("sleep "))
                  .mapToInt(call -> Integer.parseInt(call.substring("sleep ".length())))
                  .sum())
          .isEqualTo(300 + 10);
    }

    @Test
    void anErrorOfTheScriptItselfRestartsToo() throws IOException {
      machine.disk("vda", 20 * GIB, Map.of());
      machine.run(script.replace("describe_machine() {", "describe_machine() { : \"$gone\""));
      assertThat(machine.file("tmp/disk.ks")).doesNotExist();
      assertThat(machine.calls()).contains("reboot -f");
    }

    @Test
    void aMachineWithoutDisksSaysSo() throws IOException {
      machine.answer(1, "409\nno disk\n").run(script);
      assertThat(report().disks()).isEmpty();
    }

    @Test
    void onlyWholeDisksAreListed() throws IOException {
      for (String other : List.of("loop0", "ram0", "zram0", "dm-0", "md127", "sr0", "fd0")) {
        machine.disk(other, GIB, Map.of());
      }
      machine.disk("sdz", 0, Map.of());
      machine.disk("nvme0c0n1", GIB, Map.of("hidden", "1"));
      machine.disk("nvme0n1", GIB, Map.of("hidden", "0"));
      machine.disk("sda", GIB, Map.of());
      machine.answer(1, "409\nno\n").run(script);
      assertThat(report().disks()).extracting(Disk::name).containsExactly("nvme0n1", "sda");
    }

    @Test
    void namesOfADisk() throws IOException {
      machine.disk(
          "sda",
          GIB,
          Map.of(
              "device/vpd_pg80", "\0\u0080\0\u0008  S6PENG0R",
              "device/wwid", "naa.5000c500a1b2c3d4",
              "device/model", "Model X   ",
              "ro", "1"));
      Files.createDirectories(machine.file("dev/disk/by-id"));
      Files.createDirectories(machine.file("dev/disk/by-path"));
      for (String link : List.of("by-id/wwn-0x5", "by-path/pci-0", "by-id/other")) {
        String target = link.contains("other") ? "../../sdb" : "../../sda";
        Files.createSymbolicLink(machine.file("dev/disk/" + link), Path.of(target));
      }
      Disk disk = reported();
      assertThat(disk.serial()).isEqualTo("S6PENG0R");
      assertThat(disk.wwn()).isEqualTo("0x5000c500a1b2c3d4");
      assertThat(disk.model()).isEqualTo("Model X");
      assertThat(disk.readOnly()).isTrue();
      assertThat(disk.paths())
          .containsExactly("/dev/disk/by-id/wwn-0x5", "/dev/disk/by-path/pci-0");
    }

    @Test
    void aFileSystemOnTheWholeDisk() throws IOException {
      Path disk = machine.disk("vda", GIB, Map.of());
      Command.of("mkfs.ext4", "-q", "-L", "bsabcd234567", disk.toString()).run();
      assertThat(reported().signatures()).containsExactly("ext4");
      assertThat(report().disks().getFirst().labels()).containsExactly("bsabcd234567");
    }

    @Test
    void aPartitionTableAndALabelOnAPartition() throws IOException {
      Path disk = machine.disk("vda", GIB, Map.of());
      Command.of("sfdisk", "-q", disk.toString()).input("label: gpt\nsize=100MiB\n").run();
      Path part = machine.partition("vda", "vda1", GIB / 4);
      Command.of("mkfs.ext4", "-q", "-L", "two words", part.toString()).run();
      assertThat(reported().signatures()).contains("gpt", "ext4");
      assertThat(report().disks().getFirst().labels()).containsExactly("two\\x20words");
      assertThat(report().disks().getFirst().used()).isFalse();
    }

    @Test
    void dataAtEitherEnd() throws IOException {
      Path first = machine.disk("vda", GIB, Map.of());
      FakeMachine.put(first, 4 * 1024 * 1024 - 1, "x");
      Path last = machine.disk("vdb", GIB + 512, Map.of());
      FakeMachine.put(last, GIB + 511, "x");
      Path middle = machine.disk("vdc", GIB, Map.of());
      FakeMachine.put(middle, GIB / 2, "x");
      Path small = machine.disk("vdd", 1024 * 1024, Map.of());
      FakeMachine.put(small, 1000, "x");
      machine.disk("vde", 1024 * 1024, Map.of());
      machine.answer(1, "409\nno\n").run(script);
      assertThat(report().disks())
          .extracting(Disk::edgesZero)
          .containsExactly(false, false, true, false, true);
    }

    @Test
    void aDiskThatCannotBeReadIsNotBlank() throws IOException {
      Files.delete(machine.disk("vda", GIB, Map.of()));
      Disk disk = reported();
      assertThat(disk.blank()).isFalse();
      assertThat(disk.signatures()).containsExactly("unreadable");
    }

    @Test
    void lvmThatNobodyUsesIsNoUseButAMountIs() throws IOException {
      machine.disk("vda", GIB, Map.of());
      machine.partition("vda", "vda2", GIB / 2);
      machine.disk("dm-0", GIB / 4, Map.of("dm/uuid", "LVM-x"));
      machine.write("sys/block/vda/vda2/holders/dm-0/x", "");
      assertThat(reported().used()).isFalse();
      machine.write("proc/swaps", "Filename\n/dev/dm-0 partition 1 0 -2");
      assertThat(reported().used()).isTrue();
    }

    @Test
    void aMountedDiskIsUsed() throws IOException {
      machine.disk("vda", GIB, Map.of());
      machine.write("proc/self/mountinfo", "30 1 8:0 / /mnt/x rw - ext4 /dev/vda rw");
      assertThat(reported().used()).isTrue();
      assertThat(report().disks().getFirst().medium()).isFalse();
    }

    @Test
    void oneWayOfAMultipathDiskIsUsed() throws IOException {
      machine.disk("sda", GIB, Map.of());
      machine.disk("dm-0", GIB, Map.of("dm/uuid", "mpath-3600"));
      machine.write("sys/block/sda/holders/dm-0/x", "");
      assertThat(reported().used()).isTrue();
    }

    @Test
    void theLabelInsideOfAnAssembledArrayIsSeen() throws IOException {
      machine.disk("sda", GIB, Map.of());
      machine.partition("sda", "sda2", GIB / 4);
      Path array = machine.disk("md127", GIB / 4, Map.of());
      Command.of("mkfs.ext4", "-q", "-L", "bsabcd234567", array.toString()).run();
      machine.write("sys/block/sda/sda2/holders/md127/x", "");
      assertThat(reported().labels()).containsExactly("bsabcd234567");
    }

    @Test
    void theMediumIsKnownByItsMountItsLabelAndItsName() throws IOException {
      machine.disk("sda", GIB, Map.of());
      machine.partition("sda", "sda1", GIB / 4);
      machine.write(
          "proc/self/mountinfo", "30 1 8:1 / /run/install/repo ro - iso9660 /dev/sda1 ro");
      Path stick = machine.disk("sdb", GIB, Map.of());
      Command.of("mkfs.ext4", "-q", "-L", "Rocky 9", stick.toString()).run();
      machine.disk("sdc", GIB, Map.of());
      Path oem = machine.disk("sdd", GIB, Map.of());
      Command.of("mkfs.ext4", "-q", "-L", "OEMDRV", oem.toString()).run();
      machine.disk("sde", GIB, Map.of());
      machine.write(
          "proc/cmdline", "inst.stage2=hd:LABEL=Rocky\\x209 inst.ks=hd:sdc:/ks.cfg inst.text");
      machine.answer(1, "409\nno\n").run(script);
      assertThat(report().disks())
          .extracting(Disk::medium)
          .containsExactly(true, true, true, true, false);
    }
  }

  @Nested
  class Standalone {
    private Result run(Node node) {
      return machine.run(pre(RENDERER.standaloneKickstart(SITE, node, ID, null)));
    }

    private Node picking(DiskRule... rules) {
      return new Node(
          NODE.name(),
          NODE.role(),
          NODE.address(),
          NODE.nics(),
          NODE.links(),
          NODE.bridges(),
          NODE.carries(),
          List.of(rules),
          NODE.firmware(),
          NODE.localBoot(),
          NODE.bootOrder(),
          NODE.kernelArgs(),
          NODE.packages(),
          NODE.scripts(),
          NODE.bmc());
    }

    private void refused(Result result, String reason) throws IOException {
      assertThat(result.output()).contains(reason, "Nothing was written");
      assertThat(machine.file("tmp/disk.ks")).doesNotExist();
      assertThat(machine.calls()).containsSubsequence("sleep 30", "poweroff -f");
    }

    static Stream<DiskCases.Case> asTheServer() {
      return DiskCases.all();
    }

    /** DiskGateTest holds the server to the same table. */
    @ParameterizedTest
    @MethodSource
    void asTheServer(DiskCases.Case one) throws IOException {
      StringBuilder mounts = new StringBuilder();
      for (String disk : one.disks().split(";", -1)) {
        put(disk.strip().split(" +", -1), mounts);
      }
      machine.write("proc/self/mountinfo", mounts.toString());
      Node node =
          picking(
              Arrays.stream(one.rules().split(",", -1))
                  .map(Standalone::rule)
                  .toArray(DiskRule[]::new));
      Alone alone =
          new Alone(
              new InstallId("bs72bsbbbbbb"),
              one.before().equals("permit"),
              FromMedium.PLAIN,
              List.of());
      machine.run(pre(RENDERER.standaloneKickstart(SITE, node, alone)));
      if (one.granted().isEmpty()) {
        assertThat(machine.file("tmp/disk.ks")).doesNotExist();
        assertThat(machine.calls()).contains("poweroff -f");
      } else {
        assertThat(machine.file("tmp/disk.ks"))
            .content()
            .contains("--only-use=" + one.granted().replace('+', ',') + "\n");
      }
    }

    private static DiskRule rule(String text) {
      String[] words = text.strip().split(" +", -1);
      return words[0].equals("serial")
          ? new DiskRule.Serial(words[1])
          : new DiskRule.Size(
              Long.parseLong(words[1]) * GIB,
              words.length > 2 ? Long.parseLong(words[2]) * GIB : null);
    }

    /** A disk as {@link DiskCases} writes it. */
    private void put(String[] words, StringBuilder mounts) throws IOException {
      List<String> told = List.of(words);
      Map<String, String> named =
          told.stream()
              .filter(word -> word.indexOf('=') > 0)
              .map(word -> word.split("=", 2))
              .collect(Collectors.toMap(word -> word[0], word -> word[1]));
      Map<String, String> attributes = new HashMap<>();
      attributes.put("serial", named.getOrDefault("serial", ""));
      attributes.put("ro", told.contains("readonly") ? "1" : "0");
      Path disk = machine.disk(words[0], Long.parseLong(words[1]) * GIB, attributes);
      String number = Files.readString(machine.file("sys/block/" + words[0] + "/dev")).strip();
      if (told.contains("ext4")) {
        // its size does not matter, and a small one is made at once
        Result made =
            Command.of(
                    "mkfs.ext4",
                    "-q",
                    "-L",
                    named.getOrDefault("label", ""),
                    disk.toString(),
                    "16M")
                .run();
        assertThat(made.status()).as(made.all()).isZero();
      }
      if (told.contains("edges")) {
        FakeMachine.put(disk, 1000, "x");
      }
      if (told.contains("used") || told.contains("medium")) {
        mounts.append(
            "30 1 %s / %s rw - ext4 /dev/%s rw\n"
                .formatted(
                    number, told.contains("medium") ? "/run/install/repo" : "/mnt/x", words[0]));
      }
    }

    @Test
    void aPermitIsForNoDiskWithAnInstallOfAnotherNode() throws IOException {
      Alone alone = new Alone(ID, true, FromMedium.PLAIN, List.of());
      for (String label : List.of("bsaaaa234567", "biaaaa234567")) {
        Path disk = machine.disk("vda", 12 * GIB, Map.of());
        Command.of("mkfs.ext4", "-q", "-F", "-L", label, disk.toString(), "16M").run();
        refused(
            machine.run(pre(RENDERER.standaloneKickstart(SITE, NODE, alone))),
            "carries an install of another node");
      }
    }

    /** What %pre and the two scripts after the packages leave on the disk. */
    @Test
    void itsAccountStaysOnTheDisk() throws IOException {
      machine.disk("vda", 12 * GIB, Map.of());
      assertThat(run(NODE).status()).isZero();
      machine.write("tmp/barestack-pre.log", "what pre said");
      machine.write("tmp/anaconda.log", "what anaconda said");
      machine.write("mnt/sysroot/var/log/barestack-post.log", "what post said");
      String kickstart = RENDERER.standaloneKickstart(SITE, NODE, ID, null);
      assertThat(machine.run(script(kickstart, "%post --nochroot")).status()).isZero();
      Path folder = machine.file("mnt/sysroot/var/log/barestack");
      assertThat(folder.resolve("install.txt"))
          .content()
          .matches(
              "(?s)install=%s\nnode=kvm1\nbegan=20[^\n]+Z\ndisks=vda [^\n]+\npermit=none\n"
                      .formatted(ID)
                  + "ended=20[^\n]+Z\nresult=installed\n");
      assertThat(folder.resolve("barestack-pre.log")).hasContent("what pre said");
      assertThat(folder.resolve("barestack-post.log")).hasContent("what post said");
      assertThat(folder.resolve("anaconda.log")).hasContent("what anaconda said");
      assertThat(machine.file("dev/ttyS0"))
          .content()
          .contains("install " + ID + " of kvm1: installed; its report is /var/log/barestack/");

      machine.run(script(kickstart, "%onerror"));
      assertThat(folder.resolve("install.txt")).content().contains("result=failed: ");
    }

    @Test
    void anInstallThatFailedBeforeItHadADiskIsSaidOnTheScreen() throws IOException {
      String kickstart = RENDERER.standaloneKickstart(SITE, NODE, ID, null);
      assertThat(machine.run(script(kickstart, "%onerror")).status()).isZero();
      assertThat(machine.file("dev/tty0")).content().contains("of kvm1: failed: ");
      assertThat(machine.file("mnt")).doesNotExist();
    }

    @Test
    void addedRepositoriesGoToTheDiskAndAreTheOnlyOnes() throws IOException {
      machine.write("run/install/repo/barestack/repos/cs/repodata/repomd.xml", "<repomd/>");
      machine.write("run/install/repo/barestack/repos/cs/a.rpm", "a");
      machine.write(
          "mnt/sysroot/etc/yum.repos.d/rocky.repo", "[baseos]\nenabled = 1\n[x]\nenabled=0");
      FromMedium from = new FromMedium(null, List.of("cs"), false);
      String kickstart =
          RENDERER.standaloneKickstart(SITE, NODE, new Alone(ID, false, from, List.of()));
      assertThat(kickstart)
          .contains("\ncdrom\n")
          .contains("repo --name=cs --baseurl=file:///run/install/repo/barestack/repos/cs\n");
      String script = script(kickstart, "%post --nochroot");
      for (int i = 0; i < 2; i++) {
        assertThat(machine.run(script).all()).isEqualTo("status 0\n");
        assertThat(machine.file("mnt/sysroot/var/lib/barestack/repos/cs/a.rpm")).hasContent("a");
        assertThat(machine.file("mnt/sysroot/var/lib/barestack/repos/repos")).doesNotExist();
        assertThat(machine.file("mnt/sysroot/etc/yum.repos.d/rocky.repo"))
            .hasContent("[baseos]\nenabled=0\n[x]\nenabled=0");
        assertThat(machine.file("mnt/sysroot/etc/yum.repos.d/barestack-medium.repo"))
            .content()
            .contains("[cs]\n", "baseurl=file:///var/lib/barestack/repos/cs\nenabled=1\n");
      }
    }

    private static String script(String kickstart, String header) {
      return Sections.of(kickstart).sections().stream()
          .filter(section -> section.header().startsWith(header))
          .map(section -> String.join("\n", section.body()) + "\n")
          .findFirst()
          .orElseThrow();
    }

    @Test
    void writesTheSameDiskPartAsTheServer() throws IOException {
      machine.disk("vda", 7 * GIB, Map.of());
      machine.disk("vdb", 20 * GIB, Map.of());
      machine.disk("vdc", 12 * GIB, Map.of());
      assertThat(run(NODE).status()).isZero();
      Disk smallest =
          new Disk(
              "vdc", 12 * GIB, "", "", "", List.of(), false, false, false, true, List.of(),
              List.of());
      String served = RENDERER.diskFragment(SITE, NODE, ID, List.of(smallest));
      assertThat(machine.file("tmp/disk.ks"))
          .hasContent(served.substring(served.indexOf('\n') + 1));
      assertThat(machine.calls()).isEmpty();
    }

    @Test
    void mirrorsOverTheTwoDisksThatTheRulesMean() throws IOException {
      machine.disk("sda", 500 * GIB, Map.of("serial", "A"));
      machine.disk("sdb", 500 * GIB, Map.of("device/wwid", "naa.5000C500A1B2C3D4"));
      machine.disk("sdc", 500 * GIB, Map.of("serial", "C"));
      Node node = picking(new DiskRule.Serial("C"), new DiskRule.Wwn("0x5000c500a1b2c3d4"));
      assertThat(run(node).status()).isZero();
      assertThat(machine.file("tmp/disk.ks"))
          .content()
          .contains("ignoredisk --only-use=sdc,sdb\n", "logvol /var/lib/libvirt")
          .endsWith(Renderer.END_OF_DISK_PART + "\n")
          .doesNotContain("@");
    }

    @Test
    void refusesADiskThatIsNotBlank() throws IOException {
      Path disk = machine.disk("vda", 12 * GIB, Map.of());
      Command.of("mkfs.ext4", "-q", "-L", "data", disk.toString()).run();
      refused(run(NODE), "vda (12 GiB, ext4 labelled data) is not blank");
    }

    @Test
    void refusesADiskWithDataButNoSignature() throws IOException {
      FakeMachine.put(machine.disk("vda", 12 * GIB, Map.of()), 12 * GIB - 1, "x");
      refused(run(NODE), "vda (12 GiB, data without a signature) is not blank");
    }

    @Test
    void refusesAMachineThatIsInstalledAlready() throws IOException {
      machine.disk("vda", 12 * GIB, Map.of());
      Path other = machine.disk("vdb", 30 * GIB, Map.of());
      String label = InstallId.fresh(SITE.name(), NODE.name(), new SplittableRandom(9)).label();
      Command.of("mkfs.ext4", "-q", "-L", label, other.toString()).run();
      refused(run(NODE), "already carries a finished install of kvm1");
    }

    @Test
    void goesOnWithItsOwnInstallThatWasCutOff() throws IOException {
      Path disk = machine.disk("vda", 12 * GIB, Map.of());
      String begun = ID.begun();
      Command.of("mkfs.ext4", "-q", "-L", begun, disk.toString()).run();
      assertThat(run(NODE).status()).isZero();
      assertThat(machine.file("tmp/disk.ks")).content().contains("--only-use=vda\n");
    }

    @Test
    void refusesAnotherInstallThatWasCutOff() throws IOException {
      Path disk = machine.disk("vda", 12 * GIB, Map.of());
      String label = InstallId.fresh(SITE.name(), NODE.name(), new SplittableRandom(9)).begun();
      Command.of("mkfs.ext4", "-q", "-L", label, disk.toString()).run();
      refused(run(NODE), "is not blank");
    }

    /** A name of the kernel's may mean another disk in a moment. */
    @Test
    void namesTheDiskByWhatItIs() throws IOException {
      machine.disk("vda", 12 * GIB, Map.of());
      machine.link("dev/disk/by-id/lvm-pv-uuid-1", "../../vda");
      machine.link("dev/disk/by-id/wwn-0x5000c500a1b2c3d4", "../../vda");
      assertThat(run(NODE).status()).isZero();
      assertThat(machine.file("tmp/disk.ks"))
          .content()
          .contains("--only-use=/dev/disk/by-id/wwn-0x5000c500a1b2c3d4\n")
          .doesNotContain("vda");
    }

    @Test
    void anotherNodesLabelDoesNotCount() throws IOException {
      machine.disk("vda", 12 * GIB, Map.of());
      Path other = machine.disk("vdb", 30 * GIB, Map.of());
      Command.of("mkfs.ext4", "-q", "-L", "bsaaaa234567", other.toString()).run();
      assertThat(run(NODE).status()).isZero();
      assertThat(machine.file("tmp/disk.ks")).content().contains("--only-use=vda\n");
    }

    @Test
    void neverTakesTheMediumEvenIfItFitsBest() throws IOException {
      machine.disk("vda", 12 * GIB, Map.of());
      machine.disk("vdb", 11 * GIB, Map.of());
      machine.write("proc/cmdline", "inst.ks=hd:vdb:/ks.cfg");
      assertThat(run(NODE).status()).isZero();
      assertThat(machine.file("tmp/disk.ks")).content().contains("--only-use=vda\n");
    }

    @Test
    void refusesAReadOnlyDiskAndAUsedOne() throws IOException {
      machine.disk("vda", 12 * GIB, Map.of("ro", "1"));
      refused(run(NODE), "vda (12 GiB, blank) is read-only");
      machine.write("sys/block/vda/ro", "0");
      machine.write("proc/self/mountinfo", "30 1 8:0 / /mnt rw - ext4 /dev/vda rw");
      refused(run(NODE), "is in use");
    }

    @Test
    void refusesWhenNoDiskOrSeveralAreMeant() throws IOException {
      machine.disk("vda", 12 * GIB, Map.of("serial", "X"));
      refused(run(picking(new DiskRule.Serial("Y"))), "No disk is meant by the rule serial Y");
      refused(run(picking(new DiskRule.Size(13 * GIB, null))), "No disk is meant");
      refused(run(picking(new DiskRule.Wwn(""))), "No disk is meant");
      machine.disk("vdb", 12 * GIB, Map.of("serial", "X"));
      refused(run(picking(new DiskRule.Serial("X"))), "Several disks are meant");
      refused(
          run(picking(new DiskRule.DevicePath("/dev/vda"), new DiskRule.DevicePath("/dev/vda"))),
          "No disk is meant by the rule path /dev/vda");
    }
  }
}
