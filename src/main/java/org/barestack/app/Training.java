package org.barestack.app;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.barestack.command.Server;
import org.barestack.model.Site;
import org.barestack.render.LiveRenderer;
import org.barestack.render.Renderer;
import org.barestack.site.SiteFile;
import org.barestack.site.SiteResult;

/**
 * Runs of the program for the JVM's ahead-of-time caches, which hold what such a run used: short
 * commands, or a server on the loopback interface that a machine asks for its kickstart. What does
 * not work here, such as ports that another program holds, is not in the cache, and slower later.
 */
final class Training {
  private static final String SITE =
      """
      site: training
      rocky: { release: "9.7", tree: "http://127.0.0.9/rocky" }
      provisioning: { interface: lo, address: 127.0.0.1, http_port: PORT }
      networks:
        management: { subnet: 127.0.0.0/24, gateway: 127.0.0.9, system_vms: 127.0.0.60-127.0.0.90 }
        public: { range: 127.0.0.100-127.0.0.149 }
      access:
        ssh_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF3HD5Pg5cjoQG0WbWZmRu29EXp9bmHK1Y0Bk2VJq8eg a@b]
      nodes:
        mgmt1: { role: management, address: 127.0.0.10, nics: { nic1: "52:54:00:60:00:0a" } }
        kvm1: { role: kvm-worker, address: 127.0.0.11, nics: { nic1: "52:54:00:60:00:0b" } }
      """;

  private static final String LOADERS =
      """
      undionly.kpxe: { clients: [bios_pxe], files: [ANY], install: { Linux: "" }, known: {} }
      snponly.efi:
        { clients: [uefi_x64_pxe, uefi_x64_http], files: [ANY], install: { Linux: "" }, known: {} }
      """;

  /** In milliseconds; a server that is at fault may hold a request for long. */
  private static final int PATIENCE = 10_000;

  private static final Pattern INSTALL = Pattern.compile("/install/[0-9a-f]{32}");

  private Training() {}

  public static void main(String[] arguments) throws IOException {
    System.exit(run(arguments[0]));
  }

  /**
   * Returns 0 if the commands did their work; the server may or may not.
   *
   * @param what {@code commands} or {@code serve}
   */
  static int run(String what) throws IOException {
    Path folder = Files.createTempDirectory("barestack-training-");
    try {
      int port = freePort();
      Path file = Files.writeString(folder.resolve("site.yaml"), SITE.replace("PORT", "" + port));
      Path pxe = Files.createDirectories(folder.resolve("pxe"));
      Files.writeString(pxe.resolve("loaders.yaml"), LOADERS.replace("ANY", file.toString()));
      if (what.equals("serve")) {
        serve(folder, file, port);
        return 0;
      }
      String site = "--site=" + file;
      return command("validate", "--offline", site)
          + command("render-kickstart", site, "kvm1")
          + command("status", site);
    } finally {
      delete(folder);
    }
  }

  private static int command(String... words) {
    return Main.run(Commands.of(words), Map.of(), words);
  }

  private static int freePort() throws IOException {
    try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return any.getLocalPort();
    }
  }

  private static void serve(Path folder, Path file, int port) throws IOException {
    if (!(SiteFile.load(file, new Renderer(List.of(folder)).roles())
        instanceof SiteResult.Good(Site site, var _))) {
      return;
    }
    Server.Order order =
        new Server.Order(
            () -> site,
            folder,
            new LiveRenderer(List.of(folder)),
            folder.resolve("state/journal.db"),
            folder.resolve("http-root"),
            null,
            false);
    try (Server _ = Assembly.serve(order)) {
      fetch(port, "/boot.ipxe");
      Matcher install = INSTALL.matcher(fetch(port, "/boot/52-54-00-60-00-0b"));
      if (install.find()) {
        fetch(port, install.group() + "/kickstart");
      }
    } catch (IOException | RuntimeException e) {
      System.err.println("training without a server: " + e.getMessage());
    }
  }

  private static String fetch(int port, String path) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        OutputStream out = socket.getOutputStream();
        InputStream in = socket.getInputStream()) {
      socket.setSoTimeout(PATIENCE);
      String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      out.write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
