package org.barestack.serve.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.barestack.model.NodeName;
import org.barestack.model.Phase;
import org.barestack.model.Subject;
import org.barestack.model.TooManyEventsException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that no firmware or installer is like. */
@Timeout(60)
class RudeClientsTest {
  private static final byte[] ASK =
      "GET /boot.ipxe HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final Bench bench;
  private final List<Socket> sockets = new ArrayList<>();

  RudeClientsTest(@TempDir Path folder) throws IOException {
    bench = new Bench(folder);
  }

  @AfterEach
  void stop() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    bench.close();
  }

  private Socket connect(String from) throws IOException {
    Socket socket = new Socket();
    sockets.add(socket);
    socket.bind(new InetSocketAddress(InetAddress.ofLiteral(from), 0));
    socket.connect(bench.server.address());
    socket.setSoTimeout(20_000);
    return socket;
  }

  /** Asks and reads the whole answer: then the server has taken this client in for sure. */
  private static Socket served(Socket socket) throws IOException {
    socket.getOutputStream().write(ASK);
    StringBuilder headers = new StringBuilder();
    while (!headers.toString().endsWith("\r\n\r\n")) {
      headers.append((char) socket.getInputStream().read());
    }
    Matcher length = Pattern.compile("Content-Length: ([0-9]+)").matcher(headers);
    assertThat(length.find()).isTrue();
    socket.getInputStream().readNBytes(Integer.parseInt(length.group(1)));
    return socket;
  }

  private static int first(Socket socket) throws IOException {
    socket.getOutputStream().write(ASK);
    return socket.getInputStream().read();
  }

  @Test
  void whoTakesAllPlacesTakesOnlyItsOwn() throws IOException {
    List<Socket> idle = new ArrayList<>();
    for (int i = 0; i < Connections.MOST_OF_ONE; i++) {
      // several threads accept, so that two who come at once are taken in any order
      idle.add(served(connect("127.0.0.1")));
    }
    Socket tooMany = connect("127.0.0.1");
    assertThat(tooMany.getInputStream().read()).isEqualTo(-1);
    assertThat(first(connect("127.0.0.2"))).isEqualTo('H');
    served(idle.getFirst());

    // A place is free again as soon as the server knows that its client left.
    idle.getLast().shutdownOutput();
    assertThat(idle.getLast().getInputStream().read()).isEqualTo(-1);
    assertThat(first(connect("127.0.0.1"))).isEqualTo('H');
  }

  @Test
  void inACrowdNobodyHasMany() throws IOException {
    List<Socket> idle = new ArrayList<>();
    for (int i = 0; i < Connections.CROWD; i++) {
      idle.add(served(connect("127.0.1." + (i / Connections.MOST_OF_ONE))));
    }
    for (int i = 0; i < Connections.MOST_OF_ONE_IN_A_CROWD; i++) {
      served(connect("127.0.0.3"));
    }
    assertThat(connect("127.0.0.3").getInputStream().read()).isEqualTo(-1);
    assertThat(first(connect("127.0.0.4"))).isEqualTo('H');

    for (Socket socket : idle) {
      socket.shutdownOutput();
      assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }
    for (int i = 0; i < Connections.MOST_OF_ONE_IN_A_CROWD; i++) {
      served(connect("127.0.0.4"));
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "one header without end | GET /boot.ipxe HTTP/1.1~Host: x~X: | xxxxxxxxxxxxxxxx",
        "headers without end    | GET /boot.ipxe HTTP/1.1~Host: x~ | X: xxxxxxxxxxxx~",
        "a path without end     | GET / | xxxxxxxxxxxxxxxx",
        "a body nobody asked for| GET /boot.ipxe HTTP/1.1~Host: x~Transfer-Encoding: chunked~~ |"
            + " 10~xxxxxxxxxxxxxxxx~",
        "a huge body            | GET /boot.ipxe HTTP/1.1~Host: x~Content-Length: 999999999999~~ |"
            + " xxxxxxxxxxxxxxxx",
        "a form without end     | POST /install/x/event HTTP/1.1~Host: x~Content-Type:"
            + " application/x-www-form-urlencoded~Transfer-Encoding: chunked~~ |"
            + " 10~xxxxxxxxxxxxxxxx~",
      })
  void whatHasNoEndIsEnded(String name, String begin, String more) throws IOException {
    Socket socket = connect("127.0.0.1");
    OutputStream out = socket.getOutputStream();
    out.write(begin.replace("~", "\r\n").getBytes(StandardCharsets.US_ASCII));
    byte[] piece = more.replace("~", "\r\n").repeat(1000).getBytes(StandardCharsets.US_ASCII);
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 2000; i++) {
                out.write(piece);
              }
            })
        .as(name)
        .isInstanceOf(SocketException.class);
    assertThat(first(connect("127.0.0.1"))).isEqualTo('H');
  }

  @Test
  void manyRequestsAtOnceAreAnsweredOneAfterTheOther() throws Exception {
    int count = 5000;
    Socket socket = connect("127.0.0.1");
    Thread asking =
        Thread.ofVirtual()
            .start(() -> {
              try {
                for (int i = 0; i < count; i++) {
                  socket.getOutputStream().write(ASK);
                }
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    String answer = "#!ipxe entry";
    int answers = 0;
    StringBuilder text = new StringBuilder();
    byte[] buffer = new byte[65_536];
    while (answers < count) {
      int read = socket.getInputStream().read(buffer);
      assertThat(read).isPositive();
      text.append(new String(buffer, 0, read, StandardCharsets.US_ASCII));
      for (int at = text.indexOf(answer); at >= 0; at = text.indexOf(answer)) {
        text.delete(0, at + answer.length());
        answers++;
      }
    }
    asking.join();
  }

  @Test
  void aNodeThatReportsTooMuchIsToldToWait() throws Exception {
    String token = bench.token();
    bench.journal.breakDown(new TooManyEventsException(new Subject.OfNode(new NodeName("kvm1"))));
    var response = bench.post("/install/" + token + "/event", "kind=finished");
    assertThat(response.statusCode()).isEqualTo(429);
    assertThat(response.headers().firstValue("Retry-After")).contains("30");
    assertThat(response.body())
        .isEqualTo("kvm1 reports too much; wait a minute, then report again\n");
    bench.journal.heal();
    assertThat(bench.desk.state(new NodeName("kvm1")).phase()).isEqualTo(Phase.BOOTING);
  }
}
