package org.barestack.wire.dhcp;

import static org.barestack.wire.dhcp.OptionCode.SERVER_ID;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.barestack.model.Ipv4;
import org.barestack.model.MacAddress;

/**
 * Which other DHCP servers were heard, and what to warn of. In {@link DhcpMode#FULL} there should
 * be none, in {@link DhcpMode#PROXY} one. Nothing is said twice in an hour. Threads may share it.
 */
public final class OtherServers {
  private static final Duration AGAIN = Duration.ofHours(1);

  /** Whoever invents servers fills no memory and no log. */
  private static final int MOST = 32;

  private final DhcpSettings settings;
  private final Clocks clocks;
  private final MacAddress prober;
  private final int xid;
  private final Map<Ipv4, Instant> told = new LinkedHashMap<>();
  private boolean heard;

  /**
   * @param random chooses the client that never was, by which servers are asked
   */
  public OtherServers(DhcpSettings settings, Clocks clocks, RandomGenerator random) {
    this.settings = settings;
    this.clocks = clocks;
    byte[] mac = new byte[6];
    random.nextBytes(mac);
    mac[0] = (byte) ((mac[0] & 0xfc) | 2); // locally administered, one machine's
    this.prober = MacAddress.of(mac);
    this.xid = random.nextInt();
  }

  /**
   * A DISCOVER as if by a relay at our address: servers answer to a relay's port 67, which is ours.
   * No REQUEST follows, so nobody lends anything.
   */
  public DhcpPacket relayedProbe() {
    return probe(1, 0, settings.serverAddress());
  }

  /**
   * A DISCOVER as a client sends it, for servers that answer no relay. The answer comes to port 68.
   */
  public DhcpPacket plainProbe() {
    return probe(0, DhcpPacket.BROADCAST_FLAG, Ipv4.ANY);
  }

  private DhcpPacket probe(int hops, int flags, Ipv4 relay) {
    return new DhcpPacket(
        false,
        DhcpPacket.ETHERNET,
        hops,
        xid,
        0,
        flags,
        Ipv4.ANY,
        Ipv4.ANY,
        Ipv4.ANY,
        relay,
        Octets.of(prober.octets()),
        "",
        "",
        DhcpOptions.NONE.with(OptionCode.MESSAGE_TYPE, MessageType.DISCOVER.octets()));
  }

  /** Whether this is a probe of ours: a broadcast comes back to its sender. */
  public boolean sent(DhcpPacket packet) {
    return !packet.reply() && isOfProber(packet);
  }

  private boolean isOfProber(DhcpPacket packet) {
    return packet.xid() == xid && packet.mac().filter(prober::equals).isPresent();
  }

  /** The other server that a packet shows: it answers a probe, or a client chose it. */
  public Optional<Ipv4> server(DhcpPacket packet, Endpoint from) {
    boolean answered = isAnswer(packet);
    boolean chosen =
        !packet.reply() && packet.messageType().equals(Optional.of(MessageType.REQUEST));
    return packet
        .address(SERVER_ID)
        .or(() -> answered ? Optional.of(from.address()) : Optional.empty())
        .filter(server -> (answered || chosen) && !server.equals(settings.serverAddress()));
  }

  private boolean isAnswer(DhcpPacket packet) {
    return packet.reply() && isOfProber(packet);
  }

  /**
   * Looks whether a packet shows another server.
   *
   * @return what to warn of, if it is time to
   */
  public synchronized Optional<String> heard(DhcpPacket packet, Endpoint from) {
    Optional<Ipv4> server = server(packet, from);
    if (server.isEmpty()) {
      return Optional.empty();
    }
    heard = true;
    return settings.mode() == DhcpMode.FULL && tell(server.get())
        ? Optional.of(
            "another DHCP server, %s, %s; machines may take its address and never boot from us. Switch it off, or set provisioning.dhcp: proxy"
                .formatted(
                    server.get(),
                    isAnswer(packet)
                        ? "answers on this network"
                        : "was chosen by " + packet.mac().map(MacAddress::text).orElse("a client")))
        : Optional.empty();
  }

  /**
   * What to warn of when nobody answered since the last call: in {@link DhcpMode#PROXY} machines
   * then get no address.
   */
  public synchronized Optional<String> nobody() {
    boolean silent = !heard;
    heard = false;
    return settings.mode() == DhcpMode.PROXY && silent && tell(Ipv4.ANY)
        ? Optional.of(
            "no DHCP server answers on this network: machines get no address and cannot boot. Start"
                + " the one that gives addresses, or set provisioning.dhcp: full")
        : Optional.empty();
  }

  /** Whether a server was heard since {@link #nobody} was last called. */
  public synchronized boolean hasHeard() {
    return heard;
  }

  private boolean tell(Ipv4 server) {
    Instant now = clocks.steady().instant();
    told.values().removeIf(at -> !now.isBefore(at.plus(AGAIN)));
    return told.size() < MOST && told.putIfAbsent(server, now) == null;
  }
}
