package org.barestack.storm;

import java.io.Closeable;
import java.io.IOException;
import java.io.Writer;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.barestack.model.Ipv4;

/**
 * The addresses that machines have been leased, on the interface that they are behind: a server
 * that counts clients sees as many as there are. One {@code ip -batch} takes them, since a process
 * for each would be the storm itself.
 */
final class Addresses implements Closeable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(50);

  private final String device;
  private final Process batch;
  private final Writer commands;
  private final Set<Ipv4> taken = ConcurrentHashMap.newKeySet();

  Addresses(String device) throws IOException {
    this.device = device;
    this.batch =
        new ProcessBuilder("ip", "-force", "-batch", "-")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    this.commands = batch.outputWriter(StandardCharsets.US_ASCII);
  }

  /** Gives this host that address, and waits until it can be used. */
  InetAddress take(Ipv4 address) throws IOException, InterruptedException {
    InetAddress wanted = InetAddress.ofLiteral(address.toString());
    if (taken.add(address)) {
      say("add", address);
    }
    long until = System.nanoTime() + PATIENCE.toNanos();
    long pause = 1;
    while (!isOurs(wanted)) {
      if (System.nanoTime() > until) {
        throw new IOException(
            device + " does not take the address " + address + ": this needs root (CAP_NET_ADMIN)");
      }
      Thread.sleep(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE.toMillis());
    }
    return wanted;
  }

  private synchronized void say(String verb, Ipv4 address) throws IOException {
    commands.write("address " + verb + " " + address + "/32 dev " + device + "\n");
    commands.flush();
  }

  private static boolean isOurs(InetAddress address) {
    try (DatagramSocket probe = new DatagramSocket(new InetSocketAddress(address, 0))) {
      return probe.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  /** Takes all of them away again. */
  @Override
  public void close() throws IOException {
    for (Ipv4 address : taken) {
      say("delete", address);
    }
    commands.close();
    try {
      if (!batch.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        batch.destroy();
      }
    } catch (InterruptedException e) {
      batch.destroy();
      Thread.currentThread().interrupt();
    }
  }
}
