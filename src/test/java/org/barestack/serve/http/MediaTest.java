package org.barestack.serve.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.barestack.format.image.Overlay;
import org.barestack.format.image.RandomOverlay;
import org.barestack.format.image.Run;
import org.barestack.media.MediumPlan;
import org.barestack.model.Token;
import org.barestack.testing.Command;
import org.barestack.testing.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Media that are nowhere, asked for by HTTP. */
class MediaTest {
  private static final Token TOKEN = new Token("0123456789abcdef0123456789abcdef");
  private static final String PATH = "/media/" + TOKEN.secret() + ".iso";

  private final Path folder;
  private final Bench bench;
  private final Path source;
  private final AtomicInteger made = new AtomicInteger();

  MediaTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    bench = new Bench(folder);
    source = folder.resolve("source.iso");
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  private void serve(String state, Overlay overlay) {
    bench.plans.put(
        TOKEN,
        new MediumPlan(
            state,
            source,
            () -> {
              made.incrementAndGet();
              return overlay;
            }));
  }

  /** Ten octets: the first and last three are the source's. */
  private void serveTen() throws IOException {
    Files.writeString(source, "012xxxx789");
    serve("ten", ten("3456"));
  }

  private static Overlay ten(String middle) {
    return Overlay.of(List.of(new Run.OfSource(0, 10)))
        .with(3, middle.getBytes(StandardCharsets.US_ASCII));
  }

  private byte[] octets(String... headers) throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(bench.uri(PATH));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return bench.client.send(request.build(), BodyHandlers.ofByteArray()).body();
  }

  @Test
  void anyRangeIsThatOfTheOverlay() {
    Properties.forAll(
        4,
        random -> {
          try {
            RandomOverlay overlay =
                RandomOverlay.of(random, folder, 1 + random.nextInt(40), 150_000);
            Files.write(source, overlay.source());
            serve("" + random.nextLong(), overlay.overlay());
            byte[] whole = overlay.octets();
            assertThat(octets()).isEqualTo(whole);
            for (int i = 0; i < 60; i++) {
              int from = random.nextInt(whole.length);
              int to =
                  from + random.nextInt(Math.min(whole.length - from, 1 << random.nextInt(1, 23)));
              assertThat(octets("Range", "bytes=" + from + "-" + to))
                  .isEqualTo(Arrays.copyOfRange(whole, from, to + 1));
            }
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });
    assertThat(made).as("made once for each state").hasValueLessThanOrEqualTo(4);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "first octet      | bytes=0-0  | 206 | 0          | bytes 0-0/10",
        "over both        | bytes=2-4  | 206 | 234        | bytes 2-4/10",
        "open end         | bytes=5-   | 206 | 56789      | bytes 5-9/10",
        "last four        | bytes=-4   | 206 | 6789       | bytes 6-9/10",
        "past the end     | bytes=8-99 | 206 | 89         | bytes 8-9/10",
        "begins too late  | bytes=10-  | 416 | ''         | bytes */10",
        "several          | bytes=0-1,3-4 | 200 | 0123456789 | ",
        "nonsense         | bytes=x    | 200 | 0123456789 | ",
      })
  void ranges(String name, String range, int status, String body, String contentRange)
      throws Exception {
    serveTen();
    HttpResponse<String> response = bench.get(PATH, "Range", range);
    assertThat(response.statusCode()).as(name).isEqualTo(status);
    assertThat(response.body()).isEqualTo(body);
    assertThat(response.headers().firstValue("Content-Range").orElse(null)).isEqualTo(contentRange);
    assertThat(response.headers().firstValueAsLong("Content-Length")).hasValue(body.length());
  }

  @Test
  void headTellsTheLengthOfTheWhole() throws Exception {
    serveTen();
    for (String[] headers : new String[][] {{}, {"Range", "bytes=2-3"}}) {
      HttpResponse<String> response = bench.send("HEAD", PATH, headers);
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).isEmpty();
      assertThat(response.headers().firstValueAsLong("Content-Length")).hasValue(10);
      assertThat(response.headers().firstValue("Accept-Ranges")).contains("bytes");
      assertThat(response.headers().firstValue("Content-Type")).contains("application/vnd.efi-iso");
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "same tag         | If-None-Match     | TAG  | 304",
        "one of the tags  | If-None-Match     | \"x\", TAG | 304",
        "other tag        | If-None-Match     | \"x\" | 200",
        "same time        | If-Modified-Since | DATE | 304",
        "earlier          | If-Modified-Since | Fri, 02 Jan 2026 03:04:04 GMT | 200",
      })
  void conditions(String name, String header, String value, int status) throws Exception {
    serveTen();
    HttpResponse<String> plain = bench.get(PATH);
    String tag = plain.headers().firstValue("ETag").orElseThrow();
    assertThat(tag).matches("\"[0-9a-f]{32}\"");
    String date = plain.headers().firstValue("Last-Modified").orElseThrow();
    assertThat(ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant())
        .isCloseTo(Instant.now(), within(Duration.ofMinutes(5)));
    HttpResponse<String> response =
        bench.get(PATH, header, value.replace("TAG", tag).replace("DATE", date));
    assertThat(response.statusCode()).as(name).isEqualTo(status);
    assertThat(response.body()).isEqualTo(status == 200 ? "0123456789" : "");
    assertThat(response.headers().firstValue("ETag")).contains(tag);
  }

  @Test
  void aRangeOfOtherOctetsIsTheWhole() throws Exception {
    serveTen();
    HttpResponse<String> plain = bench.get(PATH);
    String tag = plain.headers().firstValue("ETag").orElseThrow();
    assertThat(bench.get(PATH, "Range", "bytes=1-2", "If-Range", tag).body()).isEqualTo("12");
    serve("other", ten("abcd"));
    assertThat(bench.get(PATH, "Range", "bytes=1-2", "If-Range", tag).body())
        .isEqualTo("012abcd789");
    assertThat(bench.get(PATH, "If-None-Match", tag).statusCode()).isEqualTo(200);
    serve("again", ten("3456"));
    assertThat(bench.get(PATH).headers().firstValue("ETag"))
        .as("the same octets, the same tag")
        .contains(tag);
  }

  @Test
  void anotherSourceIsAnotherMedium() throws Exception {
    serveTen();
    String tag = bench.get(PATH).headers().firstValue("ETag").orElseThrow();
    Path other = Files.writeString(folder.resolve("other"), "abcxxxxhij...");
    Files.move(other, source, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    HttpResponse<String> response = bench.get(PATH, "If-None-Match", tag);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("abc3456hij");
    assertThat(made).hasValue(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/media/0123456789abcdef0123456789abcde0.iso",
        "/media/0123456789abcdef0123456789abcdef",
        "/media/0123456789ABCDEF0123456789ABCDEF.iso",
        "/media/.iso",
        "/media/x.iso",
        "/media/0123456789abcdef0123456789abcdef.iso/x",
      })
  void whatIsNoneIsNotThere(String path) throws Exception {
    serveTen();
    assertThat(bench.get(path).statusCode()).isEqualTo(404);
    assertThat(made).hasValue(0);
  }

  @Test
  void aSourceThatIsNotThereIsNamed() throws Exception {
    serve("ten", ten("3456"));
    HttpResponse<String> response = bench.get(PATH);
    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body())
        .isEqualTo(
            source
                + " is not there: barestack import IMAGE --keep-image puts it there, or copy"
                + " it\n");
  }

  @Test
  void whatEndsIsNotServedAnyMore() throws Exception {
    serveTen();
    assertThat(bench.get(PATH).statusCode()).isEqualTo(200);
    bench.plans.clear();
    assertThat(bench.get(PATH).statusCode()).isEqualTo(404);
    assertThat(openSources()).isZero();
  }

  private long openSources() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.filter(
              descriptor -> {
                try {
                  return Files.readSymbolicLink(descriptor).startsWith(source);
                } catch (IOException e) {
                  return false;
                }
              })
          .count();
    }
  }

  @Test
  void curlGoesOnWithADownload() throws Exception {
    SplittableRandom random = new SplittableRandom(Long.getLong("seed", 7));
    RandomOverlay overlay = RandomOverlay.of(random, folder, 30, 200_000);
    Files.write(source, overlay.source());
    serve("random", overlay.overlay());
    Path file = folder.resolve("downloaded");
    Files.write(file, Arrays.copyOf(overlay.octets(), 100_001));
    Command.Result result =
        Command.of("curl", "-sSf", "-C", "-", "-o", file.toString(), bench.uri(PATH).toString())
            .run();
    assertThat(result.status()).as(result.all()).isZero();
    assertThat(Files.readAllBytes(file)).isEqualTo(overlay.octets());
  }

  /** More of them than the server has threads; others are served meanwhile. */
  @Test
  void slowReadersHoldNoThread() throws Exception {
    int megabytes = 64;
    try (RandomAccessFile sparse = new RandomAccessFile(source.toFile(), "rw")) {
      sparse.setLength((long) megabytes << 20);
    }
    serve(
        "big",
        Overlay.of(List.of(new Run.Zeros(16L << 20), new Run.OfSource(0, (long) megabytes << 20))));
    Socket[] slow = new Socket[40];
    try {
      for (int i = 0; i < slow.length; i++) {
        slow[i] = bench.connect();
        slow[i]
            .getOutputStream()
            .write(
                ("GET " + PATH + " HTTP/1.1\r\nHost: x\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        assertThat(slow[i].getInputStream().read()).isEqualTo('H');
      }
      assertThat(octets("Range", "bytes=" + (20 << 20) + "-" + ((20 << 20) + 9)))
          .isEqualTo(new byte[10]);
      assertThat(bench.get("/boot.ipxe").statusCode()).isEqualTo(200);
    } finally {
      for (Socket one : slow) {
        if (one != null) {
          one.close();
        }
      }
    }
    // Each was sent in vain, and is given back when the server sees that.
    bench.plans.clear();
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (bench.get(PATH).statusCode() != 404 || openSources() > 0) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  @Test
  void onlyReading() throws Exception {
    serveTen();
    HttpResponse<String> response =
        bench.client.send(
            HttpRequest.newBuilder(bench.uri(PATH)).PUT(BodyPublishers.ofString("x")).build(),
            BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow")).contains("GET, HEAD");
  }
}
