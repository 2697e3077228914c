package org.barestack.shell;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The system's shellcheck program, where it is installed. It finds much that {@link ShellSyntax}
 * does not look for, such as unquoted variables; nothing depends on it.
 */
public final class Shellcheck {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path program;
  private final Duration limit;

  /**
   * @param program its file
   * @param limit how long one script may take
   */
  Shellcheck(Path program, Duration limit) {
    this.program = program;
    this.limit = limit;
  }

  /** A script and the language that it is in, which is not {@link Dialect#OTHER}. */
  public record Script(String text, Dialect dialect) {
    public Script {
      if (dialect == Dialect.OTHER) {
        throw new IllegalArgumentException("shellcheck knows shells only");
      }
    }
  }

  /** How bad shellcheck takes it. Its {@code info} and {@code style} are left out. */
  public enum Level {
    /** The script does not work. */
    ERROR,
    /** It may well do something else than is meant. */
    WARNING
  }

  /**
   * What it says of one place.
   *
   * @param line from 1
   * @param column from 1, in characters
   * @param code the number of its rule, 2086 for SC2086
   */
  public record Finding(int line, int column, Level level, int code, String message)
      implements Comparable<Finding> {
    private static final Comparator<Finding> ORDER =
        Comparator.comparingInt(Finding::line)
            .thenComparingInt(Finding::column)
            .thenComparing(Finding::level)
            .thenComparingInt(Finding::code)
            .thenComparing(Finding::message);

    /** In the order of the script. */
    @Override
    public int compareTo(Finding other) {
      return ORDER.compare(this, other);
    }
  }

  /** What came of one script. */
  public sealed interface Result {
    /** It was checked. */
    record Checked(List<Finding> findings) implements Result {
      public Checked {
        findings = List.copyOf(findings);
      }
    }

    /** It was not: the program did not run, took too long, or answered what is not understood. */
    record Failed(String reason) implements Result {}
  }

  /** The program on this process's PATH; empty if it is not installed. */
  public static Optional<Shellcheck> installed() {
    return onPath(Optional.ofNullable(System.getenv("PATH")).orElse(""));
  }

  /** The program in one of these folders, separated as in PATH. */
  static Optional<Shellcheck> onPath(String path) {
    return Arrays.stream(path.split(File.pathSeparator, -1))
        .filter(folder -> folder.startsWith("/")) // never what lies in the current folder
        .map(folder -> Path.of(folder, "shellcheck"))
        .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
        .findFirst()
        .map(file -> new Shellcheck(file, LIMIT));
  }

  /** Which file is run. */
  public Path program() {
    return program;
  }

  /**
   * Checks scripts, each distinct one once, as many at a time as there are processors.
   *
   * @return a result for each distinct script, in their order
   */
  public Map<Script, Result> check(Collection<Script> scripts) {
    Map<Script, Future<Result>> runs = new LinkedHashMap<>();
    try (ExecutorService threads =
        Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors())) {
      for (Script script : scripts) {
        runs.computeIfAbsent(script, one -> threads.submit(() -> run(one)));
      }
      Map<Script, Result> results = new LinkedHashMap<>();
      for (Map.Entry<Script, Future<Result>> run : runs.entrySet()) {
        results.put(run.getKey(), result(run.getValue()));
      }
      return results;
    }
  }

  private static Result result(Future<Result> run) {
    try {
      return run.get();
    } catch (InterruptedException e) {
      run.cancel(true);
      Thread.currentThread().interrupt();
      return new Result.Failed("it was interrupted");
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
  }

  private Result run(Script script) {
    ProcessBuilder builder =
        new ProcessBuilder(
            program.toString(),
            "--norc", // the same findings whoever runs it, and where
            "-f",
            "json1", // a tab is one column, as everywhere else
            "-S",
            "warning",
            "-s",
            script.dialect().name().toLowerCase(Locale.ROOT),
            "-");
    builder.environment().remove("SHELLCHECK_OPTS");
    builder
        .environment()
        .put("LC_ALL", "C.UTF-8"); // it decodes by this, and stops at what it can't
    try {
      Process process = builder.start();
      try {
        return answer(process, script.text());
      } finally {
        process.destroyForcibly();
      }
    } catch (IOException e) {
      return new Result.Failed(program + " cannot be run: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Result.Failed("it was interrupted");
    }
  }

  private Result answer(Process process, String script) throws InterruptedException {
    Thread.ofVirtual().start(() -> feed(process, script));
    FutureTask<byte[]> output = new FutureTask<>(() -> process.getInputStream().readAllBytes());
    FutureTask<byte[]> errors = new FutureTask<>(() -> process.getErrorStream().readAllBytes());
    Thread.ofVirtual().start(output);
    Thread.ofVirtual().start(errors);
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      return new Result.Failed(program + " did not end within " + limit.toSeconds() + " s");
    }
    int status = process.exitValue();
    try {
      // what it started may hold the pipes open; a short while is enough to read what is in them
      String answer = new String(output.get(5, TimeUnit.SECONDS), StandardCharsets.UTF_8);
      if (status > 1) {
        String said = new String(errors.get(5, TimeUnit.SECONDS), StandardCharsets.UTF_8).strip();
        return new Result.Failed(
            program + " ended with status " + status + (said.isEmpty() ? "" : ": " + said));
      }
      return new Result.Checked(findings(answer));
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return new Result.Failed(
          program
              + " answered what is not understood: "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    } catch (ExecutionException | TimeoutException e) {
      return new Result.Failed(program + " closed its output too early, or not at all");
    }
  }

  private static void feed(Process process, String script) {
    try (var in = process.getOutputStream()) {
      in.write(script.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      // it ended before it read all; its status says why
    }
  }

  private static final Set<String> LEFT_OUT = Set.of("info", "style");

  private static List<Finding> findings(String answer) throws JsonProcessingException {
    JsonNode comments = JSON.readTree(answer).path("comments");
    if (!comments.isArray()) {
      throw new IllegalArgumentException("no comments in it");
    }
    List<Finding> findings = new ArrayList<>();
    for (JsonNode comment : comments) {
      String level = text(comment, "level");
      if (!LEFT_OUT.contains(level)) {
        findings.add(
            new Finding(
                number(comment, "line"),
                number(comment, "column"),
                Level.valueOf(level.toUpperCase(Locale.ROOT)),
                number(comment, "code"),
                text(comment, "message")));
      }
    }
    return List.copyOf(new TreeSet<>(findings));
  }

  private static int number(JsonNode comment, String name) {
    JsonNode value = comment.path(name);
    if (!value.isInt() || value.intValue() < 1) {
      throw new IllegalArgumentException("a comment has no " + name);
    }
    return value.intValue();
  }

  private static String text(JsonNode comment, String name) {
    JsonNode value = comment.path(name);
    if (!value.isTextual()) {
      throw new IllegalArgumentException("a comment has no " + name);
    }
    return value.textValue();
  }
}
