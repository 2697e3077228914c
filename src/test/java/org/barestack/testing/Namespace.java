package org.barestack.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A network namespace with one interface, eth0, at the other end of a cable to this host. It and
 * the programs in it go when it is closed. Needs root.
 */
public final class Namespace implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofSeconds(60);
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final String name = "bsd" + ProcessHandle.current().pid() + "n" + COUNT.incrementAndGet();
  private final List<Program> programs = new ArrayList<>();

  private Namespace() {}

  /**
   * Lays the cable.
   *
   * @param hostAddress of the host's end, with its prefix length
   * @param mac of eth0
   */
  public static Namespace open(String hostAddress, String mac) {
    Namespace made = new Namespace();
    String name = made.name;
    try {
      run("ip", "netns", "add", name);
      run(
          Stream.of("ip link add", name, "type veth peer name eth0 address", mac, "netns", name)
              .flatMap(words -> Stream.of(words.split(" ")))
              .toArray(String[]::new));
      run("ip", "addr", "add", hostAddress, "dev", name);
      run("ip", "link", "set", name, "up");
      run("ip", "-n", name, "link", "set", "lo", "up");
      run("ip", "-n", name, "link", "set", "eth0", "up");
      return made;
    } catch (IllegalStateException e) {
      made.close();
      throw e;
    }
  }

  /** What {@code ip netns} calls it. */
  public String name() {
    return name;
  }

  /** The host's end of the cable. */
  public String hostDevice() {
    return name;
  }

  /** Starts a program inside; its output and its errors can be waited for. */
  public Program start(String... command) {
    Program program =
        new Program(
            Stream.concat(Stream.of("ip", "netns", "exec", name), Stream.of(command)).toList());
    programs.add(program);
    return program;
  }

  /** Starts a program on the host itself; the caller closes it. */
  public static Program startOnHost(String... command) {
    return new Program(List.of(command));
  }

  /** Runs a program on the host to its end. */
  public static void run(String... command) {
    try (Program program = new Program(List.of(command))) {
      int status = program.exitStatus();
      if (status != 0) {
        throw new IllegalStateException(program + " ended with " + status);
      }
    }
  }

  @Override
  public void close() {
    programs.forEach(Program::close);
    // The cable has two ends, so it goes with either.
    try (Program delete = new Program(List.of("ip", "netns", "del", name))) {
      delete.exitStatus();
    }
  }

  /** A program that runs. */
  public static final class Program implements AutoCloseable {
    private final List<String> command;
    private final Process process;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final Queue<String> output = new ConcurrentLinkedQueue<>();
    private final Thread reader;

    Program(List<String> command) {
      this.command = command;
      try {
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      reader = Thread.startVirtualThread(this::read);
    }

    private void read() {
      try (BufferedReader in = process.inputReader(UTF_8)) {
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          output.add(line);
          lines.add(line);
        }
      } catch (IOException e) {
        output.add(e.toString());
      }
    }

    /** The first line not yet waited for that holds the text. */
    public String await(String text) {
      long deadline = System.nanoTime() + DEADLINE.toNanos();
      try {
        while (true) {
          String line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
          if (line == null) {
            throw new AssertionError("'" + text + "' never came from " + this);
          }
          if (line.contains(text)) {
            return line;
          }
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    /** Sends a signal, such as USR1. */
    public void signal(String signal) {
      run("kill", "-" + signal, Long.toString(process.pid()));
    }

    /** Waits for its end. */
    public int exitStatus() {
      try {
        if (!process.waitFor(DEADLINE)) {
          throw new AssertionError("no end of " + this);
        }
        reader.join();
        return process.exitValue();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public void close() {
      process.destroyForcibly();
      exitStatus();
    }

    /** What was started, and all that it has said. */
    @Override
    public String toString() {
      return String.join(" ", command) + "\n" + String.join("\n", output);
    }
  }
}
