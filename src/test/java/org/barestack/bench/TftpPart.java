package org.barestack.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.barestack.testing.LargeSite;

/** Loaders by TFTP, to one and to many. */
final class TftpPart implements Part {
  /** What a loader is, about. */
  private static final String FILE = "snponly.efi";

  /** Where each listens. */
  private static final SequencedMap<String, String> SERVERS = new LinkedHashMap<>();

  static {
    SERVERS.put(Result.OURS, Cable.SERVER);
    SERVERS.put("dnsmasq", Cable.SECOND);
    SERVERS.put("tftpd-hpa", Cable.THIRD);
  }

  @Override
  public String name() {
    return "tftp";
  }

  @Override
  public String title() {
    return "TFTP";
  }

  @Override
  public String method() {
    return """
    One client program for all servers plays 1, 16 and 256 clients at once, each at an address of its own; each loads the same loader again and again (`snponly.efi` of the system's iPXE, as we serve it), in blocks of 1468 octets, one block a round trip as most firmware asks. dnsmasq runs with `--enable-tftp`, tftpd-hpa as `in.tftpd --listen --secure`; ours is `barestack serve`. With *windows of 16* the client asks for RFC 7440's `windowsize`, which the others decline in these versions, so that they go on block by block. All three stay up through all rounds, each at an address of its own, and each has served some files before the first.
    """;
  }

  @Override
  public List<Result> run(Setting setting) throws Exception {
    Path folder = setting.folder();
    LargeSite.write(folder, 10, Cable.DEVICE);
    LargeSite.release(folder.resolve("http-root"), 1 << 20);
    Path files = Files.createDirectory(folder.resolve("tftp"));
    Files.copy(loader(), files.resolve(FILE));
    try (Cable cable = Cable.lay();
        Serving _ = Serving.start(cable, folder, "state")) {
      cable.serve(
          folder.resolve("dnsmasq.log"),
          "dnsmasq",
          "--no-daemon",
          "--user=root",
          "--conf-file=/dev/null",
          "--port=0",
          "--listen-address=" + Cable.SECOND,
          "--bind-interfaces",
          "--enable-tftp",
          "--tftp-max=1024",
          "--tftp-root=" + files.toAbsolutePath());
      cable.serve(
          folder.resolve("tftpd.log"),
          "in.tftpd",
          "--foreground",
          "--ipv4",
          "--address",
          Cable.THIRD + ":69",
          "--secure",
          files.toAbsolutePath().toString());
      SERVERS.values().forEach(address -> load(cable, address, 16, setting.size(32, 1), 1));
      List<Result> results = new ArrayList<>();
      for (int window : new int[] {1, 16}) {
        for (int clients : new int[] {1, 16, 256}) {
          int each = Math.max(1, setting.size(2048, 4) / clients);
          Contest contest =
              Contest.more(
                      clients
                          + (clients == 1 ? " client" : " clients")
                          + (window == 1 ? "" : ", windows of " + window),
                      "MB/s")
                  .atLeast(window == 1 ? 1 : 2);
          SERVERS.forEach((server, address) ->
              contest.entrant(server, () -> load(cable, address, clients, each, window)));
          results.add(contest.run(setting.rounds()));
        }
      }
      return results;
    }
  }

  private static Path loader() {
    for (String path :
        List.of("/usr/lib/ipxe/snponly.efi", "/usr/share/ipxe/ipxe-snponly-x86_64.efi")) {
      if (Files.exists(Path.of(path))) {
        return Path.of(path);
      }
    }
    throw new AssertionError("no snponly.efi; is the package ipxe installed?");
  }

  private static double load(Cable cable, String server, int clients, int files, int window) {
    String[] words =
        cable
            .asked(TftpLoad.class, server, FILE, "" + clients, "" + files, "1468", "" + window)
            .strip()
            .split(" ", -1);
    long octets = loader().toFile().length() * clients * files;
    if (Long.parseLong(words[0]) != octets) {
      throw new AssertionError(words[0] + " octets of " + octets);
    }
    return octets / 1e6 / Double.parseDouble(words[1]);
  }
}
