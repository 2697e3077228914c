package org.barestack.serve.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.net.http.HttpResponse;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.barestack.content.Loaders;
import org.barestack.testing.Properties;
import org.barestack.wire.tftp.TftpName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Nobody reads or writes a file that is not meant for him, however he writes its name. */
class PathEscapesTest {
  private static final String SECRET = "TOP SECRET";

  private final Path folder;
  private final Bench bench;

  PathEscapesTest(@TempDir Path folder) throws IOException {
    this.folder = folder.toRealPath();
    bench = new Bench(folder);
    Files.writeString(folder.resolve("secret"), SECRET);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  /** Ways to write "one up and into", each before a name. */
  private static final List<Arguments> UP =
      List.of(
          Arguments.of("dots", "../"),
          Arguments.of("escaped dots", "%2e%2e/"),
          Arguments.of("one escaped dot", ".%2E/"),
          Arguments.of("escaped twice", "%252e%252e/"),
          Arguments.of("escaped slash", "..%2f"),
          Arguments.of("slash escaped twice", "..%252f"),
          Arguments.of("all escaped", "%2e%2e%2f"),
          Arguments.of("backslash", "..\\"),
          Arguments.of("escaped backslash", "..%5c"),
          Arguments.of("overlong dots", "%c0%ae%c0%ae/"),
          Arguments.of("overlong slash", "..%c0%af"),
          Arguments.of("overlong dots of three octets", "%e0%80%ae%e0%80%ae/"),
          Arguments.of("overlong dots of four octets", "%f0%80%80%ae%f0%80%80%ae/"),
          Arguments.of("fullwidth dots, U+FF0E", "%ef%bc%8e%ef%bc%8e/"),
          Arguments.of("division slash, U+2215", "..%e2%88%95"),
          Arguments.of("two dot leader, U+2025", "%e2%80%a5/"),
          Arguments.of("of Microsoft's kind", "%u002e%u002e/"),
          Arguments.of("a NUL behind", "..%00/"),
          Arguments.of("a NUL before", "%00../"),
          Arguments.of("a line's end", "..%0a/"),
          Arguments.of("a parameter", "..;/"),
          Arguments.of("a parameter with a value", "..;x=y/"),
          Arguments.of("an escaped parameter", "..%3b/"),
          Arguments.of("many slashes", "..////"),
          Arguments.of("through itself", "./.././"),
          Arguments.of("three dots", ".../"),
          Arguments.of("a space behind", "..%20/"),
          Arguments.of("a dot behind", ".. ./"),
          Arguments.of("a tab behind", "..%09/"),
          Arguments.of("a hash", "..%23/"),
          Arguments.of("a question mark", "..%3f/"),
          Arguments.of("in and out", "cloudstack/../../"));

  static Stream<Arguments> up() {
    return UP.stream();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("up")
  void noWayUpLeavesAFolderByHttp(String name, String up) throws Exception {
    for (String tree : List.of("/repos/", "/releases/", "/loaders/", "/")) {
      for (int steps = 1; steps <= 4; steps++) {
        for (String file : List.of("secret", folder.toString().substring(1) + "/secret")) {
          String target = (tree + up.repeat(steps) + file).replace(" ", "%20");
          assertThat(ask("GET", target)).as(target).matches("(?s)HTTP/1.1 (400|404) .*");
        }
      }
    }
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("up")
  void noWayUpIsTheNameOfALog(String name, String up) throws Exception {
    String path = "/install/" + bench.token() + "/log/" + up.replace(" ", "%20") + "a.log";
    assertThat(ask("POST", path)).matches("(?s)HTTP/1.1 (400|404) .*");
    assertThat(folder.resolve("logs")).doesNotExist();
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("up")
  void noWayUpIsANameByTftp(String name, String up) throws Exception {
    Loaders loaders = Loaders.read(folder, List::of);
    for (String asked : List.of(up + "secret", "/" + up + up + "loader", "C:" + up + "loader")) {
      assertThat(byTftp(loaders, asked)).as(asked).isEmpty();
    }
    assertThat(byTftp(loaders, "\\boot\\..\\snponly.efi")).isEmpty();
    assertThat(byTftp(loaders, "//./snponly.efi")).isPresent();
  }

  private static Optional<Loaders.Answer> byTftp(Loaders loaders, String asked) throws IOException {
    try {
      return loaders.find(TftpName.normalise(asked));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Test
  void noMixtureLeavesAFolder() {
    List<String> parts = new ArrayList<>(UP.stream().map(way -> (String) way.get()[1]).toList());
    parts.addAll(List.of("secret", "/secret", "repos/", "http-root/", "out/", folder + "/"));
    Properties.forAll(
        1_000,
        random -> {
          StringBuilder path = new StringBuilder("/repos/");
          for (int i = random.nextInt(1, 10); i > 0; i--) {
            path.append(parts.get(random.nextInt(parts.size())));
          }
          try {
            assertThat(ask("GET", path.toString().replace(" ", "%20")))
                .as(path.toString())
                .matches("(?s)HTTP/1.1 (400|404) .*");
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        });
  }

  private String ask(String method, String target) throws IOException {
    String answer =
        bench.raw(
            method
                + " "
                + target
                + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n"
                + "Content-Type: application/octet-stream\r\n\r\n");
    assertThat(answer).doesNotContain(SECRET);
    return answer;
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "a very long name             | 300   | 404",
        "a name as long as it may be  | 255   | 404",
        "a very long path             | 20000 | 404",
      })
  void lengths(String name, int length, int status) throws Exception {
    assertThat(bench.get("/repos/" + "a".repeat(length)).statusCode()).as(name).isEqualTo(status);
    String deep = "/repos/" + "a/".repeat(length / 2) + "a";
    assertThat(bench.get(deep).statusCode()).as(name).isEqualTo(status);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "a folder                 | repos/cloudstack     | 404",
        "a folder with a slash    | repos/cloudstack/    | 404",
        "below a file             | repos/cloudstack/a+b~1.rpm/x | 404",
        "a named pipe             | repos/pipe           | 404",
        "below a named pipe       | repos/pipe/x         | 404",
        "a socket                 | repos/socket         | 404",
        "below a socket           | repos/socket/x       | 404",
        "a link to a device       | repos/zero           | 404",
        "below a link to a device | repos/zero/x         | 404",
        "links in a row, out      | repos/row            | 404",
        "a loop of two            | repos/this           | 500",
        "a hard link              | repos/hard           | 200",
        "a link inside            | repos/near           | 200",
      })
  void whatIsNoFileIsNoFault(String name, String path, int status) throws Exception {
    Path repos = bench.httpRoot.resolve("repos");
    Files.createSymbolicLink(repos.resolve("zero"), Path.of("/dev/zero"));
    Files.createSymbolicLink(repos.resolve("row"), Path.of("row2"));
    Files.createSymbolicLink(repos.resolve("row2"), Path.of("row3/secret"));
    Files.createSymbolicLink(repos.resolve("row3"), Path.of("../.."));
    Files.createSymbolicLink(repos.resolve("this"), Path.of("that"));
    Files.createSymbolicLink(repos.resolve("that"), Path.of("this"));
    Files.createSymbolicLink(repos.resolve("near"), Path.of("../repos/cloudstack/a+b~1.rpm"));
    Files.createLink(repos.resolve("hard"), repos.resolve("cloudstack/a+b~1.rpm"));
    run("mkfifo", repos.resolve("pipe").toString());
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(repos.resolve("socket")));
      HttpResponse<String> response = bench.get("/" + path);
      assertThat(response.statusCode()).as(name).isEqualTo(status);
      assertThat(response.body()).isNotEmpty().doesNotContain(SECRET);
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  /** What a release's .treeinfo names is served to nodes, so it must not be a way out. */
  @Test
  void aKernelThatIsALinkOutIsNotServed() throws Exception {
    Path kernel = bench.httpRoot.resolve(Bench.TREE + "/images/pxeboot/vmlinuz");
    Files.delete(kernel);
    Files.createSymbolicLink(kernel, folder.resolve("secret"));
    HttpResponse<String> response = bench.get("/install/" + bench.token() + "/vmlinuz");
    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).contains("leads out of").doesNotContain(SECRET);
  }

  @Test
  void whatBecameALinkAfterItWasLookedAtIsNotOpened() throws Exception {
    Path root = bench.httpRoot.toRealPath();
    Path file = root.resolve("repos/cloudstack/a+b~1.rpm");
    OpenedFile.open(root, file).channel().close();

    Files.delete(file);
    Files.createSymbolicLink(file, folder.resolve("secret"));
    assertThatThrownBy(() -> OpenedFile.open(root, file)).isInstanceOf(IOException.class);

    Files.delete(file);
    run("mkfifo", file.toString());
    assertThatThrownBy(() -> OpenedFile.open(root, file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no regular file any more");

    Path outside = Files.createDirectory(folder.resolve("outside"));
    Files.writeString(outside.resolve("a+b~1.rpm"), SECRET);
    Files.move(file.resolveSibling(""), root.resolve("repos/moved"));
    Files.createSymbolicLink(root.resolve("repos/cloudstack"), outside);
    assertThatThrownBy(() -> OpenedFile.open(root, file)).isInstanceOf(IOException.class);
  }

  @Test
  void whoExchangesAFolderForALinkAllTheTimeGetsNothingOutside() throws Exception {
    Path repos = bench.httpRoot.resolve("repos");
    Path link = repos.resolve("link");
    Path outside = Files.createDirectory(folder.resolve("outside"));
    Files.writeString(outside.resolve("a+b~1.rpm"), SECRET);
    Files.createSymbolicLink(link, outside);
    AtomicBoolean goesOn = new AtomicBoolean(true);
    CountDownLatch exchanged = new CountDownLatch(1);
    Thread other =
        Thread.ofPlatform()
            .start(() -> {
              try {
                while (goesOn.get()) {
                  Files.move(repos.resolve("cloudstack"), repos.resolve("aside"));
                  Files.move(link, repos.resolve("cloudstack"));
                  Files.move(repos.resolve("cloudstack"), link);
                  Files.move(repos.resolve("aside"), repos.resolve("cloudstack"));
                  exchanged.countDown();
                }
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    exchanged.await();
    try {
      for (int i = 0; i < 1000; i++) {
        String answer =
            bench.raw(
                "GET /repos/cloudstack/a+b~1.rpm HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 ").doesNotContain(SECRET);
      }
    } finally {
      goesOn.set(false);
      other.join();
    }
    assertThat(
            new String(
                Files.readAllBytes(repos.resolve("cloudstack/a+b~1.rpm")), StandardCharsets.UTF_8))
        .isEqualTo("0123456789");
  }
}
