package org.barestack.serve.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.barestack.testing.Fuzz;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What anybody may put on a connection, octet by octet, and what must hold for all that comes. */
class HttpFuzzTest {
  private static final Pattern HEAD =
      Pattern.compile("HTTP/1\\.[01] (\\d{3}) [ -~]*\r\n(([!-9;-~]+: [ -~]*\r\n)*)\r\n");
  private static final Pattern LENGTH = Pattern.compile("(?m)^Content-Length: (\\d+)$");

  @Test
  void everyAnswerIsInOrder(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("secret"), "TOP SECRET");
    try (Bench bench = new Bench(folder);
        Requests.Log log = new Requests.Log()) {
      String token = bench.token();
      Fuzz.run(
          "http",
          10_000,
          seeds(token),
          Requests.WORDS,
          input -> {
            List<String> heads = answers(bench, input);
            log.check(token);
            return heads;
          });
      // What it was sent ends no service: a good client is answered.
      assertThat(bench.get("/boot.ipxe").body()).startsWith("#!ipxe");
      assertThat(bench.get("/repos/cloudstack/a+b~1.rpm").body()).isEqualTo("0123456789");
    }
  }

  private static List<byte[]> seeds(String token) {
    String get = " HTTP/1.1|Host: x||";
    String post = " HTTP/1.1|Host: x|Content-Type: " + Form.TYPE + "|";
    String install = "/install/" + token;
    int length = Bench.CLAIM.length();
    return Stream.of(
            "GET /boot.ipxe" + get + "HEAD /boot.ipxe" + get,
            "GET /boot/52:54:00:aa:00:01?platform=efi HTTP/1.0||",
            "GET /repos/cloudstack/a+b~1.rpm HTTP/1.1|Host: x|Range: bytes=3-5||",
            "GET /repos/cloudstack/a+b~1.rpm HTTP/1.1|Host: x|If-None-Match: W/\"y\", *||",
            "GET /repos/x HTTP/1.1|Host: x|If-Range: \"x\"|If-Modified-Since: now||",
            "HEAD /releases/rocky-9.7-x86_64/.treeinfo" + get + "OPTIONS * HTTP/1.1||",
            "GET http://x:80/loaders//snponly.efi" + get,
            "GET " + install + "/kickstart" + get,
            "POST " + install + "/claim" + post + "Content-Length: " + length + "||" + Bench.CLAIM,
            "POST "
                + install
                + "/event"
                + post
                + "Transfer-Encoding: chunked||"
                + "5|kind=|8;x=y|progress|0||",
            "POST "
                + install
                + "/log/a.log HTTP/1.1|Host: x|Expect: 100-continue|"
                + "Content-Type: application/octet-stream|Content-Length: 3||abc",
            "GET /boot.ipxe HTTP/1.1|Host: x|Connection: Upgrade|Upgrade: h2c||",
            "PRI * HTTP/2.0||SM||")
        .map(text -> text.replace("|", "\r\n"))
        .map(text -> text.getBytes(ISO_8859_1))
        .toList();
  }

  /** Sends the octets, then that there are no more; the heads of what comes until the end. */
  private static List<String> answers(Bench bench, byte[] input) throws IOException {
    String all = "";
    try (Socket socket = bench.connect()) {
      socket.getOutputStream().write(input);
      socket.shutdownOutput();
      all = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    } catch (SocketException e) {
      // It broke the connection, as it may.
    }
    assertThat(all).doesNotContain("TOP SECRET");
    List<String> heads = new ArrayList<>();
    var head = HEAD.matcher(all);
    int at = 0;
    while (at < all.length()) {
      assertThat(head.find(at) && head.start() == at)
          .as("well-formed from %d on: %s", at, all)
          .isTrue();
      int status = Integer.parseInt(head.group(1));
      int length =
          LENGTH.matcher(head.group(2)).results().map(HttpFuzzTest::number).findFirst().orElse(0);
      assertThat(status).as(all).isLessThan(500);
      assertThat(status == 200 && length == 0).as("an empty 200: %s", all).isFalse();
      heads.add(status + " " + length);
      at = isEnd(all, head.end() + length) ? head.end() + length : head.end(); // that of a HEAD
    }
    return heads.size() > 4 ? heads.subList(0, 4) : heads;
  }

  private static int number(MatchResult result) {
    return Integer.parseInt(result.group(1));
  }

  private static boolean isEnd(String all, int at) {
    return at == all.length() || all.startsWith("HTTP/1.", at);
  }
}
