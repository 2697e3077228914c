package org.barestack.serve.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.barestack.model.Ipv4;
import org.barestack.serve.dhcp.OneInterfaceSocket.Datagram;
import org.barestack.wire.dhcp.Endpoint;
import org.barestack.wire.dhcp.Octets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BacklogTest {
  private final Backlog backlog = new Backlog();

  /** Each packet is of another one, unless it is said whose. */
  private int clients;

  @Test
  void whatIsHalfDoneGoesFirstAndElseWhatCameFirst() throws InterruptedException {
    for (Datagram one :
        List.of(packet(1, 300), packet(1, 301), packet(3, 302), packet(7, 303), packet(1, 304))) {
      assertThat(backlog.put(one)).isTrue();
    }
    List<Integer> sizes = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      sizes.add(backlog.take().orElseThrow().octets().size());
    }
    assertThat(sizes).containsExactly(302, 303, 300, 301, 304);
  }

  @Test
  void whatIsNoPacketOfAClientGoesWithTheRest() throws InterruptedException {
    backlog.put(packet(1, 300));
    backlog.put(new Datagram(Octets.of(), from()));
    assertThat(backlog.take().orElseThrow().octets().size()).isZero();
  }

  @Test
  void whoAsksAgainKeepsItsPlaceAndIsAnsweredTheLaterQuestion() throws InterruptedException {
    backlog.put(packet(1, 300, 7));
    backlog.put(packet(1, 301, 8));
    backlog.put(packet(1, 302, 7));
    assertThat(backlog.take().orElseThrow().octets().size()).isEqualTo(302);
    assertThat(backlog.take().orElseThrow().octets().size()).isEqualTo(301);

    // a REQUEST is no DISCOVER, and a RELEASE waits for no answer
    backlog.put(packet(1, 300, 7));
    backlog.put(packet(3, 301, 7));
    backlog.put(packet(7, 302, 7));
    backlog.put(packet(7, 303, 7));
    for (int size : new int[] {301, 302, 303, 300}) {
      assertThat(backlog.take().orElseThrow().octets().size()).isEqualTo(size);
    }
  }

  @Test
  void whoAsksAgainTakesNoMoreRoom() {
    for (int i = 0; i < 2 * Backlog.ROOM / 300; i++) {
      assertThat(backlog.put(packet(1, 300, 7))).isTrue();
    }
  }

  @Test
  void aCrowdThatBeginsTakesNoRoomFromThoseWhoAreHalfDone() throws InterruptedException {
    int waiting = 0;
    while (backlog.put(packet(1, 300))) {
      waiting++;
    }
    assertThat(waiting).isEqualTo(Backlog.ROOM / (300 + Backlog.OVERHEAD)).isGreaterThan(10_000);
    assertThat(backlog.put(packet(3, 302))).isTrue();
    assertThat(backlog.take().orElseThrow().octets().size()).isEqualTo(302);
    assertThat(backlog.put(packet(1, 300))).isFalse();
    backlog.take();
    assertThat(backlog.put(packet(1, 300))).isTrue();
  }

  @Test
  void whatHasNoOctetsTakesRoomToo() {
    int waiting = 0;
    while (backlog.put(new Datagram(Octets.of(), from()))) {
      waiting++;
    }
    assertThat(waiting).isEqualTo(Backlog.ROOM / Backlog.OVERHEAD);
  }

  @Test
  void whoWaitsHearsOfTheNextOneAndOfTheEnd() throws InterruptedException {
    BlockingQueue<Optional<Datagram>> taken = new LinkedBlockingQueue<>();
    Thread waiting =
        Thread.ofPlatform()
            .start(() -> {
              try {
                Optional<Datagram> next;
                do {
                  next = backlog.take();
                  taken.add(next);
                } while (next.isPresent());
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    Datagram one = packet(1, 300);
    backlog.put(one);
    assertThat(taken.take()).contains(one);
    backlog.end();
    assertThat(taken.take()).isEmpty();
    waiting.join();
  }

  private static Endpoint from() {
    return new Endpoint(Ipv4.parse("10.60.1.1"), 68);
  }

  /** As far as the backlog looks: the message type at the begin of the options. */
  private Datagram packet(int type, int size) {
    clients++;
    return packet(type, size, clients);
  }

  private static Datagram packet(int type, int size, int client) {
    byte[] octets = new byte[size];
    octets[28] = (byte) (client >> 16);
    octets[29] = (byte) (client >> 8);
    octets[30] = (byte) client;
    octets[240] = 53;
    octets[241] = 1;
    octets[242] = (byte) type;
    return new Datagram(Octets.of(octets), from());
  }
}
