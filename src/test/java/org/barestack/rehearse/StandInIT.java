package org.barestack.rehearse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.barestack.model.MacAddress;
import org.barestack.model.Subnet;
import org.barestack.rehearse.RecordingServer.Answer;
import org.barestack.rehearse.RecordingServer.Request;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Installs the stand-in on machines in QEMU, over real firmware, DHCP, TFTP and HTTP. */
class StandInIT {
  /** A phase takes seconds on an idle host; software translation on a busy one is patient. */
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private static final Path TREE = Path.of("target/standin/9.7");
  private static final List<Path> UEFI_LOADERS =
      List.of(
          Path.of("/usr/lib/ipxe/snponly.efi"), Path.of("/usr/share/ipxe/ipxe-snponly-x86_64.efi"));

  private static final String DISKS =
      """
      ignoredisk --only-use=/dev/disk/by-id/virtio-OS-DISK
      zerombr
      clearpart --all --initlabel --drives=/dev/disk/by-id/virtio-OS-DISK --disklabel=gpt
      bootloader --location=mbr --boot-drive=/dev/disk/by-id/virtio-OS-DISK --append="quiet"
      reqpart --add-boot
      part pv.01 --size=1024 --grow --ondisk=/dev/disk/by-id/virtio-OS-DISK
      volgroup rl pv.01
      logvol swap --vgname=rl --name=swap --size=256
      logvol / --vgname=rl --name=root --size=1024 --grow --label=node1-1
      """;

  private final Path directory;
  private final Lab lab;
  private final RecordingServer server;
  private final VirtualMachine machine;
  private final Path osDisk;
  private final Path dataDisk;
  private volatile String bootScript = "";
  private volatile String kickstart = "";
  private volatile Answer claimAnswer = new Answer.Text(DISKS);

  StandInIT(@TempDir Path directory, TestInfo test) throws IOException {
    this.directory = directory;
    lab = Lab.open(Subnet.parse("10.77." + ProcessHandle.current().pid() % 250 + ".0/24"));
    server =
        new RecordingServer(InetAddress.getByAddress(lab.hostAddress().octets()), this::answer);
    osDisk = directory.resolve("os.raw");
    dataDisk = directory.resolve("data.raw");
    machine =
        new VirtualMachine(
            lab,
            Qemu.find(),
            Accelerator.TCG, // the same everywhere, and what the limits are for
            new MachineSpec(
                "node1",
                test.getTags().contains("uefi") ? Firmware.UEFI : Firmware.BIOS,
                List.of(new MacAddress("52:54:00:aa:00:01"), new MacAddress("52:54:00:aa:00:02")),
                1024,
                List.of(new Disk(osDisk, 8, "OS-DISK"), new Disk(dataDisk, 1, "DATA-DISK")),
                UUID.fromString("11223344-5566-7788-99aa-bbccddeeff00"),
                "SN-1",
                BootOrder.NETWORK_FIRST),
            directory,
            _ -> {});
    startNetworkServices();
  }

  @BeforeAll
  static void buildTree() throws IOException {
    Command.run(List.of("src/standin/build.sh", TREE.toString(), "9.7"));
  }

  @AfterEach
  void close() throws IOException {
    machine.close();
    server.close();
    lab.close();
  }

  private String url() {
    return "http://" + lab.hostAddress() + ":" + server.port();
  }

  /** DHCP and TFTP for firmware and installer, and the advertisements that iPXE waits for. */
  private void startNetworkServices() throws IOException {
    Path loader =
        UEFI_LOADERS.stream().filter(Files::isReadable).findFirst().orElseThrow().toAbsolutePath();
    Files.copy(loader, directory.resolve("snponly.efi"));
    String network = lab.address().toString().replaceAll("[0-9]+$", "");
    lab.advertiseRouter(directory.resolve("advertisements.log"));
    lab.start(
        List.of(
            "dnsmasq",
            "--keep-in-foreground",
            "--conf-file=/dev/null",
            "--user=root", // the temporary folder is closed to others
            "--pid-file=",
            "--log-facility=-",
            "--port=0",
            "--interface=" + lab.bridge(),
            "--bind-interfaces",
            "--leasefile-ro",
            "--no-ping",
            "--dhcp-option=3",
            "--dhcp-range=" + network + "100," + network + "200,5m",
            "--enable-tftp",
            "--tftp-root=" + directory,
            "--dhcp-userclass=set:ipxe,iPXE",
            "--dhcp-match=set:uefi,93,7",
            "--dhcp-boot=tag:ipxe," + url() + "/boot.ipxe",
            "--dhcp-boot=tag:!ipxe,tag:uefi,snponly.efi"),
        directory.resolve("dnsmasq.log"));
  }

  private Answer answer(Request request) {
    String path = request.path();
    if (path.startsWith("/tree/")) {
      Path file = TREE.resolve(path.substring("/tree/".length()));
      return Files.isRegularFile(file) ? new Answer.Served(file) : new Answer.Status(404);
    }
    return switch (path) {
      case "/boot.ipxe" -> new Answer.Text(bootScript);
      case "/kickstart?node=1" -> new Answer.Text(kickstart);
      case "/claim" -> claimAnswer;
      case "/installed", "/failed" -> new Answer.Text("");
      default -> new Answer.Status(404);
    };
  }

  /** Has the next boot install, with the tree named on the command line or in the kickstart. */
  private void offerInstallation(boolean treeOnCommandLine) throws IOException {
    try (InputStream in =
        Objects.requireNonNull(StandInIT.class.getResourceAsStream("standin.ks"))) {
      kickstart =
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .replace("@URL@", treeOnCommandLine ? "" : "url --url=" + url() + "/tree/")
              .replace("@SERVER@", url());
    }
    bootScript =
        """
        #!ipxe
        kernel @/tree/images/pxeboot/vmlinuz initrd=initrd.img console=ttyS0 quiet ip=dhcp \
          BOOTIF=01-${net0/mac:hexhyp} inst.ks=@/kickstart?node=1 inst.ks.sendmac inst.ks.sendsn \
          rd.emergency=poweroff REPOSITORY
        initrd @/tree/images/pxeboot/initrd.img
        boot
        """
            .replace("REPOSITORY", treeOnCommandLine ? "inst.repo=@/tree/" : "")
            .replace("@", url());
  }

  private String await(String pattern) throws Exception {
    return machine.await(Pattern.compile(pattern), LIMIT);
  }

  /** The paths of the requests with Anaconda's headers, in order. */
  private Stream<Request> installerRequests() {
    return server.requests().stream()
        .filter(
            request -> request.headers().stream().anyMatch(line -> line.startsWith("X-Anaconda-")));
  }

  private void assertHeaders() {
    assertThat(installerRequests())
        .allSatisfy(request ->
            assertThat(request.headers())
                .satisfiesExactly(
                    line -> assertThat(line).isEqualTo("Host: " + url().substring(7)),
                    line -> assertThat(line).startsWith("User-Agent: curl/"),
                    line -> assertThat(line).isEqualTo("Accept: */*"),
                    line -> assertThat(line).isEqualTo("X-Anaconda-Architecture: x86_64"),
                    line -> assertThat(line).isEqualTo("X-Anaconda-System-Release: Rocky Linux"),
                    line ->
                        assertThat(line)
                            .matches("X-RHN-Provisioning-MAC-0: enp0s[0-9]+ 52:54:00:aa:00:01"),
                    line ->
                        assertThat(line)
                            .matches("X-RHN-Provisioning-MAC-1: enp0s[0-9]+ 52:54:00:aa:00:02"),
                    line -> assertThat(line).isEqualTo("X-System-Serial-Number: SN-1")));
  }

  private void writeSentinel() throws IOException {
    Files.write(dataDisk, "precious".getBytes(StandardCharsets.US_ASCII));
    try (FileChannel file = FileChannel.open(dataDisk, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[1]), (64L << 20) - 1);
    }
  }

  @Test
  void biosInstallsAndComesUpFromDisk() throws Exception {
    writeSentinel();
    byte[] before = Files.readAllBytes(dataDisk);
    offerInstallation(true);
    machine.start();
    await("BARESTACK STAND-IN INSTALLER \\(not Anaconda\\)");
    await("standin: phase=network-up nic=enp0s");
    await("standin: phase=post-done");
    bootScript = "#!ipxe\nsanboot --no-describe --drive 0x80\n";
    await("standin: phase=finished action=reboot");
    await("standin: installed system up node=node1.lab.example");
    await("standin: phase=firstboot-done status=0");
    machine.pressPowerButton();
    machine.awaitOff(LIMIT);

    assertThat(installerRequests().map(Request::path))
        .containsExactly(
            "/tree/.treeinfo",
            "/tree/images/install.img",
            "/tree/images/updates.img",
            "/tree/images/product.img",
            "/kickstart?node=1",
            "/kickstart?node=1");
    assertHeaders();
    assertThat(server.requests())
        .map(Request::path)
        .contains("/installed")
        .doesNotContain("/failed");
    assertThat(Files.readAllBytes(dataDisk)).isEqualTo(before);
  }

  @Test
  @Tag("uefi")
  void uefiInstallsAndComesUpFromItsEntryAndAfterAnotherNetworkBoot() throws Exception {
    offerInstallation(false);
    machine.start();
    await("BARESTACK STAND-IN INSTALLER");
    await("standin: phase=bootloader-done firmware=uefi");
    // EDK2 goes on to the next entry of BootOrder only when one fails
    bootScript = "#!ipxe\nexit 1\n";
    await("standin: phase=finished action=reboot");
    await("BdsDxe: starting Boot[0-9A-F]{4} \"Rocky Linux\"");
    await("standin: installed system up node=node1.lab.example");
    assertThat(server.requests().stream().filter(request -> request.path().equals("/boot.ipxe")))
        .hasSize(1);

    // its first boot puts the network first and resets
    await("BdsDxe: starting Boot[0-9A-F]{4} \"UEFI PXEv4");
    await("BdsDxe: starting Boot[0-9A-F]{4} \"Rocky Linux\"");
    await("standin: installed system up node=node1.lab.example");
    await("standin: phase=firstboot-done status=0");
    machine.powerOff();

    assertThat(installerRequests().map(Request::path))
        .containsExactly(
            "/kickstart?node=1",
            "/tree/.treeinfo",
            "/tree/images/install.img",
            "/tree/images/updates.img",
            "/tree/images/product.img",
            "/kickstart?node=1");
    assertHeaders();
    assertThat(server.requests()).map(Request::path).doesNotContain("/failed");
  }

  @Test
  void aRefusedClaimWritesNothing() throws Exception {
    claimAnswer = new Answer.Status(409);
    offerInstallation(true);
    machine.start();
    await("standin: kickstart error: a %pre script with --erroronfail failed");
    await("standin: phase=finished action=poweroff");
    machine.awaitOff(LIMIT);

    // a sparse file that was never written to has no blocks
    assertThat(Command.run(List.of("stat", "-c", "%b", osDisk.toString())).strip()).isEqualTo("0");
    assertThat(server.requests()).map(Request::path).doesNotContain("/failed", "/installed");
  }
}
