package org.barestack.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.barestack.testing.LargeSite;

/** What the program itself costs: the time of a command, the start and the memory of a server. */
final class CommandPart implements Part {
  private static final String BARESTACK = Path.of("barestack").toAbsolutePath().toString();

  /** Of a missed goal. */
  private static final String NOTE =
      "Some 300 classes are read from their jars at each start, in spite of the ahead-of-time"
          + " cache; picocli and jinjava's expression language have the class format of Java 5,"
          + " which that cache does not take. Next: these in a newer format.";

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
    for (Path one : List.of(large, small)) {
      LargeSite.release(one.resolve("http-root"), 1 << 20);
    }
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
      results.add(start("2 nodes", small, cable, setting));
      results.add(start(nodes, large, cable, setting));
      results.addAll(memory("2 nodes", small, cable, setting));
      results.addAll(memory(nodes, large, cable, setting));
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

  private static Result start(String nodes, Path site, Cable cable, Setting setting)
      throws Exception {
    return Contest.less("`barestack serve` until it serves, " + nodes, "s")
        .entrant(
            Result.OURS, () -> medianSeconds(setting.size(5, 1), () -> serve(cable, site).close()))
        .within(1)
        .run(setting.rounds());
  }

  /** With a state of its own. */
  private static Serving serve(Cable cable, Path site) throws IOException {
    return Serving.start(cable, site, "state" + System.nanoTime());
  }

  /** Resident memory now, and its peak. */
  private static List<Result> memory(String nodes, Path site, Cable cable, Setting setting)
      throws Exception {
    List<Double> peaks = new ArrayList<>();
    Result now =
        Contest.less("resident memory of an idle server, " + nodes, "MB")
            .entrant(
                Result.OURS,
                () -> {
                  try (Serving server = serve(cable, site)) {
                    Thread.sleep(Duration.ofSeconds(setting.size(10, 1))); // nobody asks it
                    peaks.add(server.memory(Memory.MOST));
                    return server.memory(Memory.RESIDENT);
                  }
                })
            .within(120)
            .run(setting.rounds());
    Result peak =
        Contest.less("the most it ever was, " + nodes, "MB")
            .entrant(Result.OURS, peaks.iterator()::next)
            .run(setting.rounds());
    return List.of(now, peak);
  }
}
