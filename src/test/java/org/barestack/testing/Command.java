package org.barestack.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A program run to its end. One that hangs is ended. */
public final class Command {
  /** Debian's package for programs that are not called like it. */
  private static final Map<String, String> PACKAGES =
      Map.ofEntries(
          Map.entry("bsdtar", "libarchive-tools"),
          Map.entry("checkisomd5", "isomd5sum"),
          Map.entry("fsck.fat", "dosfstools"),
          Map.entry("gpg", "gnupg"),
          Map.entry("implantisomd5", "isomd5sum"),
          Map.entry("isoinfo", "genisoimage"),
          Map.entry("mcopy", "mtools"),
          Map.entry("mdir", "mtools"),
          Map.entry("mkfs.vfat", "dosfstools"),
          Map.entry("nmcli", "network-manager"),
          Map.entry("rpmbuild", "rpm"),
          Map.entry("rpmkeys", "rpm"),
          Map.entry("rpmsign", "rpm"),
          Map.entry("sgdisk", "gdisk"),
          Map.entry("systemd-analyze", "systemd"),
          Map.entry("systemd-nspawn", "systemd-container"),
          Map.entry("visudo", "sudo"));

  private static final Duration LIMIT = Duration.ofMinutes(15);

  private final List<String> words;
  private final Map<String, String> environment = new LinkedHashMap<>();
  private String input = "";

  private Command(List<String> words) {
    this.words = words;
  }

  /** What it answered. */
  public record Result(int status, String output, String errors) {
    /** Both streams, for messages. */
    public String all() {
      return "status " + status + "\n" + output + errors;
    }
  }

  /** A program and its arguments. */
  public static Command of(String... words) {
    return new Command(List.of(words));
  }

  /** With one more variable in its environment. */
  public Command with(String variable, Object value) {
    environment.put(variable, value.toString());
    return this;
  }

  /** With that on its standard input. */
  public Command input(String text) {
    input = text;
    return this;
  }

  /** Starts it. */
  public Process start() {
    ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(words));
    builder.environment().putAll(environment);
    try {
      return builder.start();
    } catch (IOException e) {
      String program = Path.of(words.getFirst()).getFileName().toString();
      throw new AssertionError(
          "cannot run "
              + program
              + "; is the package "
              + PACKAGES.getOrDefault(program, program)
              + " installed?",
          e);
    }
  }

  /** Runs it to its end. */
  public Result run() {
    Process process = start();
    try {
      Thread feeder =
          Thread.ofVirtual()
              .start(() -> {
                try (var out = process.getOutputStream()) {
                  out.write(input.getBytes(StandardCharsets.UTF_8));
                } catch (IOException e) {
                  // the program did not want all of it
                }
              });
      StringBuilder errors = new StringBuilder();
      Thread reader = Thread.ofVirtual().start(() -> errors.append(text(process.errorReader())));
      // Reading ends when the program does, so something else must see that it does.
      CompletableFuture<Process> ended =
          process.onExit().orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS);
      ended.exceptionally(_ -> process.destroyForcibly());
      String output = text(process.inputReader());
      feeder.join();
      reader.join();
      process.waitFor();
      if (ended.isCompletedExceptionally()) {
        throw new AssertionError(words + " did not end within " + LIMIT + ": " + output + errors);
      }
      return new Result(process.exitValue(), output, errors.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static String text(java.io.Reader reader) {
    try {
      return reader.readAllAsString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
