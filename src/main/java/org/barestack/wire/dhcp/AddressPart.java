package org.barestack.wire.dhcp;

import static org.barestack.wire.dhcp.OptionCode.BROADCAST;
import static org.barestack.wire.dhcp.OptionCode.DNS;
import static org.barestack.wire.dhcp.OptionCode.DOMAIN;
import static org.barestack.wire.dhcp.OptionCode.HOST_NAME;
import static org.barestack.wire.dhcp.OptionCode.LEASE_TIME;
import static org.barestack.wire.dhcp.OptionCode.MESSAGE;
import static org.barestack.wire.dhcp.OptionCode.NTP;
import static org.barestack.wire.dhcp.OptionCode.REBINDING_TIME;
import static org.barestack.wire.dhcp.OptionCode.RENEWAL_TIME;
import static org.barestack.wire.dhcp.OptionCode.REQUESTED_ADDRESS;
import static org.barestack.wire.dhcp.OptionCode.ROUTER;
import static org.barestack.wire.dhcp.OptionCode.SERVER_ID;
import static org.barestack.wire.dhcp.OptionCode.SUBNET_MASK;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.barestack.model.Ipv4;
import org.barestack.wire.dhcp.Answer.Probe;
import org.barestack.wire.dhcp.Answer.Reply;
import org.barestack.wire.dhcp.Answer.Silence;
import org.barestack.wire.dhcp.BootFile.None;
import org.barestack.wire.dhcp.Client.NetworkBoot;
import org.barestack.wire.dhcp.Client.Plain;
import org.barestack.wire.dhcp.Client.Unserved;
import org.barestack.wire.dhcp.Lease.Fixed;
import org.barestack.wire.dhcp.Lease.FromPool;
import org.barestack.wire.dhcp.Lease.Refused;

/** What the network's only DHCP server answers: {@link DhcpMode#FULL} (RFC 2131 §4.3). */
final class AddressPart {
  private final DhcpSettings settings;
  private final Leases leases;
  private final BootPart boot;
  private final Optional<AddressPool> pool;

  /** What all are told of the network, and of the time for which they have an address. */
  private final SequencedMap<Integer, Octets> network;

  private final SequencedMap<Integer, Octets> times;

  AddressPart(DhcpSettings settings, Leases leases, BootPart boot, Optional<AddressPool> pool) {
    this.settings = settings;
    this.leases = leases;
    this.boot = boot;
    this.pool = pool;
    this.network = network(settings);
    this.times = times(settings);
  }

  /** T1 and T2 are RFC 2131 §4.4.5's defaults. */
  private static SequencedMap<Integer, Octets> times(DhcpSettings settings) {
    long seconds = settings.leaseTime().toSeconds();
    SequencedMap<Integer, Octets> times = new LinkedHashMap<>();
    times.put(LEASE_TIME, Octets.uint32(seconds));
    times.put(RENEWAL_TIME, Octets.uint32(seconds / 2));
    times.put(REBINDING_TIME, Octets.uint32(seconds * 7 / 8));
    return times;
  }

  private static SequencedMap<Integer, Octets> network(DhcpSettings settings) {
    SequencedMap<Integer, Octets> network = new LinkedHashMap<>();
    network.put(SUBNET_MASK, Octets.addresses(List.of(settings.subnet().netmask())));
    network.put(BROADCAST, Octets.addresses(List.of(settings.subnet().broadcast())));
    if (settings.router() != null) {
      network.put(ROUTER, Octets.addresses(List.of(settings.router())));
    }
    if (!settings.dns().isEmpty()) {
      network.put(DNS, Octets.addresses(settings.dns()));
    }
    if (!settings.ntp().isEmpty()) {
      network.put(NTP, Octets.addresses(settings.ntp()));
    }
    if (settings.domain() != null) {
      network.put(DOMAIN, Octets.text(settings.domain()));
    }
    return network;
  }

  Answer answer(Question question) {
    Ipv4 relay = question.packet().giaddr();
    if (!relay.equals(Ipv4.ANY) && !settings.subnet().isHost(relay)) {
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
        pool.ifPresent(it -> it.release(question.mac(), ciaddr));
        yield question.pass("gives " + ciaddr + " back");
      }
      case OFFER, ACK, NAK -> question.pass("a server's message in a client's packet");
    };
  }

  private Answer discover(Question question, Lease lease) {
    Optional<Ipv4> wanted = question.packet().address(REQUESTED_ADDRESS);
    Optional<Ipv4> address =
        lease instanceof Fixed fixed
            ? Optional.of(fixed.address())
            : pool.flatMap(it -> it.offer(question.mac(), wanted));
    if (address.isEmpty()) {
      return question.refuse(
          settings.pool() == null
              ? "it has no address in the site, and there is no pool"
              : "all " + settings.pool().size() + " addresses of the pool are taken");
    }
    return mustProbe(lease, address.get())
        ? probe(question, address.get())
        : grant(question, lease, MessageType.OFFER, address.get());
  }

  /** RFC 2131 §4.3.2. Which of the four states the client is in shows in what it sends. */
  private Answer request(Question question, Lease lease) {
    DhcpPacket packet = question.packet();
    boolean selecting = packet.options().has(SERVER_ID);
    Ipv4 wanted = packet.address(REQUESTED_ADDRESS).orElse(packet.ciaddr());
    boolean free =
        lease instanceof Fixed fixed
            ? fixed.address().equals(wanted)
            : pool.isPresent() && pool.get().reserve(question.mac(), wanted);
    if (free && mustProbe(lease, wanted)) {
      return probe(question, wanted);
    }
    if (free) {
      if (lease instanceof FromPool) {
        pool.ifPresent(it -> it.lease(question.mac(), wanted));
      }
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

  /** The site answers for the addresses that it gives; those of the pool may be anyone's. */
  private boolean mustProbe(Lease lease, Ipv4 address) {
    return lease instanceof FromPool && pool.isPresent() && !pool.get().isProbed(address);
  }

  private static Probe probe(Question question, Ipv4 address) {
    return new Probe(address, question + ": looking whether anybody uses " + address);
  }

  private Answer nak(Question question, String reason) {
    DhcpPacket request = question.packet();
    DhcpPacket nak =
        request
            .answer(MessageType.NAK, settings.serverAddress())
            .with(MESSAGE, Octets.text(reason));
    // The relay must not send to an address that the client is just losing (RFC 2131 §4.3.2).
    return new Reply(
        question.isRelayed() ? nak.withFlags(request.flags() | DhcpPacket.BROADCAST_FLAG) : nak,
        question.broadcast(),
        question.toString(),
        "NAK, " + reason);
  }

  /** RFC 2131 §4.3.5: the client has an address and wants the rest, without times. */
  private Answer inform(Question question, Lease lease) {
    Ipv4 ciaddr = question.packet().ciaddr();
    DhcpPacket ack =
        network(question.packet().answer(MessageType.ACK, settings.serverAddress()), lease)
            .withAddresses(ciaddr, Ipv4.ANY);
    return new Reply(ack, toClient(question), question.toString(), "ACK for its " + ciaddr);
  }

  /**
   * To the address that the client says it uses, if that is of this network: who forges it must not
   * have us write to hosts elsewhere.
   */
  private Endpoint toClient(Question question) {
    return settings.subnet().isHost(question.packet().ciaddr())
        ? question.unicast()
        : question.broadcast();
  }

  private Answer decline(Question question, Lease lease) {
    Optional<Ipv4> declined = question.packet().address(REQUESTED_ADDRESS);
    if (lease instanceof FromPool && declined.isPresent() && pool.isPresent()) {
      pool.get().decline(question.mac(), declined.get());
    }
    return new Silence(
        true,
        question.toString(),
        "another machine already uses %s; find it and change one of the two"
            .formatted(declined.map(Ipv4::toString).orElse("the address")));
  }

  private Reply grant(Question question, Lease lease, MessageType type, Ipv4 address) {
    DhcpPacket request = question.packet();
    DhcpPacket plain =
        network(request.answer(type, settings.serverAddress()), lease)
            .withAddresses(type == MessageType.ACK ? request.ciaddr() : Ipv4.ANY, address)
            .with(times);
    BootFile file =
        switch (question.client()) {
          case NetworkBoot client -> boot.bootFile(question.mac(), client.kind());
          case Unserved unserved -> new None(unserved.reason());
          case Plain none -> new None("it wants no boot file");
        };
    String name = lease instanceof Fixed fixed ? " (" + fixed.hostName() + ")" : "";
    String outcome = type + " " + address + name;
    DhcpPacket answer =
        switch (question.client()) {
          case NetworkBoot client -> boot.withBootFile(plain, question, client.kind(), file);
          case Unserved unserved -> boot.withMissingFile(plain, request);
          case Plain none -> plain;
        };
    return new Reply(
        answer,
        type == MessageType.ACK ? toClient(question) : question.broadcast(),
        question.toString(),
        question.client() instanceof Plain ? outcome : outcome + ", " + BootPart.describe(file));
  }

  private DhcpPacket network(DhcpPacket answer, Lease lease) {
    DhcpPacket packet = answer.with(network);
    return lease instanceof Fixed fixed
        ? packet.with(HOST_NAME, Octets.text(fixed.hostName()))
        : packet;
  }
}
