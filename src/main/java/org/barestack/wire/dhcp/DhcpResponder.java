package org.barestack.wire.dhcp;

import static org.barestack.wire.dhcp.OptionCode.ARCHITECTURES;
import static org.barestack.wire.dhcp.OptionCode.BOOT_FILE;
import static org.barestack.wire.dhcp.OptionCode.BROADCAST;
import static org.barestack.wire.dhcp.OptionCode.DNS;
import static org.barestack.wire.dhcp.OptionCode.DOMAIN;
import static org.barestack.wire.dhcp.OptionCode.HOST_NAME;
import static org.barestack.wire.dhcp.OptionCode.IPXE;
import static org.barestack.wire.dhcp.OptionCode.LEASE_TIME;
import static org.barestack.wire.dhcp.OptionCode.MESSAGE;
import static org.barestack.wire.dhcp.OptionCode.NTP;
import static org.barestack.wire.dhcp.OptionCode.REBINDING_TIME;
import static org.barestack.wire.dhcp.OptionCode.RENEWAL_TIME;
import static org.barestack.wire.dhcp.OptionCode.REQUESTED_ADDRESS;
import static org.barestack.wire.dhcp.OptionCode.ROUTER;
import static org.barestack.wire.dhcp.OptionCode.SERVER_ID;
import static org.barestack.wire.dhcp.OptionCode.SUBNET_MASK;
import static org.barestack.wire.dhcp.OptionCode.TFTP_SERVER;
import static org.barestack.wire.dhcp.OptionCode.VENDOR_CLASS;
import static org.barestack.wire.dhcp.OptionCode.VENDOR_SPECIFIC;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.barestack.model.ClientKind;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;
import org.barestack.wire.dhcp.Answer.Reply;
import org.barestack.wire.dhcp.Answer.Silence;
import org.barestack.wire.dhcp.BootFile.None;
import org.barestack.wire.dhcp.BootFile.Tftp;
import org.barestack.wire.dhcp.BootFile.Url;
import org.barestack.wire.dhcp.Client.NetworkBoot;
import org.barestack.wire.dhcp.Client.Plain;
import org.barestack.wire.dhcp.Client.Unserved;
import org.barestack.wire.dhcp.Lease.Fixed;
import org.barestack.wire.dhcp.Lease.FromPool;
import org.barestack.wire.dhcp.Lease.Refused;

/**
 * Decides what to answer (RFC 2131 §4.3; Intel's PXE 2.1 for the boot part). Its only state is the
 * pool. Threads may share it.
 */
public final class DhcpResponder {
  private static final int CLIENT_PORT = 68;

  /** Inside option 43: how to look for boot servers. */
  private static final int PXE_DISCOVERY_CONTROL = 6;

  /** Not at all: boot the file that the offer names, without a menu. */
  private static final byte BOOT_NAMED_FILE = 8;

  /** Inside option 43: the chosen line of a boot menu. */
  private static final int PXE_BOOT_ITEM = 71;

  /** Inside option 175: do not wait 2 s for another server's boot file. */
  private static final int IPXE_NO_PROXY = 176;

  private final DhcpSettings settings;
  private final Leases leases;
  private final BootFiles bootFiles;
  private final InstantSource clock;
  private final Optional<AddressPool> pool;

  public DhcpResponder(
      DhcpSettings settings, Leases leases, BootFiles bootFiles, InstantSource clock) {
    this.settings = settings;
    this.leases = leases;
    this.bootFiles = bootFiles;
    this.clock = clock;
    this.pool =
        Optional.ofNullable(settings.pool())
            .map(range -> new AddressPool(range, settings.leaseTime()));
  }

  /** The settings that the answers come from. */
  public DhcpSettings settings() {
    return settings;
  }

  /** A packet that asks, and what is known of its sender. */
  private record Question(
      DhcpPacket packet, MessageType type, MacAddress mac, Client client, Endpoint from) {

    /** Nothing is sent, and a machine that wants to boot may be waiting for it. */
    Silence refuse(String reason) {
      return new Silence(!(client instanceof Plain), this + ": " + reason);
    }

    /** Nothing is sent, and that is in order. */
    Silence pass(String reason) {
      return new Silence(false, this + ": " + reason);
    }

    /** For logs, so nothing in it is as the network sent it. */
    @Override
    public String toString() {
      String kind =
          switch (client) {
            case NetworkBoot boot -> boot.kind().toString();
            case Unserved unserved -> "network boot";
            case Plain plain ->
                packet
                    .options()
                    .get(VENDOR_CLASS)
                    .map(name -> "'" + name.printable() + "'")
                    .orElse("no vendor class");
          };
      return "%s from %s (%s)".formatted(type, mac, kind);
    }
  }

  /**
   * The answer to one packet.
   *
   * @param from the sender, as the socket names it
   * @param port on which it came, {@link DhcpMode#SERVER_PORT} or {@link DhcpMode#BOOT_SERVER_PORT}
   */
  public Answer answer(DhcpPacket packet, Endpoint from, int port) {
    if (packet.reply()) {
      return new Silence(false, "an answer, by another server at " + from);
    }
    Optional<MessageType> type = packet.messageType();
    if (type.isEmpty()) {
      return new Silence(false, "BOOTP without DHCP, from " + from);
    }
    Optional<MacAddress> mac = packet.mac();
    if (mac.isEmpty()) {
      return new Silence(
          packet.options().has(ARCHITECTURES),
          "%s from %s: neither chaddr %s nor option 61 is one machine's Ethernet address"
              .formatted(type.get(), from, packet.chaddr()));
    }
    Question question = new Question(packet, type.get(), mac.get(), Client.of(packet), from);
    if (port == DhcpMode.BOOT_SERVER_PORT) {
      return bootServer(question);
    }
    return switch (settings.mode()) {
      case FULL -> full(question);
      case PROXY -> proxy(question);
      case PORT_4011, OFF -> question.pass("port 67 is not ours");
    };
  }

  // ---- boot files only -------------------------------------------------------------------------

  /** An offer without an address: the addresses are another server's business. */
  private Answer proxy(Question question) {
    if (question.type() != MessageType.DISCOVER) {
      return question.pass("for the server that gives the addresses");
    }
    return bootOnly(question, MessageType.OFFER, broadcast(question.packet()));
  }

  /**
   * The client has its address and asks for the file again. Not all ask from port 4011: iPXE's BIOS
   * menu asks from 68, with xid 0, and either wants the answer where it is.
   */
  private Answer bootServer(Question question) {
    if (question.type() != MessageType.REQUEST) {
      return question.pass("only a REQUEST is for port 4011");
    }
    return bootOnly(question, MessageType.ACK, question.from());
  }

  private Answer bootOnly(Question question, MessageType type, Endpoint to) {
    return switch (question.client()) {
      case Plain plain -> question.pass("it wants no boot file");
      case Unserved unserved -> question.refuse(unserved.reason());
      case NetworkBoot boot -> {
        if (leases.find(question.mac()) instanceof Refused refused) {
          yield question.refuse(refused.reason());
        }
        BootFile file = bootFile(question.mac(), boot.kind());
        if (file instanceof None none) {
          yield question.refuse(none.reason());
        }
        DhcpPacket answer =
            question
                .packet()
                .answer(type, settings.serverAddress())
                .withAddresses(question.packet().ciaddr(), Ipv4.ANY);
        yield new Reply(
            withBootFile(answer, question, boot.kind(), file),
            to,
            "%s: %s without address, %s".formatted(question, type, describe(file)));
      }
    };
  }

  // ---- addresses -------------------------------------------------------------------------------

  private Answer full(Question question) {
    Ipv4 relay = question.packet().giaddr();
    if (!relay.equals(Ipv4.ANY) && !settings.subnet().contains(relay)) {
      return question.refuse("relayed by " + relay + ", outside " + settings.subnet());
    }
    Optional<Ipv4> server = question.packet().address(SERVER_ID);
    if (server.isPresent() && !server.get().equals(settings.serverAddress())) {
      return question.refuse("it chose another DHCP server, " + server.get());
    }
    Lease lease = leases.find(question.mac());
    if (lease instanceof Refused refused) {
      return question.refuse(refused.reason());
    }
    Ipv4 ciaddr = question.packet().ciaddr();
    return switch (question.type()) {
      case DISCOVER -> discover(question, lease);
      case REQUEST -> request(question, lease);
      case INFORM -> inform(question, lease);
      case DECLINE -> decline(question, lease);
      case RELEASE -> {
        pool.ifPresent(it -> it.release(question.mac(), ciaddr, clock.instant()));
        yield question.pass("gives " + ciaddr + " back");
      }
      case OFFER, ACK, NAK -> question.pass("a server's message in a client's packet");
    };
  }

  private Answer discover(Question question, Lease lease) {
    Instant now = clock.instant();
    Optional<Ipv4> wanted = question.packet().address(REQUESTED_ADDRESS);
    Optional<Ipv4> address =
        lease instanceof Fixed fixed
            ? Optional.of(fixed.address())
            : pool.flatMap(it -> it.offer(question.mac(), wanted, now));
    return address
        .<Answer>map(it -> grant(question, lease, MessageType.OFFER, it))
        .orElseGet(() ->
            question.refuse(
                settings.pool() == null
                    ? "it has no address in the site, and there is no pool"
                    : "all " + settings.pool().size() + " addresses of the pool are taken"));
  }

  /** RFC 2131 §4.3.2. Which of the four states the client is in shows in what it sends. */
  private Answer request(Question question, Lease lease) {
    DhcpPacket packet = question.packet();
    boolean selecting = packet.options().has(SERVER_ID);
    Ipv4 wanted = packet.address(REQUESTED_ADDRESS).orElse(packet.ciaddr());
    boolean granted =
        lease instanceof Fixed fixed
            ? fixed.address().equals(wanted)
            : pool.isPresent() && pool.get().take(question.mac(), wanted, clock.instant());
    if (granted) {
      return grant(question, lease, MessageType.ACK, wanted);
    }
    if (lease instanceof Fixed fixed) {
      return nak(question, "asks for %s, its address is %s".formatted(wanted, fixed.address()));
    }
    if (selecting || pool.isPresent() || !settings.subnet().isHost(wanted)) {
      return nak(question, wanted + " is not to be had");
    }
    return question.pass("nothing is known of its " + wanted);
  }

  private Answer nak(Question question, String reason) {
    DhcpPacket request = question.packet();
    DhcpPacket nak =
        request
            .answer(MessageType.NAK, settings.serverAddress())
            .with(MESSAGE, Octets.text(reason));
    // The relay must not send to an address that the client is just losing (RFC 2131 §4.3.2).
    return new Reply(
        isRelayed(request) ? nak.withFlags(request.flags() | DhcpPacket.BROADCAST_FLAG) : nak,
        broadcast(request),
        question + ": NAK, " + reason);
  }

  /** RFC 2131 §4.3.5: the client has an address and wants the rest, without times. */
  private Answer inform(Question question, Lease lease) {
    Ipv4 ciaddr = question.packet().ciaddr();
    DhcpPacket ack =
        network(question.packet().answer(MessageType.ACK, settings.serverAddress()), lease)
            .withAddresses(ciaddr, Ipv4.ANY);
    return new Reply(ack, unicast(question.packet()), question + ": ACK for its " + ciaddr);
  }

  private Answer decline(Question question, Lease lease) {
    Optional<Ipv4> declined = question.packet().address(REQUESTED_ADDRESS);
    if (lease instanceof FromPool && declined.isPresent() && pool.isPresent()) {
      pool.get().decline(question.mac(), declined.get(), clock.instant());
    }
    return new Silence(
        true,
        "%s: another machine already uses %s; find it and change one of the two"
            .formatted(question, declined.map(Ipv4::toString).orElse("the address")));
  }

  private Reply grant(Question question, Lease lease, MessageType type, Ipv4 address) {
    DhcpPacket request = question.packet();
    long seconds = settings.leaseTime().toSeconds();
    // T1 and T2 are RFC 2131 §4.4.5's defaults.
    DhcpPacket plain =
        network(request.answer(type, settings.serverAddress()), lease)
            .withAddresses(type == MessageType.ACK ? request.ciaddr() : Ipv4.ANY, address)
            .with(LEASE_TIME, Octets.uint32(seconds))
            .with(RENEWAL_TIME, Octets.uint32(seconds / 2))
            .with(REBINDING_TIME, Octets.uint32(seconds * 7 / 8));
    BootFile file =
        switch (question.client()) {
          case NetworkBoot boot -> bootFile(question.mac(), boot.kind());
          case Unserved unserved -> new None(unserved.reason());
          case Plain none -> new None("it wants no boot file");
        };
    String name = lease instanceof Fixed fixed ? " (" + fixed.hostName() + ")" : "";
    String log = "%s: %s %s%s".formatted(question, type, address, name);
    return new Reply(
        question.client() instanceof NetworkBoot boot
            ? withBootFile(plain, question, boot.kind(), file)
            : plain,
        type == MessageType.ACK ? unicast(request) : broadcast(request),
        question.client() instanceof Plain ? log : log + ", " + describe(file));
  }

  private DhcpPacket network(DhcpPacket answer, Lease lease) {
    DhcpPacket packet =
        answer
            .with(SUBNET_MASK, Octets.addresses(List.of(settings.subnet().netmask())))
            .with(BROADCAST, Octets.addresses(List.of(settings.subnet().broadcast())));
    if (settings.router() != null) {
      packet = packet.with(ROUTER, Octets.addresses(List.of(settings.router())));
    }
    if (!settings.dns().isEmpty()) {
      packet = packet.with(DNS, Octets.addresses(settings.dns()));
    }
    if (!settings.ntp().isEmpty()) {
      packet = packet.with(NTP, Octets.addresses(settings.ntp()));
    }
    if (settings.domain() != null) {
      packet = packet.with(DOMAIN, Octets.text(settings.domain()));
    }
    return lease instanceof Fixed fixed
        ? packet.with(HOST_NAME, Octets.text(fixed.hostName()))
        : packet;
  }

  // ---- the boot part ---------------------------------------------------------------------------

  private BootFile bootFile(MacAddress mac, ClientKind kind) {
    return switch (bootFiles.find(mac, kind)) {
      case Tftp tftp when kind.http() ->
          new None("HTTP Boot takes a URL, not the TFTP file " + tftp.name());
      case Url url when !kind.http() && !kind.ipxe() ->
          new None("PXE firmware takes a TFTP file, not the URL " + url.uri());
      case BootFile file -> file;
    };
  }

  /**
   * The boot file in every place where some client looks: shim reads only the header, EDK2 prefers
   * the options and takes the TFTP server from siaddr.
   */
  private DhcpPacket withBootFile(
      DhcpPacket answer, Question question, ClientKind kind, BootFile file) {
    String name =
        switch (file) {
          case Tftp tftp -> tftp.name();
          case Url url -> url.uri().toASCIIString();
          case None none -> "";
        };
    if (name.isEmpty()) {
      return answer;
    }
    String server = settings.serverAddress().toString();
    DhcpPacket packet =
        answer
            .withBoot(
                settings.serverAddress(),
                server,
                name.length() <= BootFile.LONGEST_NAME ? name : "")
            .with(VENDOR_CLASS, Octets.text(kind.http() ? Client.HTTP : Client.PXE))
            .with(TFTP_SERVER, Octets.text(server))
            .with(BOOT_FILE, Octets.text(name));
    DhcpOptions pxe = pxeOptions(question.packet(), kind);
    if (!pxe.values().isEmpty()) {
      packet = packet.with(VENDOR_SPECIFIC, pxe.octets().plus(Octets.of((byte) OptionCode.END)));
    }
    return kind.ipxe() && settings.mode() == DhcpMode.FULL
        ? packet.with(IPXE, DhcpOptions.NONE.with(IPXE_NO_PROXY, Octets.of((byte) 1)).octets())
        : packet;
  }

  /**
   * What option 43 holds. A BIOS ROM boots at once with discovery control 8. UEFI gets none: many
   * real firmwares mishandle option 43 of a proxy, and without it they come to port 4011. A chosen
   * menu line is handed back, since iPXE drops an answer to another choice.
   */
  private static DhcpOptions pxeOptions(DhcpPacket request, ClientKind kind) {
    DhcpOptions pxe = DhcpOptions.NONE;
    if (kind == ClientKind.BIOS_PXE) {
      pxe = pxe.with(PXE_DISCOVERY_CONTROL, Octets.of(BOOT_NAMED_FILE));
    }
    Optional<Octets> item =
        request
            .options()
            .get(VENDOR_SPECIFIC)
            .flatMap(Octets::options)
            .flatMap(options -> options.get(PXE_BOOT_ITEM));
    return item.isPresent() ? pxe.with(PXE_BOOT_ITEM, item.get()) : pxe;
  }

  private static String describe(BootFile file) {
    return switch (file) {
      case Tftp tftp -> "boots " + tftp.name();
      case Url url -> "boots " + url.uri();
      case None none -> "no boot file: " + none.reason();
    };
  }

  // ---- where to (RFC 2131 §4.1) ----------------------------------------------------------------

  /**
   * To the relay, or to all: a client without an address cannot be reached by unicast, because that
   * needs an entry in the kernel's ARP table, which a Java program cannot write.
   */
  private static Endpoint broadcast(DhcpPacket request) {
    return isRelayed(request)
        ? new Endpoint(request.giaddr(), DhcpMode.SERVER_PORT)
        : new Endpoint(Ipv4.BROADCAST, CLIENT_PORT);
  }

  /** To the address that the client already uses, if it does. */
  private static Endpoint unicast(DhcpPacket request) {
    return isRelayed(request) || request.ciaddr().equals(Ipv4.ANY)
        ? broadcast(request)
        : new Endpoint(request.ciaddr(), CLIENT_PORT);
  }

  private static boolean isRelayed(DhcpPacket request) {
    return !request.giaddr().equals(Ipv4.ANY);
  }
}
