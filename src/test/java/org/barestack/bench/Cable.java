package org.barestack.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.barestack.testing.Command;

/**
 * Two network namespaces with a cable between them: servers live at one end, their clients at the
 * other. What was started at either end goes when it is closed. Needs root.
 */
final class Cable implements AutoCloseable {
  /** The server's address; the network is 10.60.0.0/16. */
  static final String SERVER = "10.60.0.5";

  /** Addresses of other servers, for those that can run beside ours. */
  static final String SECOND = "10.60.0.6";

  static final String THIRD = "10.60.0.7";

  /** One address at the clients' end. */
  static final String CLIENT = "10.60.0.9";

  /** More of them, one for each of so many clients: servers count what one address asks for. */
  static final int MANY = 256;

  /** The interface at either end. */
  static final String DEVICE = "bench0";

  private final String servers = "bsb" + ProcessHandle.current().pid() + "s";
  private final String clients = "bsb" + ProcessHandle.current().pid() + "c";
  private final List<Process> running = Collections.synchronizedList(new ArrayList<>());

  private Cable() {}

  static Cable lay() {
    Cable cable = new Cable();
    try {
      ip("netns add " + cable.servers);
      ip("netns add " + cable.clients);
      ip(
          "-n %s link add %s type veth peer name %s netns %s"
              .formatted(cable.servers, DEVICE, DEVICE, cable.clients));
      cable.end(cable.servers, SERVER);
      cable.end(cable.servers, SECOND);
      cable.end(cable.servers, THIRD);
      cable.end(cable.clients, CLIENT);
      cable.addMany();
    } catch (AssertionError e) {
      cable.close();
      throw e;
    }
    return cable;
  }

  private void end(String namespace, String address) {
    ip("-n " + namespace + " link set lo up");
    ip("-n " + namespace + " addr add " + address + "/16 dev " + DEVICE);
    ip("-n " + namespace + " link set " + DEVICE + " up");
  }

  /** The address of one of many clients, counted from 0. */
  static String client(int i) {
    return "10.60.100." + i;
  }

  private void addMany() {
    String lines =
        IntStream.range(0, MANY)
            .mapToObj(i -> "addr add " + client(i) + "/16 dev " + DEVICE + "\n")
            .collect(Collectors.joining());
    Command.Result result = Command.of("ip", "-n", clients, "-batch", "-").input(lines).run();
    if (result.status() != 0) {
      throw new AssertionError(result.all());
    }
  }

  private static void ip(String words) {
    run(Stream.concat(Stream.of("ip"), Stream.of(words.split(" "))).toArray(String[]::new));
  }

  /** Runs a program at the servers' end, with its output in a file, until it is stopped. */
  Process serve(Path log, String... command) throws IOException {
    return start(servers, log, command);
  }

  /** Runs a program at the clients' end, with its output in a file. */
  Process ask(Path log, String... command) throws IOException {
    return start(clients, log, command);
  }

  private Process start(String namespace, Path log, String... command) throws IOException {
    Process process =
        new ProcessBuilder(inside(namespace, command))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    running.add(process);
    return process;
  }

  /** Runs a program at the clients' end to its end, and returns what it printed. */
  String asked(String... command) {
    return run(inside(clients, command).toArray(String[]::new));
  }

  /** Runs a program at the clients' end to its end, however that is. */
  Command.Result tried(String... command) {
    return Command.of(inside(clients, command).toArray(String[]::new)).run();
  }

  private static List<String> inside(String namespace, String... command) {
    return Stream.concat(Stream.of("ip", "netns", "exec", namespace), Stream.of(command)).toList();
  }

  /** Runs a program of this class path at the clients' end, and returns what it printed. */
  String asked(Class<?> main, String... arguments) {
    List<String> words =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
    words.addAll(List.of(arguments));
    return asked(words.toArray(String[]::new));
  }

  /** Ends a program that was started here, and waits for it. */
  void stop(Process process) {
    process.destroy();
    if (process.onExit().completeOnTimeout(process, 20, TimeUnit.SECONDS).join().isAlive()) {
      process.destroyForcibly().onExit().join();
    }
    running.remove(process);
  }

  static String run(String... command) {
    Command.Result result = Command.of(command).run();
    if (result.status() != 0) {
      throw new AssertionError(String.join(" ", command) + ": " + result.all());
    }
    return result.output();
  }

  @Override
  public void close() {
    List.copyOf(running)
        .forEach(process -> {
          process.destroyForcibly();
          process.onExit().join();
        });
    Command.of("ip", "netns", "del", servers).run();
    Command.of("ip", "netns", "del", clients).run();
  }
}
