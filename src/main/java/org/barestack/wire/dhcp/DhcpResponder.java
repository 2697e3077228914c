package org.barestack.wire.dhcp;

import static org.barestack.wire.dhcp.OptionCode.ARCHITECTURES;

import java.util.Optional;
import org.barestack.model.Ipv4;
import org.barestack.model.LeaseStore;
import org.barestack.model.MacAddress;
import org.barestack.wire.dhcp.Answer.Reply;
import org.barestack.wire.dhcp.Answer.Silence;
import org.barestack.wire.dhcp.BootFile.None;
import org.barestack.wire.dhcp.Client.NetworkBoot;
import org.barestack.wire.dhcp.Client.Plain;
import org.barestack.wire.dhcp.Client.Unserved;
import org.barestack.wire.dhcp.Lease.Refused;

/**
 * Decides what to answer (RFC 2131 §4.3; Intel's PXE 2.1 for the boot part). Its only state is the
 * pool. Threads may share it.
 */
public final class DhcpResponder {
  private final DhcpSettings settings;
  private final Leases leases;
  private final BootPart boot;
  private final AddressPart addresses;
  private final Optional<AddressPool> pool;

  /**
   * Begins with the leases that the store holds.
   *
   * @param store is written for each lease that is given, not for offers
   */
  public DhcpResponder(
      DhcpSettings settings, Leases leases, BootFiles bootFiles, LeaseStore store, Clocks clocks) {
    this.settings = settings;
    this.leases = leases;
    this.boot = new BootPart(settings, bootFiles);
    this.pool =
        Optional.ofNullable(settings.pool())
            .map(range -> new AddressPool(range, settings.leaseTime(), store, clocks));
    this.addresses = new AddressPart(settings, leases, boot, pool);
  }

  /** The settings that the answers come from. */
  public DhcpSettings settings() {
    return settings;
  }

  /**
   * The answer to one packet.
   *
   * @param from the sender, as the socket names it
   * @param port on which it came, {@link DhcpMode#SERVER_PORT} or {@link DhcpMode#BOOT_SERVER_PORT}
   */
  public Answer answer(DhcpPacket packet, Endpoint from, int port) {
    if (packet.reply()) {
      return new Silence(false, "", "an answer, by another server at " + from);
    }
    Optional<MessageType> type = packet.messageType();
    if (type.isEmpty()) {
      return new Silence(false, "", "BOOTP without DHCP, from " + from);
    }
    Optional<MacAddress> mac = packet.mac();
    if (mac.isEmpty()) {
      return new Silence(
          packet.options().has(ARCHITECTURES),
          type.get() + " from " + from,
          "neither chaddr %s nor option 61 is one machine's Ethernet address; let its firmware send the MAC address, not its UUID"
              .formatted(packet.chaddr()));
    }
    Question question = new Question(packet, type.get(), mac.get(), Client.of(packet), from);
    return fitting(question, answer(question, port));
  }

  /** Much of an answer is the client's own words, so what it sends decides how long that gets. */
  private static Answer fitting(Question question, Answer answer) {
    if (!(answer instanceof Reply reply)) {
      return answer;
    }
    int octets = reply.packet().size();
    int largest = question.packet().largestAnswer();
    return octets <= largest
        ? reply
        : question.refuse("its answer has %d octets, it takes %d".formatted(octets, largest));
  }

  private Answer answer(Question question, int port) {
    if (port == DhcpMode.BOOT_SERVER_PORT) {
      return bootServer(question);
    }
    return switch (settings.mode()) {
      case FULL -> addresses.answer(question);
      case PROXY -> proxy(question);
      case PORT_4011, OFF -> question.pass("port 67 is not ours");
    };
  }

  /**
   * Takes the outcome of a probe.
   *
   * @param user the machine that uses the address, if any
   * @return whether the client that waits for it can have it: true if nobody else uses it
   */
  public boolean probed(Ipv4 address, Optional<MacAddress> user) {
    return pool.map(it -> it.probed(address, user)).orElse(true);
  }

  /** An offer without an address: the addresses are another server's business. */
  private Answer proxy(Question question) {
    if (question.type() != MessageType.DISCOVER) {
      return question.pass("for the server that gives the addresses");
    }
    return bootOnly(question, MessageType.OFFER, question.broadcast());
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
      case NetworkBoot client -> {
        if (leases.find(question.mac()) instanceof Refused refused) {
          yield question.refuse(refused.reason());
        }
        BootFile file = boot.bootFile(question.mac(), client.kind());
        if (file instanceof None none) {
          yield question.refuse(none.reason());
        }
        DhcpPacket answer =
            question
                .packet()
                .answer(type, settings.serverAddress())
                .withAddresses(question.packet().ciaddr(), Ipv4.ANY);
        yield new Reply(
            boot.withBootFile(answer, question, client.kind(), file),
            to,
            question.toString(),
            "%s without address, %s".formatted(type, BootPart.describe(file)));
      }
    };
  }
}
