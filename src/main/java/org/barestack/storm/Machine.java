package org.barestack.storm;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.barestack.wire.dhcp.DhcpOptions;
import org.barestack.wire.dhcp.DhcpPacket;
import org.barestack.wire.dhcp.MessageType;
import org.barestack.wire.dhcp.Octets;
import org.barestack.wire.dhcp.OptionCode;

/**
 * One machine, from its switch-on to the end of its install: what it asks for, in which order, and
 * how it takes silence and refusals, as firmware, iPXE and the installer were measured to do. What
 * it would do with the answers (run a kernel, write a disk) takes no time here, so that machines
 * press on a server more than real ones.
 */
final class Machine {
  private static final Pattern INSTALL_URL =
      Pattern.compile("(?m)^install_url='?(http://[^'\\s]+)'?$");

  /**
   * How faults are taken.
   *
   * @param pauses before each request that is made again
   * @param whatever the fault is; else only those that curl takes for passing
   */
  private record Retries(List<Duration> pauses, boolean whatever) {
    static Retries seconds(boolean whatever, int... pauses) {
      return new Retries(Arrays.stream(pauses).mapToObj(Duration::ofSeconds).toList(), whatever);
    }
  }

  /** Of boot scripts. */
  private static final Retries SCRIPT = Retries.seconds(true, 5, 5, 5);

  /** Of the installer's stage 1: curl's {@code --retry 3}. */
  private static final Retries CURL = Retries.seconds(false, 1, 2, 4);

  /** Of reports. */
  private static final Retries NEVER = Retries.seconds(false);

  /** What iPXE says that it can (measured): HTTP (0x13), kernels of Linux (0x18), and more. */
  private static final Octets FEATURES_OF_BIOS =
      features(0x17, 0x22, 0x13, 0x11, 0x27, 0x19, 0x29, 0x21, 0x15, 0x18, 0x12);

  private static final Octets FEATURES_OF_UEFI =
      features(0x17, 0x24, 0x13, 0x11, 0x27, 0x29, 0x15, 0x12);

  private final MacAddress mac;
  private final Kind kind;
  private final Air air;
  private final Addresses addresses;
  private final Losses losses;
  private final RandomGenerator random;
  private final UUID uuid;

  private final Map<Phase, Long> nanos = new EnumMap<>(Phase.class);
  private Phase reached = Phase.FIRMWARE_DHCP;
  private int retries;
  private long octets;
  private InetAddress local = InetAddress.ofLiteral("0.0.0.0");

  Machine(
      MacAddress mac,
      Kind kind,
      Air air,
      Addresses addresses,
      Losses losses,
      RandomGenerator random) {
    this.mac = mac;
    this.kind = kind;
    this.air = air;
    this.addresses = addresses;
    this.losses = losses;
    this.random = random;
    this.uuid = new UUID(random.nextLong(), random.nextLong());
  }

  /** Sent to its own disk: no fault, and no install. */
  private static final class ToDisk extends Exception {
    private static final long serialVersionUID = 1;

    ToDisk() {
      super("it is to boot its own disk", null, false, false);
    }
  }

  /** Goes all the way. */
  Course run() throws InterruptedException {
    long begin = System.nanoTime();
    Course.End end = Course.End.DONE;
    String reason = "";
    try {
      boot();
    } catch (ToDisk e) {
      end = Course.End.TO_DISK;
      reason = String.valueOf(e.getMessage());
    } catch (Lost e) {
      end = Course.End.LOST;
      reason = String.valueOf(e.getMessage());
    } catch (IOException e) {
      end = Course.End.LOST;
      reason = e.getClass().getSimpleName() + ": " + e.getMessage();
    }
    return new Course(end, reached, reason, nanos, retries, octets, System.nanoTime() - begin);
  }

  /** What is known of it when it is taken out in the middle. */
  Course outOfTime(long total) {
    return new Course(
        Course.End.LOST, reached, "out of time", new EnumMap<>(nanos), retries, octets, total);
  }

  private void boot() throws IOException, InterruptedException, Lost, ToDisk {
    String file = firmware();
    BootScript install = script(file);
    URI kernel = install.kernel();
    if (kernel == null) {
      throw new ToDisk();
    }
    try (HttpClient http = new HttpClient(local, List.of("User-Agent: iPXE/1.0.0+"), true)) {
      during(
          Phase.KERNEL,
          () -> {
            count(http, kernel, SCRIPT);
            for (URI image : install.images()) {
              count(http, image, SCRIPT);
            }
            return true;
          });
    }
    installer(install);
  }

  /** The firmware's part: returns what iPXE is to run. */
  private String firmware() throws IOException, InterruptedException, Lost {
    if (kind == Kind.BIOS) {
      return during(Phase.FIRMWARE_DHCP, () -> lease(ipxe(), Patience.IPXE)).file();
    }
    Lease lease = during(Phase.FIRMWARE_DHCP, () -> lease(bare(), Patience.UEFI));
    if (lease.file().isEmpty()) {
      throw new Lost("no boot file was named to its firmware");
    }
    during(
        Phase.LOADER,
        () -> {
          if (kind == Kind.HTTP) {
            URI loader = place(lease.file());
            try (HttpClient http =
                new HttpClient(
                    local, List.of("Accept: */*", "User-Agent: UefiHttpBoot/1.0"), true)) {
              good(http.head(loader), loader);
              octets += good(http.count(loader), loader).octets();
            }
          } else {
            InetSocketAddress server =
                new InetSocketAddress(InetAddress.ofLiteral(lease.server().toString()), 69);
            octets +=
                new TftpClient(local, server, losses, more -> retries += more).load(lease.file());
          }
          return true;
        });
    return during(Phase.LOADER_DHCP, () -> lease(ipxe(), Patience.IPXE)).file();
  }

  private BootScript script(String file) throws IOException, InterruptedException, Lost {
    return during(
        Phase.SCRIPT,
        () -> {
          URI at = place(file);
          try (HttpClient http = new HttpClient(local, List.of("User-Agent: iPXE/1.0.0+"), true)) {
            for (int links = 0; links < 8; links++) {
              HttpClient.Answer answer = text(http, at, SCRIPT);
              octets += answer.octets();
              BootScript script = BootScript.parse(answer.text(), at, settings());
              URI next = script.next();
              if (next == null) {
                return script;
              }
              at = next;
            }
          }
          throw new Lost("boot scripts lead from one to the next for ever");
        });
  }

  /** As the installer's stage 1 asks, and then as our kickstarts do. */
  private void installer(BootScript boot) throws IOException, InterruptedException, Lost {
    during(Phase.INSTALLER_DHCP, () -> lease(anaconda(), Patience.INSTALLER));
    List<String> headers =
        List.of(
            "User-Agent: curl/7.76.1",
            "Accept: */*",
            "X-Anaconda-Architecture: x86_64",
            "X-Anaconda-System-Release: Rocky Linux",
            "X-RHN-Provisioning-MAC-0: eth0 " + mac);
    HttpClient http = new HttpClient(local, headers, false);
    URI tree = boot.argument("inst.repo").map(Machine::slashed).map(URI::create).orElse(null);
    if (tree != null) {
      during(
          Phase.TREE,
          () -> {
            count(http, tree.resolve(".treeinfo"), CURL);
            count(http, tree.resolve("images/install.img"), CURL);
            octets += http.count(tree.resolve("images/updates.img")).octets();
            octets += http.count(tree.resolve("images/product.img")).octets();
            return true;
          });
    }
    String place = boot.argument("inst.ks").orElse("");
    if (!place.startsWith("http://")) {
      return;
    }
    String kickstart =
        during(
            Phase.KICKSTART,
            () -> {
              text(http, URI.create(place), CURL);
              HttpClient.Answer second = text(http, URI.create(place), CURL);
              octets += 2 * second.octets();
              return second.text();
            });
    Matcher url = INSTALL_URL.matcher(kickstart);
    if (url.find()) {
      install(http, url.group(1));
    }
  }

  /** The claim and the reports of a kickstart of ours. */
  private void install(HttpClient http, String url) throws IOException, InterruptedException, Lost {
    during(
        Phase.CLAIM,
        () -> {
          event(http, url, "progress", "step", "pre");
          retried(CURL, () -> http.post(URI.create(url + "/claim"), form(disk())), "claim");
          event(http, url, "progress", "step", "claimed");
          return true;
        });
    during(
        Phase.EVENTS,
        () -> {
          event(http, url, "progress", "step", "storage-ready");
          event(http, url, "progress", "step", "packages-installed");
          event(http, url, "finished");
          return true;
        });
  }

  private Map<String, String> disk() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("machine.uuid", uuid.toString());
    fields.put("machine.serial", "storm-" + mac);
    fields.put("machine.firmware", kind == Kind.BIOS ? "bios" : "uefi");
    fields.put("machine.memory_kib", "16777216");
    fields.put("machine.clock", Long.toString(System.currentTimeMillis() / 1000));
    fields.put("machine.virtualization", "vmx");
    fields.put("disk.0.name", "sda");
    fields.put("disk.0.size", Long.toString(400L << 30));
    fields.put("disk.0.serial", "storm-" + mac.hyphens());
    fields.put("disk.0.wwn", "");
    fields.put("disk.0.model", "storm");
    fields.put("disk.0.paths", "");
    fields.put("disk.0.medium", "0");
    fields.put("disk.0.readonly", "0");
    fields.put("disk.0.used", "0");
    fields.put("disk.0.edges", "zero");
    fields.put("disk.0.signatures", "");
    fields.put("disk.0.labels", "");
    return fields;
  }

  /** A report that does not get through stops no install, but here it counts. */
  private void event(HttpClient http, String url, String what, String... more)
      throws IOException, InterruptedException, Lost {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("kind", what);
    fields.put("boot", uuid.toString());
    fields.put("uptime", "60.00");
    for (int i = 0; i < more.length; i += 2) {
      fields.put(more[i], more[i + 1]);
    }
    retried(NEVER, () -> http.post(URI.create(url + "/event"), form(fields)), "event " + what);
  }

  private static String form(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(field ->
            field.getKey() + "=" + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
  }

  // --- HTTP as its clients take faults

  private void count(HttpClient http, URI place, Retries how)
      throws IOException, InterruptedException, Lost {
    octets += retried(how, () -> http.count(place), last(place)).octets();
  }

  private HttpClient.Answer text(HttpClient http, URI place, Retries how)
      throws IOException, InterruptedException, Lost {
    return retried(how, () -> http.text(place), last(place));
  }

  private interface Ask {
    HttpClient.Answer ask() throws IOException;
  }

  /**
   * curl asks again when nobody listens, at 408, 429 and 5xx and after silence, and at no other
   * fault (measured); iPXE's scripts ask again at any.
   */
  private HttpClient.Answer retried(Retries how, Ask ask, String what)
      throws IOException, InterruptedException, Lost {
    for (int tries = 0; ; tries++) {
      String fault;
      try {
        HttpClient.Answer answer = ask.ask();
        if (answer.good()) {
          return answer;
        }
        fault = "HTTP status " + answer.status() + " for " + what;
        boolean passing =
            answer.status() == 408 || answer.status() == 429 || answer.status() / 100 == 5;
        if (!passing && !how.whatever()) {
          throw new Lost(fault);
        }
      } catch (HttpClient.RefusedException e) {
        fault = "nobody listens for " + what;
      } catch (IOException e) {
        fault = (HttpClient.isTimeout(e) ? "silence" : "a broken connection") + " for " + what;
        if (!HttpClient.isTimeout(e) && !how.whatever()) {
          throw new Lost(fault);
        }
      }
      if (tries == how.pauses().size()) {
        throw new Lost(fault);
      }
      retries++;
      Thread.sleep(how.pauses().get(tries));
    }
  }

  private static HttpClient.Answer good(HttpClient.Answer answer, URI place) throws Lost {
    if (!answer.good()) {
      throw new Lost("HTTP status " + answer.status() + " for " + last(place));
    }
    return answer;
  }

  /** The last part of a path, which tells no machine from the other. */
  private static String last(URI place) {
    String path = place.getPath();
    String name = path.substring(path.lastIndexOf('/') + 1);
    return name.matches("[0-9a-f]{2}(-[0-9a-f]{2}){5}") ? "its boot script" : name;
  }

  private static String slashed(String url) {
    return url.endsWith("/") ? url : url + "/";
  }

  private static URI place(String file) throws Lost {
    if (!file.startsWith("http://")) {
      throw new Lost(
          file.isEmpty() ? "no boot file was named to iPXE" : "its boot file is no http URL");
    }
    return URI.create(file);
  }

  private Map<String, String> settings() {
    return Map.of(
        "mac",
        mac.hyphens(),
        "uuid",
        uuid.toString(),
        "serial",
        "storm-" + mac.hyphens(),
        "product",
        "storm",
        "platform",
        kind == Kind.BIOS ? "pcbios" : "efi",
        "buildarch",
        kind == Kind.BIOS ? "i386" : "x86_64");
  }

  // --- DHCP

  private record Lease(Ipv4 server, String file) {}

  private DhcpOptions bare() {
    return base(kind.architecture(), kind.vendorClass());
  }

  private DhcpOptions ipxe() {
    int architecture = kind == Kind.BIOS ? 0 : 7;
    String vendor =
        kind == Kind.BIOS ? Kind.BIOS.vendorClass() : "PXEClient:Arch:00007:UNDI:003010";
    return base(architecture, vendor)
        .with(OptionCode.USER_CLASS, Octets.text("iPXE"))
        .with(OptionCode.IPXE, kind == Kind.BIOS ? FEATURES_OF_BIOS : FEATURES_OF_UEFI);
  }

  private static DhcpOptions anaconda() {
    return DhcpOptions.NONE
        .with(OptionCode.VENDOR_CLASS, Octets.text("anaconda-Linux"))
        .with(OptionCode.LARGEST_MESSAGE, Octets.of((byte) 2, (byte) 0x40));
  }

  private static Octets features(int... codes) {
    DhcpOptions inside = DhcpOptions.NONE;
    for (int code : codes) {
      inside = inside.with(code, Octets.of((byte) 1));
    }
    return inside.octets();
  }

  private DhcpOptions base(int architecture, String vendor) {
    byte[] id = new byte[17];
    java.nio.ByteBuffer.wrap(id, 1, 16)
        .putLong(uuid.getMostSignificantBits())
        .putLong(uuid.getLeastSignificantBits());
    return DhcpOptions.NONE
        .with(OptionCode.LARGEST_MESSAGE, Octets.of((byte) 5, (byte) 0xc0))
        .with(OptionCode.ARCHITECTURES, Octets.of((byte) 0, (byte) architecture))
        .with(94, Octets.of((byte) 1, (byte) 3, (byte) 0))
        .with(OptionCode.VENDOR_CLASS, Octets.text(vendor))
        .with(OptionCode.MACHINE_ID, Octets.of(id));
  }

  /** Discover to acknowledge; the machine has its address then. */
  private Lease lease(DhcpOptions options, Patience patience)
      throws IOException, InterruptedException, Lost {
    try (Air.Exchange exchange = air.open(random.nextInt())) {
      DhcpPacket discover = packet(MessageType.DISCOVER, exchange, options);
      DhcpPacket offer =
          asked(exchange, discover, patience, isOf(MessageType.OFFER), "no offer by DHCP");
      DhcpPacket request =
          packet(MessageType.REQUEST, exchange, options)
              .with(OptionCode.REQUESTED_ADDRESS, Octets.addresses(List.of(offer.yiaddr())))
              .with(
                  OptionCode.SERVER_ID,
                  Octets.addresses(
                      List.of(offer.address(OptionCode.SERVER_ID).orElse(offer.siaddr()))));
      DhcpPacket ack =
          asked(
              exchange,
              request,
              patience,
              isOf(MessageType.ACK).or(isOf(MessageType.NAK)),
              "no acknowledgement by DHCP");
      if (ack.messageType().orElse(MessageType.NAK) == MessageType.NAK) {
        throw new Lost("its address was refused by DHCP");
      }
      local = addresses.take(ack.yiaddr());
      String file = ack.text(OptionCode.BOOT_FILE).orElse(ack.file());
      return new Lease(
          ack.siaddr().equals(Ipv4.ANY)
              ? ack.address(OptionCode.SERVER_ID).orElse(Ipv4.ANY)
              : ack.siaddr(),
          file);
    }
  }

  private DhcpPacket asked(
      Air.Exchange exchange,
      DhcpPacket question,
      Patience patience,
      Predicate<DhcpPacket> fits,
      String silence)
      throws IOException, InterruptedException, Lost {
    boolean first = true;
    for (Duration pause : patience.pauses()) {
      if (!first) {
        retries++;
      }
      first = false;
      exchange.say(question);
      DhcpPacket answer = exchange.hear(pause, fits);
      if (answer != null) {
        return answer;
      }
    }
    throw new Lost(silence);
  }

  private static Predicate<DhcpPacket> isOf(MessageType type) {
    return packet ->
        packet.reply()
            && packet.messageType().filter(type::equals).isPresent()
            && (type != MessageType.OFFER || !packet.yiaddr().equals(Ipv4.ANY));
  }

  private DhcpPacket packet(MessageType type, Air.Exchange exchange, DhcpOptions options) {
    return exchange.packet(type, mac, options);
  }

  // --- phases

  private <T> T during(Phase phase, Callable<T> part)
      throws IOException, InterruptedException, Lost {
    reached = phase;
    long begin = System.nanoTime();
    try {
      T result = part.call();
      nanos.put(phase, System.nanoTime() - begin);
      return result;
    } catch (IOException | InterruptedException | Lost | RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return kind.name().toLowerCase(Locale.ROOT) + " " + mac;
  }
}
