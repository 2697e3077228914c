package org.barestack.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.barestack.journal.InstallLogs;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.Token;
import org.barestack.testing.Command;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Logs that nodes send. */
class LogUploadTest {
  private static final String OCTETS = "application/octet-stream";

  private final Path folder;
  private final Bench bench;

  LogUploadTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    bench = new Bench(folder);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private HttpResponse<String> upload(String path, String type, byte[] body) throws Exception {
    return bench.client.send(
        HttpRequest.newBuilder(bench.uri(path))
            .header("Content-Type", type)
            .POST(BodyPublishers.ofByteArray(body))
            .build(),
        BodyHandlers.ofString());
  }

  private HttpResponse<String> upload(String path, String body) throws Exception {
    return upload(path, OCTETS, body.getBytes(StandardCharsets.UTF_8));
  }

  private Path kept(String token, String name) {
    String install = bench.desk.install(new Token(token)).orElseThrow().install().id().label();
    return folder.resolve("logs/kvm1").resolve(install).resolve(name);
  }

  @Test
  void aLogIsKeptUnderItsInstall() throws Exception {
    String token = bench.token();
    HttpResponse<String> answer =
        upload("/install/" + token + "/log/anaconda.log", "12:00 ERR x\n");
    assertThat(answer.statusCode()).isEqualTo(204);
    assertThat(kept(token, "anaconda.log")).hasContent("12:00 ERR x\n");
    upload("/install/" + token + "/log/storage.log", "");
    bench.post("/install/" + token + "/event", "kind=logs-sent&reason=9999");
    assertThat(bench.journal.await(event -> event.kind() == Kind.LOGS_KEPT).detail())
        .isEqualTo(Map.of("files", "2", "bytes", "12"));
  }

  @Test
  void whatSendLogSendsArrives() throws Exception {
    String token = bench.token();
    String log = "a line\n".repeat(200_000);
    Path file = Files.writeString(folder.resolve("log"), log);
    String script =
        "install_url="
            + bench.uri("/install/" + token)
            + "\n"
            + Files.readString(Path.of("kickstart-templates/snippets/log.sh"))
            + "send_log big.log <"
            + file;
    assertThat(Command.of("bash").input(script).run().all()).isEqualTo("status 0\n");
    assertThat(kept(token, "big.log")).hasContent(log);
  }

  @Test
  void anUnpackedLogOfSeveralMebibytesNeedsNoContinue() throws Exception {
    String token = bench.token();
    Path file = Files.write(folder.resolve("log"), new byte[InstallLogs.LARGEST]);
    Command.Result curl =
        Command.of(
                "curl",
                "--silent",
                "--header",
                "Content-Type: " + OCTETS,
                "--data-binary",
                "@" + file,
                "--write-out",
                "%{http_code}",
                bench.uri("/install/" + token + "/log/a").toString())
            .run();
    assertThat(curl.output()).isEqualTo("204");
    assertThat(kept(token, "a")).hasSize(InstallLogs.LARGEST);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "other token    | /install/00000000000000000000000000000000/log/a |"
            + " application/octet-stream | 3 | 404 | no install is open here",
        "no token       | /install/x/log/a | application/octet-stream | 3 | 404 | no install is"
            + " open",
        "hidden file    | /install/TOKEN/log/.a | application/octet-stream | 3 | 400 | a log is"
            + " named",
        "upper case     | /install/TOKEN/log/A | application/octet-stream | 3 | 400 | a log is"
            + " named",
        "up             | /install/TOKEN/log/%2e%2e | application/octet-stream | 3 | 404 | nothing"
            + " here",
        "slash          | /install/TOKEN/log/a%2fb | application/octet-stream | 3 | 400 | a log"
            + " is named",
        "a form         | /install/TOKEN/log/a | application/x-www-form-urlencoded | 3 | 415"
            + " | send a log as application/octet-stream",
        "too large      | /install/TOKEN/log/a | application/octet-stream | 2097153 | 413 | at"
            + " most",
        "much too large | /install/TOKEN/log/a | application/octet-stream | 8000000 | 413 | at"
            + " most",
        "a log as event | /install/TOKEN/event | application/octet-stream | 3 | 415 | send the"
            + " form",
      })
  void isNotTaken(String name, String path, String type, int octets, int status, String complaint)
      throws Exception {
    String token = bench.token();
    HttpResponse<String> answer = upload(path.replace("TOKEN", token), type, new byte[octets]);
    assertThat(answer.statusCode()).as(name).isEqualTo(status);
    assertThat(answer.body()).contains(complaint);
    assertThat(folder.resolve("logs")).doesNotExist();
  }

  @Test
  void nothingStaysOfAnUploadThatBreaksOff() throws Exception {
    String token = bench.token();
    try (Socket socket = bench.connect()) {
      String head =
          "POST /install/%s/log/a HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: 9\r\n\r\n"
              .formatted(token, OCTETS);
      socket.getOutputStream().write((head + "half").getBytes(StandardCharsets.US_ASCII));
    }
    assertThat(upload("/install/" + token + "/log/b", "whole").statusCode()).isEqualTo(204);
    try (Stream<Path> files = Files.list(kept(token, "b").resolveSibling(""))) {
      assertThat(files).containsExactly(kept(token, "b"));
    }
  }

  @Test
  void onlySoManyAreTakenAtOnce() throws Exception {
    String path = "/install/" + bench.token() + "/log/a";
    String head =
        "POST %s HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: 9\r\n\r\nhalf"
            .formatted(path, OCTETS);
    List<Socket> slow = new ArrayList<>();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    do { // more than 16, as one that comes together with an upload of ours may be the one refused
      assertThat(System.nanoTime()).isLessThan(deadline);
      Socket socket = bench.connect();
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      slow.add(socket);
    } while (upload(path, "whole").statusCode() != 503);
    assertThat(slow).hasSizeGreaterThanOrEqualTo(16);
    for (Socket socket : slow) {
      socket.close();
    }
    while (upload(path, "whole").statusCode() != 204) {
      assertThat(System.nanoTime()).isLessThan(deadline);
    }
  }

  @Test
  void anUploadWithoutEndIsDroppedAndOthersGoOn(@TempDir Path other) throws Exception {
    Duration soon = Duration.ofMillis(300);
    try (Bench impatient =
        new Bench(other, new HttpServer.Patience(soon, soon, soon, soon, soon, soon))) {
      String head =
          "POST /install/%s/log/a HTTP/1.1\r\nHost: x\r\nContent-Type: %s\r\nContent-Length: 9\r\n\r\nx"
              .formatted(impatient.token(), OCTETS);
      for (int i = 0; i < 20; i++) {
        assertThat(impatient.raw(head)).as("not even that there are too many").isEmpty();
      }
      assertThat(impatient.logs.of(new NodeName("kvm1"))).isEmpty();
    }
  }
}
