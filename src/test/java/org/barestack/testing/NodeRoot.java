package org.barestack.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.barestack.testing.Command.Result;
import org.jspecify.annotations.Nullable;

/**
 * A node's root file system that really boots: Debian with systemd in a container, from {@code
 * src/noderoot}. What a test changes lies in an overlay of its own, which outlives power cuts and
 * goes when this is closed. Its network is a cable to another network namespace, in which the test
 * may run servers; nothing of it is to be seen on this host. Needs root.
 */
public final class NodeRoot implements AutoCloseable {
  private static final Path BUILT = Path.of("target/noderoot").toAbsolutePath();
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final AtomicInteger COUNT = new AtomicInteger();

  /** What a host's own services write at any time. */
  private static final List<String> RESTLESS =
      List.of(
          "run",
          "tmp",
          "var/tmp",
          "var/log",
          "var/lib/mysql",
          "var/lib/systemd",
          "var/cache",
          "var/lib/NetworkManager",
          "var/lib/double",
          "etc/resolv.conf",
          "root");

  private final String name = "bsn" + ProcessHandle.current().pid() + "n" + COUNT.incrementAndGet();
  private final Path folder = BUILT.resolve("run-" + name);
  private final List<Process> servers = new ArrayList<>();
  private @Nullable Process container;
  private long leader;

  private NodeRoot() {}

  /**
   * Makes one that is switched off; the first on a host takes two minutes and the network.
   *
   * @param address of the node, with its prefix length
   * @param other the address at the other end of its cable, which is its gateway
   */
  public static NodeRoot create(String address, String other) {
    must("src/noderoot/build.sh", BUILT.resolve("root").toString());
    NodeRoot made = new NodeRoot();
    try {
      made.layCable(address, other);
      for (String part : List.of("upper", "work", "merged")) {
        Files.createDirectories(made.folder.resolve(part));
      }
      must(
          "mount",
          "-t",
          "overlay",
          "overlay",
          "-o",
          "lowerdir=%s,upperdir=%s,workdir=%s"
              .formatted(
                  BUILT.resolve("root"), made.folder.resolve("upper"), made.folder.resolve("work")),
          made.path("").toString());
      return made;
    } catch (IOException e) {
      made.close();
      throw new UncheckedIOException(e);
    } catch (AssertionError e) {
      made.close();
      throw e;
    }
  }

  /** The signed packages of doubles: repo/, right.asc, wrong.asc. */
  public static Path packages() {
    must("src/noderoot/build.sh", BUILT.resolve("root").toString());
    must(
        "src/noderoot/repository.sh",
        BUILT.resolve("root").toString(),
        BUILT.resolve("repository").toString());
    return BUILT.resolve("repository");
  }

  private void layCable(String address, String other) {
    String node = name + "a";
    String world = name + "b";
    String prefix = address.substring(address.indexOf('/'));
    must("ip", "netns", "add", node);
    must("ip", "netns", "add", world);
    must(
        "ip", "-n", node, "link", "add", "eth0", "type", "veth", "peer", "name", "eth0", "netns",
        world);
    for (String end : List.of(node, world)) {
      must(
          "ip",
          "-n",
          end,
          "addr",
          "add",
          end.equals(node) ? address : other + prefix,
          "dev",
          "eth0");
      must("ip", "-n", end, "link", "set", "lo", "up");
      must("ip", "-n", end, "link", "set", "eth0", "up");
    }
    must("ip", "-n", node, "route", "add", "default", "via", other);
  }

  /** Where that path of the node is on this host. */
  public Path path(String path) {
    return folder.resolve("merged" + path);
  }

  /** Puts a file there. */
  public void put(String path, String mode, String text) {
    try {
      Path file = path(path);
      Files.createDirectories(file.resolveSibling(""));
      Files.writeString(file, text);
      must("chmod", mode, file.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts a server at the other end of the cable and waits for its first line. */
  public void serve(String... command) {
    try {
      Process process =
          new ProcessBuilder(
                  Stream.concat(Stream.of("ip", "netns", "exec", name + "b"), Stream.of(command))
                      .toList())
              .redirectError(folder.resolve("server.log").toFile())
              .start();
      servers.add(process);
      if (process.inputReader(UTF_8).readLine() == null) {
        throw new AssertionError(List.of(command) + " did not start");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a program at the other end of the cable. */
  public Result outside(String... command) {
    return within("b", command);
  }

  /** Runs a program of this host at the node's end, as if the node did; it may be off. */
  public Result inNetwork(String... command) {
    return within("a", command);
  }

  private Result within(String end, String... command) {
    return Command.of(
            Stream.concat(Stream.of("ip", "netns", "exec", name + end), Stream.of(command))
                .toArray(String[]::new))
        .run();
  }

  /** Switches it on and waits until its system is up. */
  public void boot() {
    try {
      Process started =
          new ProcessBuilder(
                  "systemd-nspawn",
                  "-q",
                  "-D",
                  path("").toString(),
                  "--boot",
                  "--network-namespace-path=/run/netns/" + name + "a",
                  "--register=no",
                  "--capability=CAP_NET_ADMIN,CAP_NET_RAW",
                  "--keep-unit",
                  "--machine=" + name,
                  "--console=pipe")
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectErrorStream(true)
              .redirectOutput(
                  ProcessBuilder.Redirect.appendTo(folder.resolve("console.log").toFile()))
              .start();
      container = started;
      long end = System.nanoTime() + DEADLINE.toNanos();
      leader = 0;
      while (true) {
        if (!started.isAlive() || System.nanoTime() > end) {
          throw new AssertionError(
              "it does not boot:\n" + Files.readString(folder.resolve("console.log")));
        }
        // systemd-nspawn has short-lived children, too, before systemd is its one child
        leader =
            started
                .toHandle()
                .children()
                .filter(child -> child.info().command().orElse("").endsWith("/systemd"))
                .findFirst()
                .map(ProcessHandle::pid)
                .orElse(0L);
        if (leader != 0
            && Set.of("running", "degraded")
                .contains(run("systemctl", "is-system-running").output().strip())) {
          return;
        }
        LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a program in it, as root and with root's usual environment. */
  public Result run(String... command) {
    return inside(List.of(command)).run();
  }

  /** Starts a program in it. */
  public Process start(String... command) {
    return inside(List.of(command)).start();
  }

  private Command inside(List<String> command) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "nsenter",
                "-t",
                Long.toString(leader),
                "-a",
                "env",
                "-i",
                "HOME=/root",
                "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"));
    words.addAll(command);
    return Command.of(words.toArray(String[]::new));
  }

  /** Runs a line of bash in it, which must work. */
  public String bash(String line) {
    Result result = run("/bin/bash", "-c", line);
    if (result.status() != 0) {
      throw new AssertionError(line + ": " + result.all());
    }
    return result.output();
  }

  /** The container's first process is killed, and so everything in it at once. */
  public void powerCut() {
    Process running = container;
    if (running == null) {
      return;
    }
    if (leader != 0) {
      ProcessHandle.of(leader).ifPresent(ProcessHandle::destroyForcibly);
    }
    try {
      if (!running.waitFor(20, TimeUnit.SECONDS)) {
        running.destroyForcibly();
        running.waitFor(20, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    container = null;
  }

  /**
   * Every file that was changed since the node was made: path, mode, owner, size and time of the
   * change. Without what a running system writes at any time.
   */
  public List<String> files() {
    List<String> words = new ArrayList<>(List.of("find", ".", "("));
    for (String each : RESTLESS) {
      words.addAll(List.of("-path", "./" + each, "-o"));
    }
    words.removeLast();
    words.addAll(
        List.of(")", "-prune", "-o", "!", "-type", "d", "-printf", "%p %m %U:%G %s %T@ %l\n"));
    List<String> command =
        new ArrayList<>(
            List.of(
                "/bin/bash", "-c", "cd \"$0\" && exec \"$@\"", folder.resolve("upper").toString()));
    command.addAll(words);
    Result result = Command.of(command.toArray(String[]::new)).run();
    if (result.status() != 0) {
      throw new AssertionError(result.all());
    }
    return result.output().lines().sorted().toList();
  }

  @Override
  public void close() {
    powerCut();
    for (Process server : servers) {
      server.descendants().forEach(ProcessHandle::destroyForcibly);
      server.destroyForcibly();
    }
    Command.of("umount", path("").toString()).run();
    for (String end : List.of("a", "b")) {
      Command.of("ip", "netns", "del", name + end).run();
    }
    Command.of("rm", "-rf", folder.toString()).run();
  }

  private static void must(String... command) {
    Result result = Command.of(command).run();
    if (result.status() != 0) {
      throw new AssertionError(List.of(command) + ": " + result.all());
    }
  }
}
