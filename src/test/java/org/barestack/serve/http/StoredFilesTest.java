package org.barestack.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.barestack.testing.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StoredFilesTest {
  private static final String TEN = "/repos/cloudstack/a+b~1.rpm";

  private final Path folder;
  private final Bench bench;

  StoredFilesTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    bench = new Bench(folder);
    Files.setLastModifiedTime(
        bench.httpRoot.resolve(TEN.substring(1)),
        FileTime.from(Instant.parse("2026-01-02T03:04:05.678Z")));
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "first octet      | bytes=0-0  | 206 | 0          | bytes 0-0/10",
        "middle           | bytes=3-5  | 206 | 345        | bytes 3-5/10",
        "open end         | bytes=7-   | 206 | 789        | bytes 7-9/10",
        "last three       | bytes=-3   | 206 | 789        | bytes 7-9/10",
        "past the end     | bytes=8-99 | 206 | 89         | bytes 8-9/10",
        "all of it        | bytes=0-   | 206 | 0123456789 | bytes 0-9/10",
        "more than all    | bytes=-99  | 206 | 0123456789 | bytes 0-9/10",
        "begins too late  | bytes=10-  | 416 | ''         | bytes */10",
        "far too late     | bytes=99999999999- | 416 | '' | bytes */10",
        "several          | bytes=0-1,3-4 | 200 | 0123456789 | ",
        "backwards        | bytes=5-3  | 416 | ''         | bytes */10",
        "other unit       | lines=1-2  | 200 | 0123456789 | ",
        "nonsense         | bytes=x    | 200 | 0123456789 | ",
        "no number at all | bytes=     | 200 | 0123456789 | ",
        "too big a number | bytes=0-99999999999999999999 | 200 | 0123456789 | ",
      })
  void ranges(String name, String range, int status, String body, String contentRange)
      throws Exception {
    HttpResponse<String> response = bench.get(TEN, "Range", range);
    assertThat(response.statusCode()).as(name).isEqualTo(status);
    assertThat(response.body()).isEqualTo(body);
    assertThat(response.headers().firstValue("Content-Range").orElse(null)).isEqualTo(contentRange);
    assertThat(response.headers().firstValueAsLong("Content-Length")).hasValue(body.length());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "same tag         | If-None-Match     | TAG  | 304",
        "one of the tags  | If-None-Match     | \"x\", TAG | 304",
        "other tag        | If-None-Match     | \"x\" | 200",
        "same time        | If-Modified-Since | DATE | 304",
        "later            | If-Modified-Since | Fri, 02 Jan 2026 03:04:06 GMT | 304",
        "earlier          | If-Modified-Since | Fri, 02 Jan 2026 03:04:04 GMT | 200",
        "no time          | If-Modified-Since | yesterday | 200",
      })
  void conditions(String name, String header, String value, int status) throws Exception {
    HttpResponse<String> plain = bench.get(TEN);
    String tag = plain.headers().firstValue("ETag").orElseThrow();
    assertThat(plain.headers().firstValue("Last-Modified"))
        .contains("Fri, 02 Jan 2026 03:04:05 GMT");
    HttpResponse<String> response =
        bench.get(
            TEN,
            header,
            value.replace("TAG", tag).replace("DATE", "Fri, 02 Jan 2026 03:04:05 GMT"));
    assertThat(response.statusCode()).as(name).isEqualTo(status);
    assertThat(response.body()).isEqualTo(status == 200 ? "0123456789" : "");
    assertThat(response.headers().firstValue("ETag")).contains(tag);
  }

  @Test
  void theTagDecidesWhereBothAreThere() throws Exception {
    assertThat(
            bench
                .get(
                    TEN,
                    "If-None-Match",
                    "\"x\"",
                    "If-Modified-Since",
                    "Fri, 02 Jan 2026 03:04:05 GMT")
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void aRangeOfAnotherVersionIsTheWholeFile() throws Exception {
    String tag = bench.get(TEN).headers().firstValue("ETag").orElseThrow();
    assertThat(bench.get(TEN, "Range", "bytes=0-1", "If-Range", tag).body()).isEqualTo("01");
    assertThat(bench.get(TEN, "Range", "bytes=0-1", "If-Range", "\"x\"").body())
        .isEqualTo("0123456789");
  }

  @Test
  void aNewVersionHasANewTag() throws Exception {
    String tag = bench.get(TEN).headers().firstValue("ETag").orElseThrow();
    bench.write(TEN.substring(1), "9876543210");
    assertThat(bench.get(TEN, "If-None-Match", tag).body()).isEqualTo("9876543210");
  }

  @Test
  void anEmptyFileIsServedAsOne() throws Exception {
    bench.write("repos/empty", "");
    HttpResponse<String> response = bench.get("/repos/empty");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValueAsLong("Content-Length")).hasValue(0);
  }

  @Test
  void loadersAreNamedByTheTypeThatUefiGoesBy() throws Exception {
    bench.write("repos/x.efi", "MZ");
    assertThat(bench.get("/repos/x.efi").headers().firstValue("Content-Type"))
        .contains("application/efi");
    assertThat(bench.get(TEN).headers().firstValue("Content-Type"))
        .contains("application/octet-stream");
  }

  @Test
  void aFileOfManyGibIsServedByRange() throws Exception {
    long size = 5L << 30;
    try (RandomAccessFile file =
        new RandomAccessFile(bench.httpRoot.resolve("repos/big.iso").toFile(), "rw")) {
      file.setLength(size);
      file.seek(size - 4);
      file.write("last".getBytes(StandardCharsets.US_ASCII));
    }
    HttpResponse<String> end = bench.get("/repos/big.iso", "Range", "bytes=" + (size - 4) + "-");
    assertThat(end.body()).isEqualTo("last");
    assertThat(end.headers().firstValue("Content-Range"))
        .contains("bytes 5368709116-5368709119/5368709120");
    assertThat(bench.send("HEAD", "/repos/big.iso").headers().firstValueAsLong("Content-Length"))
        .hasValue(size);
  }

  @Test
  void anyRangeOfABigFileIsItsOctets() throws Exception {
    byte[] content = new byte[9_000_000];
    new Random(1).nextBytes(content);
    Files.write(bench.httpRoot.resolve("repos/random"), content);
    Properties.forAll(
        30,
        random -> {
          int start = random.nextInt(content.length);
          int end = random.nextInt(start, content.length);
          assertThat(octets("bytes=" + start + "-" + end))
              .isEqualTo(Arrays.copyOfRange(content, start, end + 1));
        });
    assertThat(octets("none")).isEqualTo(content);
  }

  private byte[] octets(String range) {
    try (Socket socket = bench.connect()) {
      socket
          .getOutputStream()
          .write(
              ("GET /repos/random HTTP/1.1\r\nHost: x\r\nRange: "
                      + range
                      + "\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      byte[] all = socket.getInputStream().readAllBytes();
      int body = new String(all, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n") + 4;
      return Arrays.copyOfRange(all, body, all.length);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "a link inside,           repos/inside,      200",
    "a folder link inside,    repos/tree/a+b~1.rpm, 200",
    "a link out,              repos/out,         404",
    "a folder link out,       repos/outside/secret, 404",
    "a relative link out,     repos/relative,    404",
    "a link to nothing,       repos/dangling,    404",
    "a link to itself,        repos/self,        500",
    "a named pipe,            repos/pipe,        404",
  })
  void symbolicLinks(String name, String path, int status) throws Exception {
    Path repos = bench.httpRoot.resolve("repos");
    Path secret = Files.writeString(folder.resolve("secret"), "a secret");
    Files.createSymbolicLink(repos.resolve("inside"), repos.resolve("cloudstack/a+b~1.rpm"));
    Files.createSymbolicLink(repos.resolve("tree"), repos.resolve("cloudstack"));
    Files.createSymbolicLink(repos.resolve("out"), secret);
    Files.createSymbolicLink(repos.resolve("outside"), folder);
    Files.createSymbolicLink(repos.resolve("relative"), Path.of("../../secret"));
    Files.createSymbolicLink(repos.resolve("dangling"), Path.of("nowhere"));
    Files.createSymbolicLink(repos.resolve("self"), Path.of("self"));
    assertThat(new ProcessBuilder("mkfifo", repos.resolve("pipe").toString()).start().waitFor())
        .isZero();

    HttpResponse<String> response = bench.get("/" + path);
    assertThat(response.statusCode()).as(name).isEqualTo(status);
    assertThat(response.body()).doesNotContain("secret").isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/repos/../../secret",
        "/repos/%2e%2e/%2e%2e/secret",
        "/repos/%2E./.%2e/secret",
        "/repos/..%2f..%2fsecret",
        "/repos/..%5c..%5csecret",
        "/repos/..\\..\\secret",
        "/repos/%252e%252e/%252e%252e/secret",
        "/repos/%c0%ae%c0%ae/%c0%ae%c0%ae/secret",
        "/repos/%e0%80%ae%e0%80%ae/secret",
        "/repos/..;/..;/secret",
        "/repos/..;x=y/..;x=y/secret",
        "/repos/./../../secret",
        "/repos//../..//secret",
        "/repos/cloudstack/../../../secret",
        "/repos/a%00/../../../secret",
        "/repos/cloudstack/a+b~1.rpm%00",
        "/repos/cloudstack/a+b~1.rpm%0a",
        "/repos/%u002e%u002e/secret",
        "/repos/%2",
        "/repos/%zz",
        "/repos/\u00e9",
        "/../../secret",
        "/%2e%2e/%2e%2e/secret",
        "/releases/../repos/cloudstack/a+b~1.rpm",
        "repos/../../secret",
        "http://x/repos/../../secret",
        "/loaders/../../secret",
        "/loaders/..%2f..%2fsecret",
      })
  void noPathLeavesTheTree(String target) throws Exception {
    Files.writeString(folder.resolve("secret"), "TOP SECRET");
    String answer =
        bench.raw("GET " + target + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assertThat(answer).matches("(?s)HTTP/1.1 (400|404) .*").doesNotContain("TOP SECRET");
  }

  @Test
  void noRandomPathEscapesOrFaults() throws Exception {
    Files.writeString(folder.resolve("secret"), "TOP SECRET");
    String[] parts = {
      "..",
      ".",
      "/",
      "%2e",
      "%2f",
      "%5c",
      "\\",
      ";",
      "secret",
      "repos",
      "%00",
      "%ff",
      "%25",
      "?",
      "a",
      "é",
      "#",
      " ",
      "+",
      "~",
      "*",
      "**",
      "{}",
      "http-root"
    };
    Properties.forAll(
        300,
        random -> {
          String path = randomPath(random, parts);
          try {
            assertThat(
                    bench.raw(
                        "GET /repos/" + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                .as(path)
                .matches("(?s)HTTP/1.1 (400|404) .*");
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  private static String randomPath(SplittableRandom random, String[] parts) {
    StringBuilder path = new StringBuilder();
    for (int i = random.nextInt(12); i >= 0; i--) {
      path.append(parts[random.nextInt(parts.length)]);
    }
    return path.toString();
  }

  @Test
  void aClientThatGoesAwayLeavesNoFileOpen() throws Exception {
    Path big = bench.httpRoot.resolve("repos/big.iso");
    try (RandomAccessFile file = new RandomAccessFile(big.toFile(), "rw")) {
      file.setLength(1L << 30);
    }
    for (int i = 0; i < 20; i++) {
      try (Socket socket = bench.connect()) {
        socket
            .getOutputStream()
            .write(
                "GET /repos/big.iso HTTP/1.1\r\nHost: x\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        assertThat(socket.getInputStream().readNBytes(100_000)).hasSize(100_000);
      }
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (open(big) > 0 && System.nanoTime() < deadline) {
      Thread.onSpinWait();
    }
    assertThat(open(big)).isZero();
  }

  @Test
  void aClientThatTakesNothingIsDropped(@TempDir Path other) throws Exception {
    Duration usual = Duration.ofSeconds(30);
    try (Bench impatient = new Bench(other, Bench.patience(Duration.ofMillis(300), usual))) {
      Path big = impatient.httpRoot.resolve("repos/big.iso");
      try (RandomAccessFile file = new RandomAccessFile(big.toFile(), "rw")) {
        file.setLength(1L << 30);
      }
      try (Socket socket = impatient.connect()) {
        socket
            .getOutputStream()
            .write(
                "GET /repos/big.iso HTTP/1.1\r\nHost: x\r\n\r\n"
                    .getBytes(StandardCharsets.US_ASCII));
        InputStream answer = socket.getInputStream();
        assertThat(answer.read()).isEqualTo('H');
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (open(big) > 0 && System.nanoTime() < deadline) {
          Thread.onSpinWait();
        }
        assertThat(open(big)).isZero();
      }
    }
  }

  /** How many descriptors of this process are open on the file. */
  private static long open(Path file) throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors
          .filter(descriptor -> {
            try {
              return Files.readSymbolicLink(descriptor).equals(file);
            } catch (IOException e) {
              return false; // the descriptor of this very listing
            }
          })
          .count();
    }
  }
}
