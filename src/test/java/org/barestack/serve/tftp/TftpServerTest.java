package org.barestack.serve.tftp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.barestack.serve.tftp.TestClient.request;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.BindException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.barestack.model.Ipv4;
import org.barestack.serve.tftp.TftpFiles.Answer;
import org.barestack.serve.tftp.TftpServer.NotServed;
import org.barestack.serve.tftp.TftpServer.Served;
import org.barestack.serve.tftp.TftpServer.Settings;
import org.barestack.wire.tftp.Limits;
import org.barestack.wire.tftp.TftpPacket;
import org.barestack.wire.tftp.TftpPacket.Ack;
import org.barestack.wire.tftp.TftpPacket.Data;
import org.barestack.wire.tftp.TftpPacket.ErrorPacket;
import org.barestack.wire.tftp.TftpPacket.OptionAck;
import org.barestack.wire.tftp.TftpPacket.ReadRequest;
import org.barestack.wire.tftp.TftpPacket.WriteRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

@Timeout(60)
class TftpServerTest {
  private static final Ipv4 LOOPBACK = Ipv4.parse("127.0.0.1");

  @TempDir Path directory;

  private final Logger logger = (Logger) LoggerFactory.getLogger("org.barestack.serve.tftp");
  private final BlockingQueue<String> log = new LinkedBlockingQueue<>();
  private final BlockingQueue<Served> served = new LinkedBlockingQueue<>();
  private final BlockingQueue<NotServed> notServed = new LinkedBlockingQueue<>();
  private final AppenderBase<ILoggingEvent> appender =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          log.add(event.getLevel() + " " + event.getFormattedMessage());
        }
      };

  @BeforeEach
  void listenToTheLog() {
    appender.start();
    logger.setLevel(Level.INFO);
    logger.setAdditive(false);
    logger.addAppender(appender);
  }

  @AfterEach
  void leaveTheLog() {
    logger.detachAppender(appender);
    logger.setAdditive(true);
  }

  /** Without an empty file: curl 7.88 takes it and then fails in getpeername, with dnsmasq too. */
  @ParameterizedTest(name = "{0} bytes, curl {1}")
  @CsvSource({
    "1, ''",
    "512, --tftp-blksize 512",
    "1468000, --tftp-blksize 1468",
    "100000, --tftp-blksize 65464",
    "100000, --tftp-blksize 8",
    "100000, --tftp-no-options",
    "1024, --tftp-no-options",
  })
  void curl(int size, String options) throws Exception {
    byte[] file = write("x", size);
    Path copy = directory.resolve("copy");
    try (TftpServer server = start(directory())) {
      List<String> command = new ArrayList<>(List.of("curl", "-sS", "-m", "50"));
      command.addAll(Arrays.asList(options.split(" ", -1)));
      command.removeIf(String::isEmpty);
      command.addAll(List.of("-o", copy.toString(), "tftp://127.0.0.1:" + server.port() + "//x"));
      run(command);
      assertThat(served.poll(10, TimeUnit.SECONDS))
          .returns(LOOPBACK, Served::client)
          .returns("x", Served::file)
          .returns((long) size, Served::bytes);
    }
    assertThat(Files.readAllBytes(copy)).isEqualTo(file);
  }

  @ParameterizedTest(name = "{0} bytes, busybox tftp -b {1}")
  @CsvSource({"0, 1432", "1432, 1432", "100000, 1432", "100000, 512", "100000, 60000"})
  void busybox(int size, String blockSize) throws Exception {
    byte[] file = write("x", size);
    Path copy = directory.resolve("copy");
    try (TftpServer server = start(directory())) {
      run(
          List.of(
              "busybox",
              "tftp",
              "-g",
              "-b",
              blockSize,
              "-r",
              "x",
              "-l",
              copy.toString(),
              "127.0.0.1",
              Integer.toString(server.port())));
    }
    assertThat(Files.readAllBytes(copy)).isEqualTo(file);
  }

  @ParameterizedTest(name = "windowsize {0}, blocks {1} get lost")
  @CsvSource({"1, ''", "1, 3", "4, ''", "4, 2 7 8", "64, 63 64", "4, 5", "65535, 100"})
  void windows(String windowSize, String lost) throws Exception {
    byte[] file = write("boot/x", 1468 * 300);
    Integer[] toLose =
        Arrays.stream(lost.split(" ", -1))
            .filter(block -> !block.isEmpty())
            .map(Integer::valueOf)
            .toArray(Integer[]::new);
    try (TftpServer server = start(directory());
        TestClient client = new TestClient(server.port())) {
      ReadRequest request =
          request("/boot/x", "blksize", "1468", "windowsize", windowSize, "tsize", "0");
      assertThat(client.fetch(request, toLose)).isEqualTo(file);
      assertThat(served.poll(10, TimeUnit.SECONDS))
          .returns("boot/x", Served::file)
          .returns((long) file.length, Served::bytes);
      assertThat(logLine())
          .matches(
              "INFO TFTP /127.0.0.1:%d boot/x: 440400 bytes in \\d+ ms \\(blksize 1468, windowsize %d\\)"
                  .formatted(client.port(), Math.min(64, Integer.parseInt(windowSize))));
    }
    assertThat(log).isEmpty();
  }

  @Test
  void sizeProbeOfOvmf() throws Exception {
    byte[] file = write("shimx64.efi", 10_000);
    try (TftpServer server = start(directory())) {
      try (TestClient probe = new TestClient(server.port())) {
        probe.ask(request("shimx64.efi", "tsize", "0", "blksize", "1468", "windowsize", "4"));
        OptionAck answer = (OptionAck) probe.receive();
        assertThat(answer.options())
            .containsExactly(
                Map.entry("tsize", "10000"),
                Map.entry("blksize", "1468"),
                Map.entry("windowsize", "4"));
        probe.answer(new ErrorPacket(8, "User aborted\nthe transfer"));
        assertThat(logLine())
            .isEqualTo(
                "INFO TFTP /127.0.0.1:%d shimx64.efi: left after the options (a size probe?): the"
                    + " client sent error 8: User aborted?the transfer",
                probe.port());
      }
      try (TestClient client = new TestClient(server.port())) {
        ReadRequest request = request("shimx64.efi", "blksize", "1468", "windowsize", "4");
        assertThat(client.fetch(request)).isEqualTo(file);
      }
      assertThat(served.poll(10, TimeUnit.SECONDS)).isNotNull();
      assertThat(served).isEmpty();
    }
  }

  @Test
  void anAbortIsLoggedWithItsPlaceAndReason() throws Exception {
    write("x", 5000);
    try (TftpServer server = start(directory());
        TestClient client = new TestClient(server.port())) {
      client.ask(request("x"));
      assertThat(client.receive()).isInstanceOf(Data.class);
      client.answer(new Ack(1));
      assertThat(((Data) client.receive()).block()).isEqualTo(2);
      client.answer(new ErrorPacket(3, "disk full"));
      assertThat(logLine())
          .isEqualTo(
              "WARN TFTP /127.0.0.1:%d x: aborted at 512 of 5000 bytes: the client sent error 3:"
                  + " disk full",
              client.port());
    }
    assertThat(served).isEmpty();
  }

  @Test
  void aSilentClientIsSentTheBlockAgainAndThenLeft() throws Exception {
    write("x", 5000);
    try (TftpServer server = start(directory());
        TestClient client = new TestClient(server.port())) {
      client.ask(request("x"));
      TftpPacket first = client.receive();
      assertThat(client.receiveWithin(Duration.ofSeconds(10))).contains(first);
      assertThat(logLine())
          .endsWith("aborted at 0 of 5000 bytes: the client made no progress for 3 s");
    }
  }

  /** What each request that cannot be served gets, at once and from a port of its own. */
  @ParameterizedTest(name = "{0} ({1}): error {2}, {3}")
  @CsvSource({
    "revocations.efi, octet, 1, no such file",
    "'', octet, 2, the file name is empty",
    "../etc/passwd, octet, 2, a file name must not climb with '..'",
    "x, netascii, 4, mode is netascii; ask for octet",
    "x, mail, 4, mode is mail; ask for octet",
    "fault, octet, 0, fault in the server",
  })
  void refusals(String name, String mode, int code, String message) throws Exception {
    TftpFiles files = directory();
    TftpFiles faulty =
        asked -> {
          if (asked.equals("fault")) {
            throw new FileNotFoundException("the disk is on fire");
          }
          return files.find(asked);
        };
    try (TftpServer server = start(faulty);
        TestClient client = new TestClient(server.port())) {
      client.ask(new ReadRequest(name, mode, request("").options()));
      assertThat(client.receive()).isEqualTo(new ErrorPacket(code, message));
      assertThat(client.peer().toString()).doesNotEndWith(":" + server.port());
      assertThat(logLine())
          .startsWith(code == 0 ? "ERROR" : "INFO")
          .contains(name)
          .contains(code == 0 ? "aborted by a fault" : message);
    }
    // Only a file that is not there says something of the machine; closing waited for the observer.
    assertThat(List.copyOf(notServed))
        .isEqualTo(code == 1 ? List.of(new NotServed(LOOPBACK, name, message)) : List.of());
  }

  private void note(TftpServer.Outcome outcome) {
    switch (outcome) {
      case Served one -> served.add(one);
      case NotServed one -> notServed.add(one);
    }
  }

  @Test
  void writingIsRefused() throws Exception {
    try (TftpServer server = start(directory());
        TestClient client = new TestClient(server.port())) {
      client.ask(new WriteRequest("x\u0007", "octet", request("").options()));
      assertThat(client.receive()).isEqualTo(new ErrorPacket(2, "this server is read-only"));
      assertThat(logLine()).endsWith("wants to write x?: refused");
    }
  }

  @Test
  void aFileThatShrinksIsAFault() throws Exception {
    write("x", 5000);
    try (TftpServer server = start(directory());
        TestClient client = new TestClient(server.port())) {
      client.ask(request("x"));
      assertThat(client.receive()).isInstanceOf(Data.class);
      Files.write(directory.resolve("x"), new byte[700]);
      client.answer(new Ack(1));
      assertThat(client.receive()).isEqualTo(new ErrorPacket(0, "fault in the server"));
      assertThat(logLine()).startsWith("ERROR");
    }
  }

  @Test
  void anObserverThatFailsDoesNotMakeTheTransferFail() throws Exception {
    byte[] file = write("x", 10);
    try (TftpServer server =
            TftpServer.start(
                settings(0, 10),
                directory(),
                _ -> {
                  throw new IllegalStateException("observer");
                });
        TestClient client = new TestClient(server.port())) {
      assertThat(client.fetch(request("x"))).isEqualTo(file);
      assertThat(logLine()).contains("x: 10 bytes");
      assertThat(logLine()).startsWith("ERROR").contains("its observer failed");
    }
  }

  @Test
  void aPacketFromAForeignPortIsAnsweredWithError5() throws Exception {
    write("x", 600);
    try (TftpServer server = start(directory());
        TestClient client = new TestClient(server.port());
        TestClient stranger = new TestClient(server.port())) {
      client.ask(request("x"));
      assertThat(((Data) client.receive()).block()).isEqualTo(1);
      stranger.send(new ErrorPacket(0, "die"), client.peer());
      stranger.send(new Ack(1), client.peer());
      assertThat(stranger.receive()).isEqualTo(new ErrorPacket(5, "not your transfer"));
      client.answer(new Ack(1));
      assertThat(((Data) client.receive()).block()).isEqualTo(2);
      client.answer(new Ack(2));
      assertThat(logLine()).contains("x: 600 bytes");
      assertThat(stranger.receiveWithin(Duration.ofMillis(1)))
          .as("an answer to the ERROR")
          .isEmpty();
    }
  }

  @Test
  void aRepeatedRequestStartsNoSecondTransfer() throws Exception {
    write("x", 600);
    TftpFiles files = directory();
    AtomicInteger asked = new AtomicInteger();
    TftpFiles counting =
        name -> {
          asked.incrementAndGet();
          return files.find(name);
        };
    try (TftpServer server = start(counting);
        TestClient client = new TestClient(server.port());
        TestClient later = new TestClient(server.port())) {
      client.ask(request("x")).ask(request("x")).ask(request("x"));
      assertThat(((Data) client.receive()).block()).isEqualTo(1);
      client.ask(request("x")).answer(new Ack(1));
      assertThat(((Data) client.receive()).block()).isEqualTo(2);
      // The server takes requests in their order: with this one, the repeated ones were taken.
      assertThat(later.ask(new byte[] {0, 1, 'x'}).receive()).isInstanceOf(ErrorPacket.class);
      client.answer(new Ack(2));
      assertThat(logLine()).contains("x: 600 bytes");
    }
    assertThat(asked).hasValue(1);
  }

  @Test
  void aRequestWithOtherOptionsIsAnotherRequest() throws Exception {
    write("x", 600);
    try (TftpServer server = start(directory());
        TestClient client = new TestClient(server.port())) {
      client.ask(request("x", "tsize", "0"));
      assertThat(client.receive()).isInstanceOf(OptionAck.class);
      client.ask(request("x"));
      assertThat(client.receive()).isInstanceOf(Data.class);
    }
  }

  @Test
  void requestsBeyondTheLimitWaitForTheirTurn() throws Exception {
    write("x", 600);
    try (TftpServer server = TftpServer.start(settings(0, 1), directory(), this::note);
        TestClient first = new TestClient(server.port());
        TestClient second = new TestClient(server.port())) {
      first.ask(request("x"));
      assertThat(((Data) first.receive()).block()).isEqualTo(1);
      second.ask(request("x"));
      assertThat(logLine()).startsWith("WARN").contains("must ask again for x: all places are");
      first.answer(new ErrorPacket(0, "bye"));
      assertThat(logLine()).contains("error 0: bye");
      // The place is free a moment after the line in the log, so the client may have to ask again.
      while (second.ask(request("x")).receiveWithin(Duration.ofMillis(200)).isEmpty()) {}
      second.answer(new Ack(1));
      assertThat(((Data) second.receive()).block()).isEqualTo(2);
    }
  }

  @Test
  void whoAsksAndFallsSilentTakesOnlyItsOwnPlaces() throws Exception {
    byte[] file = random(100_000);
    TftpFiles found = name -> new Answer.Found(Content.of(file));
    Settings settings = new Settings("lo", LOOPBACK, 0, 64, 4, Limits.ETHERNET);
    try (TftpServer server = TftpServer.start(settings, found, this::note);
        TestClient rude = new TestClient(server.port());
        TestClient other = new TestClient("127.0.0.2", server.port());
        TestClient another = new TestClient("127.0.0.2", server.port());
        TestClient same = new TestClient(server.port())) {
      for (int i = 0; i < 10_000; i++) {
        rude.ask(request("f" + i));
      }
      // What comes behind a flood may be lost in the socket's buffer.
      while (other.ask(request("x")).receiveWithin(Duration.ofMillis(200)).isEmpty()) {}
      assertThat(another.fetch(request("x", "blksize", "1468", "windowsize", "4"))).isEqualTo(file);
      assertThat(server.transfers()).isBetween(1, 6);

      // Another client at the rude one's address waits until one of its transfers is idle.
      while (same.ask(request("x")).receiveWithin(Duration.ofMillis(200)).isEmpty()) {}
      assertThat(server.transfers()).isLessThanOrEqualTo(6);
      assertThat(log).anyMatch(line -> line.endsWith("aborted, another transfer needs its place"));
    }
  }

  @Test
  void whenAllPlacesAreTakenTheLongestIdleGoes() throws Exception {
    byte[] file = random(100_000);
    TftpFiles found = name -> new Answer.Found(Content.of(file));
    Settings settings = new Settings("lo", LOOPBACK, 0, 8, 4, Limits.ETHERNET);
    try (TftpServer server = TftpServer.start(settings, found, this::note);
        TestClient silent1 = new TestClient("127.0.0.2", server.port());
        TestClient silent2 = new TestClient("127.0.0.3", server.port());
        TestClient client = new TestClient("127.0.0.4", server.port())) {
      for (TestClient silent : List.of(silent1, silent2)) {
        for (int i = 0; i < 4; i++) {
          silent.ask(request("f" + i));
        }
      }
      while (server.transfers() < 8) {
        Thread.onSpinWait();
      }
      while (client.ask(request("x")).receiveWithin(Duration.ofMillis(200)).isEmpty()) {}
      assertThat(server.transfers()).isLessThanOrEqualTo(8);
    }
  }

  @Test
  void garbageHarmsNothing() throws Exception {
    byte[] file = write("x", 3000);
    SplittableRandom random = new SplittableRandom(7);
    try (TftpServer server = start(directory());
        TestClient garbage = new TestClient(server.port());
        TestClient client = new TestClient(server.port())) {
      for (int i = 0; i < 2000; i++) {
        byte[] bytes = new byte[random.nextInt(600)];
        random.nextBytes(bytes);
        if (bytes.length > 1 && i % 2 == 0) {
          bytes[0] = 0;
          bytes[1] = (byte) (3 + random.nextInt(5));
        }
        garbage.ask(bytes);
      }
      // The garbage fills the socket's buffer: what comes behind it may be lost.
      Optional<TftpPacket> answer = Optional.empty();
      while (answer.isEmpty()) {
        answer = garbage.ask(new byte[] {0, 1, 'x'}).receiveWithin(Duration.ofMillis(200));
      }
      assertThat(answer)
          .contains(new ErrorPacket(4, "malformed request, byte 2: no NUL ends the file name"));
      client.ask(request("x", "blksize", "1000"));
      assertThat(client.receive()).isInstanceOf(OptionAck.class);
      for (int i = 0; i < 50; i++) {
        byte[] bytes = new byte[random.nextInt(600)];
        random.nextBytes(bytes);
        client.send(new Data(i, ByteBuffer.wrap(bytes)), client.peer());
      }
      client.answer(new Ack(0));
      assertThat(((Data) client.receive()).payload())
          .isEqualTo(ByteBuffer.wrap(file, 0, 1000).slice());
    }
  }

  @Test
  void twoHundredAtOnce() throws Exception {
    Map<String, byte[]> files = new ConcurrentHashMap<>();
    for (int i = 0; i < 200; i++) {
      files.put("f" + i, random(50_000 + i));
    }
    TftpFiles found = name -> new Answer.Found(Content.of(files.getOrDefault(name, new byte[0])));
    try (TftpServer server = start(found);
        var clients = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<byte[]>> fetches = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        ReadRequest request =
            request("f" + i, "blksize", "1468", "windowsize", Integer.toString(1 + i % 8));
        fetches.add(() -> {
          try (TestClient client = new TestClient(server.port())) {
            return client.fetch(request);
          }
        });
      }
      List<Future<byte[]>> fetched = clients.invokeAll(fetches);
      for (int i = 0; i < 200; i++) {
        assertThat(fetched.get(i).get()).isEqualTo(files.get("f" + i));
      }
    }
    assertThat(served).hasSize(200);
    assertThat(log).hasSize(200).allMatch(line -> line.startsWith("INFO"));
  }

  @Test
  void closeTellsTheClients() throws Exception {
    write("x", 5000);
    try (TestClient client = runThenClose()) {
      assertThat(client.receive()).isEqualTo(new ErrorPacket(0, "the server stops"));
      assertThat(logLine()).endsWith("x: aborted, the server stops");
      assertThat(log).isEmpty();
      TftpServer.start(settings(client.serverPort(), 1), directory(), _ -> {}).close();
    }
  }

  private TestClient runThenClose() throws IOException {
    try (TftpServer server = start(directory())) {
      TestClient client = new TestClient(server.port());
      client.ask(request("x"));
      assertThat(((Data) client.receive()).block()).isEqualTo(1);
      return client;
    }
  }

  @Test
  void aTakenPortIsNamed() throws Exception {
    try (TftpServer server = start(directory())) {
      assertThatThrownBy(() -> TftpServer.start(settings(server.port(), 1), directory(), _ -> {}))
          .isInstanceOf(IOException.class)
          .hasMessage(
              "TFTP cannot listen on 127.0.0.1 port %1$d: Address already in use; 'ss -lunp sport ="
                  + " :%1$d' names the program that has it (dnsmasq? tftp.socket?): stop it",
              server.port());
    }
  }

  @Test
  void anAddressOfAnotherMachine() {
    Settings elsewhere = Settings.on("lo", Ipv4.parse("192.0.2.1"));
    assertThat(elsewhere.port()).isEqualTo(69);
    assertThatThrownBy(() -> TftpServer.start(elsewhere, directory(), _ -> {}))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "TFTP cannot listen on 192.0.2.1 port 69: no interface of this machine has that"
                + " address; 'ip -br address' lists those it has");
  }

  @Test
  void aPortWithoutPermission() {
    assertThat(TftpServer.advice(new BindException("Permission denied"), true, 69))
        .contains("CAP_NET_BIND_SERVICE");
  }

  private TftpFiles directory() {
    return name -> {
      Path file = directory.resolve(name);
      return Files.isRegularFile(file)
          ? new TftpFiles.Answer.Found(Content.open(file))
          : new TftpFiles.Answer.NotFound("no such file");
    };
  }

  private TftpServer start(TftpFiles files) throws IOException {
    return TftpServer.start(settings(0, 300), files, this::note);
  }

  private static Settings settings(int port, int transfers) {
    return new Settings(
        "lo", LOOPBACK, port, transfers, transfers, new Limits(1468, 64, Duration.ofSeconds(3)));
  }

  private String logLine() throws InterruptedException {
    String line = log.poll(10, TimeUnit.SECONDS);
    assertThat(line).as("a line in the log").isNotNull();
    return line;
  }

  private byte[] write(String name, int size) throws IOException {
    byte[] bytes = random(size);
    Files.createDirectories(directory.resolve(name).getParent());
    Files.write(directory.resolve(name), bytes);
    return bytes;
  }

  private static byte[] random(int size) {
    byte[] bytes = new byte[size];
    new SplittableRandom(size).nextBytes(bytes);
    return bytes;
  }

  private static void run(List<String> command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as("%s: %s", command, output).isZero();
  }
}
