package org.barestack.rehearse;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.Writer;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** One run of QEMU: its serial port, and its control connection (QMP). */
final class QemuProcess {
  /** Why it ended. */
  enum End {
    /** The guest, or we, asked for a reset. */
    RESET,
    /** Power off, a signal, or a fault of QEMU's own. */
    OFF
  }

  private final Path socketDirectory;
  private final ServerSocketChannel listener;
  private final Process process;
  private final Thread serial;
  private final Thread control;
  private final CompletableFuture<Writer> commands = new CompletableFuture<>();
  private volatile boolean reset;

  /**
   * Starts it.
   *
   * @param command the command line, given the socket that QEMU is to connect to
   * @param log where the bytes of the serial port are added
   */
  QemuProcess(Function<Path, List<String>> command, SerialConsole console, Path log)
      throws IOException {
    // not below the machine's directory: a Unix socket's path has at most 107 bytes
    socketDirectory = Files.createTempDirectory("barestack-qmp");
    Path socket = socketDirectory.resolve("qmp");
    listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listener.bind(UnixDomainSocketAddress.of(socket));
    process =
        new ProcessBuilder(command.apply(socket))
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .start();
    // Reading a pipe holds the carrier of a virtual thread: two machines on two cores would stop
    // all.
    serial = Thread.ofPlatform().daemon().name("serial").start(() -> readSerial(console, log));
    control = Thread.ofVirtual().name("qmp").start(this::readControl);
  }

  private void readSerial(SerialConsole console, Path log) {
    try (InputStream port = process.getInputStream();
        OutputStream copy =
            Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
      console.read(port, copy);
    } catch (IOException e) {
      console.ended("reading the serial port failed: " + e.getMessage());
    }
  }

  /** QMP is JSON lines: a greeting, the capabilities handshake, then answers and events. */
  private void readControl() {
    try (SocketChannel channel = listener.accept()) {
      BufferedReader lines =
          new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
      Writer writer = Channels.newWriter(channel, StandardCharsets.UTF_8);
      lines.readLine();
      write(writer, "\"execute\":\"qmp_capabilities\"");
      lines.readLine();
      commands.complete(writer);
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        // reasons guest-reset and host-qmp-system-reset; -no-reboot makes them a shutdown
        reset |= line.contains("\"SHUTDOWN\"") && line.contains("reset\"");
      }
    } catch (IOException e) {
      commands.completeExceptionally(e);
    }
  }

  private static void write(Writer writer, String command) throws IOException {
    writer.write("{" + command + "}\n");
    writer.flush();
  }

  /** Sends a QMP command without arguments, as {@code system_reset}. */
  void execute(String command) throws IOException {
    send("\"execute\":\"" + command + "\"");
  }

  /**
   * Presses a key and lets it go.
   *
   * @param key as QEMU calls it (QKeyCode), such as {@code ret}, {@code down} or {@code a}
   */
  void press(String key) throws IOException {
    send(
        """
        "execute":"send-key","arguments":{"keys":[{"type":"qcode","data":"%s"}]}\
        """
            .formatted(key));
  }

  private void send(String command) throws IOException {
    try {
      write(commands.join(), command);
    } catch (CompletionException e) {
      throw new IOException("QEMU cannot be reached for " + command, e);
    }
  }

  /** Pulls the plug: SIGKILL, since QEMU brings what is under way to the disk at a SIGTERM. */
  void stop() {
    process.destroyForcibly();
  }

  /** Waits until it has ended and everything that it printed was read. */
  End await() throws IOException, InterruptedException {
    process.waitFor();
    serial.join();
    listener.close();
    control.join();
    Files.deleteIfExists(socketDirectory.resolve("qmp"));
    Files.deleteIfExists(socketDirectory);
    return reset ? End.RESET : End.OFF;
  }

  int status() {
    return process.exitValue();
  }
}
