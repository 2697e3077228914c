package org.barestack.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.barestack.testing.LargeSite;

/** Addresses and boot files for many machines, beside dnsmasq and Kea. */
final class DhcpPart implements Part {
  private static final String UEFI = "PXEClient:Arch:00007:UNDI:003000";

  /** The one that a rate is measured with is first asked so long by all, so that all are warm. */
  private static final int WARM_SECONDS = 3;

  /** Exchanges that are begun in a second. */
  private static final List<Integer> RATES =
      List.of(2_000, 4_000, 6_000, 8_000, 10_000, 14_000, 20_000);

  /** For so long each. */
  private static final int SECONDS = 2;

  private static final Pattern RATE = Pattern.compile("Rate: ([0-9.]+) 4-way");
  private static final Pattern DISCOVERS =
      Pattern.compile("DISCOVER-OFFER\\*\\*\\*\\s+sent packets: (\\d+)");
  private static final Pattern REQUESTS =
      Pattern.compile("REQUEST-ACK\\*\\*\\*\\s+sent packets: (\\d+)");

  /** InDatagrams, NoPorts, InErrors, OutDatagrams. */
  private static final Pattern DATAGRAMS = Pattern.compile("Udp: (\\d+) \\d+ (\\d+) ");

  /** OVMF asks again after 4 s. */
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  @Override
  public String name() {
    return "dhcp";
  }

  @Override
  public String title() {
    return "DHCP";
  }

  @Override
  public String method() {
    return """
    `perfdhcp` (Kea's own) at the other end of the cable plays 1,000 UEFI machines (options 60 and 93) behind a relay: discover, offer, request, acknowledge. All servers know the 1,000 by their MAC addresses and name a boot file. *Exchanges* are the most that were completed when 2,000, 4,000, 6,000, 8,000, 10,000, 14,000 and 20,000 a second were begun, for 2 s each, after 3 s of 10,000: beyond what it can hear, `perfdhcp` loses answers itself, and the more the faster the server is; *lost at once* is what share of their questions was not answered within 4 s when all 1,000 began within a tenth of a second, each once, at a server that had just started; counted are the answers that came to the clients' host, whose one `perfdhcp` has no room for all of them. dnsmasq has its file of leases, and `quiet-dhcp`. Kea has its file of leases (memfile, persist) and logs warnings only; it runs once as it comes, with one thread, and once with two. Ours serves `dhcp: full` with its journal; nodes have the addresses that the site gives them, so nothing is lost with a lease.
    """;
  }

  /** Starts a server with a new state in that folder. */
  private interface Starter {
    AutoCloseable start(Cable cable, Path folder) throws IOException;
  }

  @Override
  public List<Result> run(Setting setting) throws Exception {
    int machines = setting.size(1000, 50);
    try (Cable cable = Cable.lay()) {
      Rounds rounds = new Rounds(cable, setting, machines);
      Result rate =
          rounds
              .contest(
                  Contest.more("exchanges of %,d machines".formatted(machines), "1/s"),
                  Rounds::exchanges)
              .atLeast(1)
              .run(setting.rounds());
      Result loss =
          rounds
              .contest(Contest.less("lost of %,d at once".formatted(machines), "%"), Rounds::lost)
              .within(0)
              .run(setting.rounds());
      return List.of(
          rate,
          loss.reached()
              ? loss
              : loss.noting(
                  "where it was looked into, all were heard and some answered too late: a server"
                      + " that has just started runs code that is not compiled yet. Next: train the"
                      + " ahead-of-time cache with DHCP, too."));
    }
  }

  private interface Measure {
    double of(Rounds rounds);
  }

  /** Each round has a folder of its own, with a new state. */
  private static final class Rounds {
    private final Cable cable;
    private final Setting setting;
    private final int machines;
    private int count;

    Rounds(Cable cable, Setting setting, int machines) {
      this.cable = cable;
      this.setting = setting;
      this.machines = machines;
    }

    Contest contest(Contest contest, Measure measure) {
      return contest
          .entrant(Result.OURS, entrant((cable, folder) -> ours(cable, folder, machines), measure))
          .entrant("dnsmasq", entrant((cable, folder) -> dnsmasq(cable, folder, machines), measure))
          .entrant("Kea", entrant((cable, folder) -> kea(cable, folder, machines, 1), measure))
          .entrant(
              "Kea, 2 threads",
              entrant((cable, folder) -> kea(cable, folder, machines, 2), measure));
    }

    private Contest.Entrant entrant(Starter server, Measure measure) {
      return () -> {
        Path folder = Files.createDirectory(setting.folder().resolve("dhcp" + count++));
        try (AutoCloseable _ = server.start(cable, folder)) {
          return measure.of(this);
        }
      };
    }

    double exchanges() {
      if (!setting.full()) {
        return number(RATE, perfdhcp("-r200", "-p1"));
      }
      perfdhcp("-r10000", "-p" + WARM_SECONDS);
      double most = 0;
      for (int rate : RATES) {
        most = Math.max(most, number(RATE, perfdhcp("-r" + rate, "-p" + SECONDS)));
      }
      return most;
    }

    double lost() {
      String number = "-n" + machines;
      double before = arrived();
      String told =
          perfdhcp("-r" + 10 * machines, number, number, "-W" + PATIENCE.toNanos() / 1000);
      double asked = number(DISCOVERS, told) + number(REQUESTS, told);
      return Math.max(0, 100 * (1 - (arrived() - before) / asked));
    }

    /** Datagrams that came to the clients' end: what was read, and what there was no room for. */
    private double arrived() {
      String counts = cable.asked("cat", "/proc/net/snmp");
      Matcher matcher = DATAGRAMS.matcher(counts);
      if (!matcher.find()) {
        throw new AssertionError(counts);
      }
      return Double.parseDouble(matcher.group(1)) + Double.parseDouble(matcher.group(2));
    }

    private String perfdhcp(String... words) {
      List<String> command =
          new ArrayList<>(
              List.of(
                  "perfdhcp",
                  "-4",
                  "-l" + Cable.DEVICE,
                  "-bmac=" + LargeSite.mac(0),
                  "-R" + machines,
                  "-o60," + HexFormat.of().formatHex(UEFI.getBytes(StandardCharsets.US_ASCII)),
                  "-o93,0007"));
      command.addAll(List.of(words));
      // Its status tells of each answer that did not come.
      return cable.tried(command.toArray(String[]::new)).all();
    }

    private static double number(Pattern pattern, String told) {
      Matcher matcher = pattern.matcher(told);
      if (!matcher.find()) {
        throw new AssertionError("perfdhcp says no " + pattern + ": " + told);
      }
      return Double.parseDouble(matcher.group(1));
    }
  }

  private static AutoCloseable ours(Cable cable, Path folder, int machines) throws IOException {
    LargeSite.write(folder, machines, Cable.DEVICE);
    LargeSite.release(folder.resolve("http-root"), 1 << 20);
    return Serving.start(cable, folder, "state");
  }

  private static String name(int i) {
    return i == 0 ? "mgmt1" : "kvm" + i;
  }

  private static String address(int i) {
    return String.format(Locale.ROOT, "10.60.%d.%d", (256 + i) >> 8, i & 0xff);
  }

  private static AutoCloseable dnsmasq(Cable cable, Path folder, int machines) throws IOException {
    Path log = folder.resolve("log").toAbsolutePath();
    StringBuilder text =
        new StringBuilder(
            """
            port=0
            user=root
            interface=%s
            bind-interfaces
            quiet-dhcp
            log-facility=%s
            dhcp-authoritative
            dhcp-leasefile=%s
            dhcp-lease-max=%d
            dhcp-range=10.60.0.0,static,255.255.0.0,1h
            dhcp-option=3,10.60.0.1
            dhcp-match=set:uefi,option:client-arch,7
            dhcp-boot=tag:uefi,snponly.efi,,%s
            """
                .formatted(
                    Cable.DEVICE,
                    log,
                    folder.resolve("leases").toAbsolutePath(),
                    2 * machines,
                    Cable.SERVER));
    for (int i = 0; i < machines; i++) {
      text.append("dhcp-host=%s,%s,%s\n".formatted(LargeSite.mac(i), address(i), name(i)));
    }
    Path file = Files.writeString(folder.resolve("dnsmasq.conf"), text);
    Process process =
        cable.serve(
            folder.resolve("output"),
            "dnsmasq",
            "--keep-in-foreground",
            "--conf-file=" + file.toAbsolutePath());
    Log.await(log, "sockets bound", process);
    return () -> cable.stop(process);
  }

  private static AutoCloseable kea(Cable cable, Path folder, int machines, int threads)
      throws IOException {
    List<String> reservations = new ArrayList<>();
    for (int i = 0; i < machines; i++) {
      reservations.add(
          """
          { "hw-address": "%s", "ip-address": "%s", "hostname": "%s" }\
          """
              .formatted(LargeSite.mac(i), address(i), name(i)));
    }
    // What says that it has started is information; leases are, too, and have a logger.
    String text =
        """
        { "Dhcp4": {
          "interfaces-config": { "interfaces": [ "%s" ] },
          "lease-database": { "type": "memfile", "persist": true, "name": "%s" },
          "multi-threading": {
            "enable-multi-threading": %s, "thread-pool-size": %d, "packet-queue-size": 64 },
          "valid-lifetime": 3600,
          "client-classes": [ {
            "name": "uefi", "test": "option[93].hex == 0x0007",
            "boot-file-name": "snponly.efi", "next-server": "%s" } ],
          "subnet4": [ {
            "id": 1, "subnet": "10.60.0.0/16",
            "option-data": [ { "name": "routers", "data": "10.60.0.1" } ],
            "reservations": [
              %s ] } ],
          "loggers": [
            { "name": "kea-dhcp4", "severity": "WARN",
              "output_options": [ { "output": "stdout" } ] },
            { "name": "kea-dhcp4.dhcp4", "severity": "INFO",
              "output_options": [ { "output": "stdout" } ] },
            { "name": "kea-dhcp4.leases", "severity": "WARN",
              "output_options": [ { "output": "stdout" } ] } ]
        } }
        """
            .formatted(
                Cable.DEVICE,
                folder.resolve("leases.csv").toAbsolutePath(),
                threads > 1,
                threads,
                Cable.SERVER,
                String.join(",\n      ", reservations));
    Path file = Files.writeString(folder.resolve("kea.json"), text);
    Path log = folder.resolve("log");
    Process process =
        cable.serve(
            log,
            "env",
            "KEA_PIDFILE_DIR=" + folder.toAbsolutePath(),
            "KEA_LOCKFILE_DIR=" + folder.toAbsolutePath(),
            "kea-dhcp4",
            "-c",
            file.toAbsolutePath().toString());
    Log.await(log, "DHCP4_STARTED", process);
    return () -> cable.stop(process);
  }
}
