package org.barestack.node;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * A program for a network namespace: {@code listen PORT...} until it is ended, or {@code try
 * ADDRESS PORT...}, which prints for each port whether it was reached, and for the address whether
 * it answers a ping.
 */
final class Ports {
  /** Long enough for a busy machine; only what is silently dropped takes it. */
  private static final int PATIENCE_MS = 4000;

  private Ports() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    if (args[0].equals("listen")) {
      listen(List.of(args).subList(1, args.length));
    } else {
      tryAll(InetAddress.getByName(args[1]), List.of(args).subList(2, args.length));
    }
  }

  private static void listen(List<String> ports) throws IOException, InterruptedException {
    List<ServerSocketChannel> channels = new ArrayList<>();
    for (String port : ports) {
      channels.add(
          ServerSocketChannel.open().bind(new InetSocketAddress(Integer.parseInt(port)), 500));
    }
    System.out.println("listening on " + channels.size() + " ports");
    // the kernel accepts for us
    Thread.sleep(Long.MAX_VALUE);
  }

  private static void tryAll(InetAddress address, List<String> ports) throws InterruptedException {
    List<Callable<String>> attempts = new ArrayList<>();
    attempts.add(() -> "ping " + (address.isReachable(PATIENCE_MS) ? "reached" : "silent"));
    ports.forEach(port ->
        attempts.add(
            () -> port + " " + attempt(new InetSocketAddress(address, Integer.parseInt(port)))));
    try (var executor = Executors.newFixedThreadPool(attempts.size())) {
      for (Future<String> future : executor.invokeAll(attempts)) {
        System.out.println(future.get());
      }
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  private static String attempt(InetSocketAddress target) {
    try (Socket socket = new Socket()) {
      socket.connect(target, PATIENCE_MS);
      return "reached";
    } catch (ConnectException | NoRouteToHostException e) {
      return "refused";
    } catch (IOException e) {
      return "silent";
    }
  }
}
