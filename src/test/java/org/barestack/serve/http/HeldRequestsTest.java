package org.barestack.serve.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.barestack.model.NodeEvent.Kind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** A node whose request fails by what passes is answered late, and not with a fault. */
@Timeout(60)
class HeldRequestsTest {
  private final Bench bench;
  private final Path folder;
  private final String token;
  private final Logger logger = (Logger) LoggerFactory.getLogger(Hold.class);
  private final BlockingQueue<String> waiting = new LinkedBlockingQueue<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          waiting.add(event.getFormattedMessage());
        }
      };

  HeldRequestsTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    bench = new Bench(folder, Bench.patience(Duration.ofMinutes(5), Duration.ofMinutes(5)));
    token = bench.token();
  }

  @BeforeEach
  void listenToTheLog() {
    appender.start();
    logger.addAppender(appender);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(appender);
    bench.close();
  }

  private void diskFull() {
    bench.journal.breakDown(new UncheckedIOException(new IOException("disk full")));
  }

  private void awaitHeld() throws InterruptedException {
    assertThat(waiting.poll(20, TimeUnit.SECONDS)).contains("waits for its answer: ", "disk full");
  }

  /** As stage 1 of the installer asks, which would give up after four tries in seven seconds. */
  private Process curl(String path, String... more) throws IOException {
    List<String> command = new ArrayList<>(List.of("curl", "--silent", "--globoff", "--location"));
    command.addAll(List.of("--fail", "--show-error", "--max-time", "40", "--output"));
    command.addAll(List.of(folder.resolve("body").toString(), "--write-out", "%{http_code}"));
    command.addAll(List.of(more));
    command.add(bench.uri(path.replace("TOKEN", token)).toString());
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  @ParameterizedTest
  @CsvSource({
    "/install/TOKEN/kickstart, # kickstart of kvm1",
    "/boot/52-54-00-aa-00-01, #!ipxe install kvm1",
    "/install/TOKEN/vmlinuz, the kernel",
  })
  void anAnswerComesWhenTheJournalWorksAgain(String path, String answer) throws Exception {
    diskFull();
    Process curl = curl(path);
    awaitHeld();
    bench.journal.heal();
    assertThat(curl.inputReader().readAllAsString()).isEqualTo("200");
    assertThat(folder.resolve("body")).content().startsWith(answer);
    assertThat(waiting).isEmpty();
  }

  @Test
  void aClaimIsDecidedOnceTheJournalWorksAgain() throws Exception {
    diskFull();
    Process curl = curl("/install/TOKEN/claim", "--data", Bench.CLAIM);
    awaitHeld();
    bench.journal.heal();
    assertThat(curl.inputReader().readAllAsString()).isEqualTo("200");
    assertThat(bench.journal.count(Kind.CLAIM_GRANTED)).isEqualTo(1);
  }

  @Test
  void aReleaseMayBePutInPlaceMeanwhile() throws Exception {
    Path treeinfo = bench.httpRoot.resolve(Bench.TREE + "/.treeinfo");
    Files.move(treeinfo, folder.resolve("later"));
    Process curl = curl("/install/TOKEN/vmlinuz");
    assertThat(waiting.poll(20, TimeUnit.SECONDS)).contains(".treeinfo");
    Files.move(folder.resolve("later"), treeinfo);
    assertThat(curl.inputReader().readAllAsString()).isEqualTo("200");
  }

  /** Other addresses have their places still, which is what loopback has many addresses for. */
  @Test
  void oneAddressHoldsNoMoreThanItsShareAndWhoLeavesFreesItsPlace() throws Exception {
    diskFull();
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < Hold.MOST_OF_ONE; i++) {
      Socket socket = bench.connect();
      sockets.add(socket);
      socket
          .getOutputStream()
          .write(
              "GET /boot/52-54-00-aa-00-01 HTTP/1.1\r\nHost: x\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      awaitHeld();
    }
    assertThat(bench.get("/boot/52-54-00-aa-00-01").statusCode()).isEqualTo(500);
    Process other = curl("/boot/52-54-00-aa-00-01", "--interface", "127.0.0.2");
    awaitHeld();

    for (Socket socket : sockets) {
      socket.close();
    }
    Process curl = curl("/boot/52-54-00-aa-00-01", "--retry", "10");
    awaitHeld();
    bench.journal.heal();
    assertThat(curl.inputReader().readAllAsString()).endsWith("200");
    assertThat(other.inputReader().readAllAsString()).isEqualTo("200");
  }

  @Test
  void aStopWaitsForNoHeldRequest() throws Exception {
    diskFull();
    try (Socket socket = bench.connect()) {
      socket
          .getOutputStream()
          .write(
              "GET /boot/52-54-00-aa-00-01 HTTP/1.1\r\nHost: x\r\n\r\n"
                  .getBytes(StandardCharsets.US_ASCII));
      awaitHeld();
      bench.server.close();
    }
  }
}
