package org.barestack.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.barestack.model.NodeEvent.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What firmware, installers and strangers put on the wire, octet by octet. */
class RawHttpTest {
  private final Path folder;
  private final Bench bench;

  RawHttpTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    bench = new Bench(folder);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "OVMF, Host without port | GET /loaders/snponly.efi HTTP/1.1~Host: 127.0.0.1~Accept: */*~"
            + "User-Agent: UefiHttpBoot/1.0~Connection: close~~ | 200 | a loader",
        "shim, double slash      | GET /loaders//snponly.efi HTTP/1.1~Host: 127.0.0.1:8080~"
            + "Connection: close~~ | 200 | a loader",
        "HTTP/1.0 without Host   | GET /boot.ipxe HTTP/1.0~~ | 200 | #!ipxe entry",
        "iPXE                    | GET /boot/52-54-00-aa-00-01?platform=efi HTTP/1.1~Connection:"
            + " close~User-Agent: iPXE/1.0.0~Host: 127.0.0.1:8080~~ | 200 | #!ipxe install kvm1",
        "absolute form           | GET http://127.0.0.1/boot.ipxe HTTP/1.1~Host: 127.0.0.1~"
            + "Connection: close~~ | 200 | #!ipxe entry",
        "Host absent in HTTP/1.1 | GET /boot.ipxe HTTP/1.1~Connection: close~~ | 400 | ''",
        "Host of somebody else   | GET /boot.ipxe HTTP/1.1~Host: evil.example~Connection: close~~"
            + "| 200 | #!ipxe entry",
        "folder, foreign Host    | GET /releases/rocky-9.7-x86_64 HTTP/1.1~Host: evil.example~"
            + "Connection: close~~ | 404 | there is no such file",
        "no HTTP                 | \\x16\\x03\\x01\\x02~~ | 400 | ''",
        "form of another type    | POST /install/x/event HTTP/1.1~Host: x~Content-Type: text/plain~"
            + "Content-Length: 9~Connection: close~~kind=fail | 415 | send the form as",
        "made-up method          | BREW /boot.ipxe HTTP/1.1~Host: x~Connection: close~~ | 405"
            + " | only GET, HEAD is allowed here",
        "asterisk                | OPTIONS * HTTP/1.1~Host: x~Connection: close~~ | 404"
            + " | there is nothing here",
      })
  void answers(String name, String request, int status, String body) throws IOException {
    String answer = bench.raw(request.replace("~", "\r\n"));
    assertThat(answer).as(name).containsPattern("^HTTP/1.[01] " + status + " ").contains(body);
    assertThat(answer).contains("Content-Length: ").doesNotContain("evil.example");
  }

  @Test
  void oneConnectionCarriesManyRequests() throws IOException {
    String one = "GET /repos/cloudstack/a+b~1.rpm HTTP/1.1\r\nHost: x\r\n\r\n";
    String text = "GET /boot.ipxe HTTP/1.1\r\nHost: x\r\n\r\n";
    String last = "GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    assertThat(bench.raw((one + text).repeat(20) + last).split("HTTP/1.1 200 OK", -1)).hasSize(41);
  }

  @Test
  void curlWaitsForNoContinue() throws IOException {
    String token = bench.token();
    try (Socket socket = bench.connect()) {
      String head =
          "POST /install/"
              + token
              + "/event HTTP/1.1\r\nHost: x\r\nContent-Type: "
              + Form.TYPE
              + "\r\nContent-Length: 13\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      byte[] told = socket.getInputStream().readNBytes("HTTP/1.1 100 ".length());
      assertThat(new String(told, StandardCharsets.US_ASCII)).isEqualTo("HTTP/1.1 100 ");
      socket.getOutputStream().write("kind=finished".getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
          .contains("HTTP/1.1 204 ");
    }
  }

  @Test
  void aFormInPiecesIsTakenAndOneWithoutEndIsCut() throws IOException {
    String head =
        "POST /install/"
            + bench.token()
            + "/event HTTP/1.1\r\nHost: x\r\nContent-Type: "
            + Form.TYPE
            + "\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
    assertThat(bench.raw(head + "5\r\nkind=\r\n8\r\nfinished\r\n0\r\n\r\n"))
        .startsWith("HTTP/1.1 204 ");
    assertThat(
            bench.raw(head + ("8000\r\n" + "x".repeat(0x8000) + "\r\n").repeat(8) + "1\r\nx\r\n"))
        .startsWith("HTTP/1.1 413 ");
  }

  @ParameterizedTest
  @CsvSource({
    "'GET /boot.ipxe HTTP/1.1~Host: x~', unfinished headers",
    "'POST /install/x/event HTTP/1.1~Host: x~Content-Length: 9~~kind=', an unfinished form",
    "'', nothing at all",
  })
  void aClientThatSaysNothingMoreIsDropped(String sent, String name, @TempDir Path other)
      throws IOException {
    Duration soon = Duration.ofMillis(300);
    try (Bench impatient =
        new Bench(other, new HttpServer.Patience(soon, soon, soon, soon, soon, soon))) {
      assertThat(impatient.raw(sent.replace("~", "\r\n"))).as(name).isEmpty();
    }
  }

  @Test
  void hugeHeadersAreRefused() throws IOException {
    assertThat(
            bench.raw(
                "GET /boot.ipxe HTTP/1.1\r\nHost: x\r\nX: " + "x".repeat(70_000) + "\r\n\r\n"))
        .doesNotContain("200 OK");
  }

  /** The options and headers of Anaconda's stage 1, by the real curl. */
  private String curl(String url, String... more) throws IOException, InterruptedException {
    Path body = folder.resolve("body");
    List<String> command = new ArrayList<>(List.of("curl", "--silent", "--globoff", "--location"));
    command.addAll(List.of("--retry", "1", "--retry-connrefused", "--fail", "--show-error"));
    command.addAll(List.of("--max-time", "20", "--output", body.toString()));
    command.addAll(List.of("--write-out", "%{exitcode} %{http_code} %{size_download}"));
    command.addAll(List.of("--header", "X-Anaconda-Architecture: x86_64"));
    command.addAll(List.of("--header", "X-Anaconda-System-Release: Red Hat Enterprise Linux"));
    command.addAll(List.of("--header", "X-RHN-Provisioning-MAC-0: enp0s2 " + Bench.KVM1.text()));
    command.addAll(List.of("--header", "X-System-Serial-Number: SN-ksonly"));
    command.addAll(List.of(more));
    command.add(bench.uri(url).toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String told = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return told;
  }

  @Test
  void stage1GetsAllThatItAsksFor() throws Exception {
    String token = bench.token();
    String tree = "/" + Bench.TREE;
    assertThat(curl("/install/" + token + "/kickstart")).isEqualTo("0 200 20");
    assertThat(curl(tree + "/.treeinfo")).startsWith("0 200 ");
    assertThat(curl(tree + "/images/install.img")).isEqualTo("0 200 19");
    assertThat(curl(tree + "/images/updates.img")).contains("22 404");
    assertThat(curl(tree + "/images/product.img")).contains("22 404");
    assertThat(curl("/install/" + token + "/kickstart")).isEqualTo("0 200 20");
    assertThat(
            bench
                .journal
                .await(event -> event.detail().containsValue("images/install.img"))
                .detail())
        .isEqualTo(Map.of("file", "images/install.img", "bytes", "19"));
  }

  @Test
  void preClaimsAndReports() throws Exception {
    String token = bench.token();
    List<String> fields = new ArrayList<>();
    for (String field : (Bench.CLAIM + "&disk.0.paths=" + "/dev/m ".repeat(300)).split("&", -1)) {
      fields.addAll(List.of("--data-urlencode", field));
    }
    assertThat(curl("/install/" + token + "/claim", fields.toArray(String[]::new)))
        .isEqualTo("0 200 23");
    curl(
        "/install/" + token + "/event",
        "--data-urlencode",
        "kind=failed",
        "--data-urlencode",
        "reason=50% & more\nü");
    assertThat(bench.journal.await(event -> event.kind() == Kind.INSTALL_FAILED).detail())
        .isEqualTo(Map.of("reason", "50% & more\nü"));
  }
}
