package org.barestack.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.barestack.testing.LargeSite;

/** What the program itself costs: the time of a command, the start and the memory of a server. */
final class CommandPart implements Part {
  private static final String BARESTACK = Path.of("barestack").toAbsolutePath().toString();

  /** Of a missed goal. */
  private static final String NOTE =
      "Some 300 classes are read from their jars at each start, in spite of the ahead-of-time"
          + " cache; picocli and jinjava's expression language have the class format of Java 5,"
          + " which that cache does not take. Next: these in a newer format.";

  /** KiB, in which the kernel counts, in a MiB. */
  private static final double MIB = 1024;

  @Override
  public String name() {
    return "command";
  }

  @Override
  public String title() {
    return "Commands, start and memory";
  }

  @Override
  public String method() {
    return """
    `./barestack` as it is typed, its shell script and a new JVM with its ahead-of-time cache \
    included, from before it is started until it has ended. A figure is the median of ten runs \
    in a row, of `validate` of three. `serve` runs in a network namespace with the site's \
    release and loaders there and an empty journal; its start is from before the command until \
    it says `serving site`, when all its ports are open. Its memory is what \
    `/proc/PID/status` says when nobody has asked it anything for ten seconds: resident now, \
    and the most it ever was. Nobody else makes a site's kickstarts and serves them in one \
    program, so the goals are limits.
    """;
  }

  @Override
  public List<Result> run(Setting setting) throws Exception {
    Path large = setting.folder().resolve("large");
    LargeSite.write(large, setting.size(1_000, 50), Cable.DEVICE);
    Path small = setting.folder().resolve("small");
    LargeSite.write(small, 2, Cable.DEVICE);
    Path httpRoot = setting.folder().resolve("http-root");
    LargeSite.release(httpRoot, 1 << 20);
    String site = small.toString();
    String nodes = "%d nodes".formatted(setting.size(1_000, 50));
    int runs = setting.size(10, 1);
    List<Result> results = new ArrayList<>();
    results.add(time("`barestack --version`", runs, setting, Double.NaN, "--version"));
    results.add(
        time(
            "`barestack render-kickstart NODE`",
            runs,
            setting,
            0.4,
            "render-kickstart",
            "--site",
            site,
            "kvm1"));
    results.add(
        time(
            "`barestack validate --offline`, " + nodes,
            setting.size(3, 1),
            setting,
            2,
            "validate",
            "--offline",
            "--site",
            large.toString()));
    try (Cable cable = Cable.lay()) {
      results.add(start("2 nodes", small, cable, httpRoot, setting));
      results.add(start(nodes, large, cable, httpRoot, setting));
      results.addAll(memory("2 nodes", small, cable, httpRoot, setting));
      results.addAll(memory(nodes, large, cable, httpRoot, setting));
    }
    return results.stream()
        .map(result ->
            result.reached() || !result.what().contains("render-kickstart")
                ? result
                : result.noting(NOTE))
        .toList();
  }

  /**
   * @param limit NaN for none
   */
  private static Result time(
      String what, int runs, Setting setting, double limit, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(BARESTACK));
    command.addAll(List.of(arguments));
    String[] words = command.toArray(String[]::new);
    Contest contest =
        Contest.less(what, "s")
            .entrant(Result.OURS, () -> medianSeconds(runs, () -> Cable.run(words)));
    return (Double.isNaN(limit) ? contest : contest.within(limit)).run(setting.rounds());
  }

  private static double medianSeconds(int runs, Contest.Work work) throws Exception {
    List<Double> seconds = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      seconds.add(Contest.seconds(work));
    }
    seconds.sort(null);
    return (seconds.get((runs - 1) / 2) + seconds.get(runs / 2)) / 2;
  }

  private static Result start(String nodes, Path site, Cable cable, Path httpRoot, Setting setting)
      throws Exception {
    return Contest.less("`barestack serve` until it serves, " + nodes, "s")
        .entrant(
            Result.OURS,
            () ->
                medianSeconds(
                    setting.size(5, 1), () -> cable.stop(serve(cable, site, httpRoot, setting))))
        .within(1)
        .run(setting.rounds());
  }

  private static Process serve(Cable cable, Path site, Path httpRoot, Setting setting)
      throws IOException {
    Path state = Files.createTempDirectory(setting.folder(), "state");
    Path log = state.resolve("log");
    Process server =
        cable.serve(
            log,
            BARESTACK,
            "serve",
            "--no-secrets",
            "--site=" + site,
            "--state=" + state,
            "--http-root=" + httpRoot);
    Log.await(log, "serving site", server);
    return server;
  }

  /** Resident memory now, and its peak. */
  private static List<Result> memory(
      String nodes, Path site, Cable cable, Path httpRoot, Setting setting) throws Exception {
    List<Double> peaks = new ArrayList<>();
    Result now =
        Contest.less("resident memory of an idle server, " + nodes, "MiB")
            .entrant(
                Result.OURS,
                () -> {
                  Process server = serve(cable, site, httpRoot, setting);
                  idle(server, setting.size(10, 1));
                  double resident = kib(server, "VmRSS:") / MIB;
                  peaks.add(kib(server, "VmHWM:") / MIB);
                  cable.stop(server);
                  return resident;
                })
            .within(120)
            .run(setting.rounds());
    Result peak =
        Contest.less("the most it ever was, " + nodes, "MiB")
            .entrant(Result.OURS, peaks.iterator()::next)
            .run(setting.rounds());
    return List.of(now, peak);
  }

  /** Lets so many seconds pass in which nobody asks it. */
  private static void idle(Process server, int seconds) {
    long until = System.nanoTime() + seconds * 1_000_000_000L;
    while (System.nanoTime() < until) {
      if (!server.isAlive()) {
        throw new AssertionError("the server has ended");
      }
      LockSupport.parkNanos(until - System.nanoTime());
    }
  }

  private static long kib(Process process, String field) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
        .filter(line -> line.startsWith(field))
        .map(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
