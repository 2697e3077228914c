package org.barestack.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.TimeUnit;
import org.barestack.bench.Result.Better;
import org.barestack.bench.Result.Goal;
import org.barestack.testing.LargeSite;
import org.jspecify.annotations.Nullable;

/** All machines of a site are switched on in the same second. */
final class StormPart implements Part {
  private static final String BARESTACK = Path.of("barestack").toAbsolutePath().toString();

  /** Of one machine, beside its loader and its kernel of 12 MiB. */
  private static final int INITRD = 52 << 20;

  private static final int MINUTES = 30;

  @Override
  public String name() {
    return "storm";
  }

  @Override
  public String title() {
    return "A storm";
  }

  @Override
  public String method() {
    return """
    `barestack storm` at the other end of the cable plays machines of all three kinds, all switched on at once: DHCP with the firmware's retransmissions and time-outs, the loader by TFTP or HTTP, boot scripts, a kernel of 12 MiB and an initrd of 52 MiB, the installer's DHCP, 1 MiB of its image, the kickstart twice, the claim of disks, reports to the end. Every machine is a node of the site, so each gets a kickstart of its own, and each step stands in the journal. Server and machines share the processors, so that half of the time is the machines' own. Each run begins with a new state; with *1 % lost* one of a hundred datagrams is lost, either way. With more machines than a host has room for neighbours, `net.ipv4.neigh.default.gc_thresh3` is raised for the run.
    """;
  }

  /** One run, as it went. */
  private record Run(JsonNode report, double memory) {}

  @Override
  public List<Result> run(Setting setting) throws Exception {
    List<Result> results = new ArrayList<>();
    for (int machines : setting.full() ? new int[] {1_000, 10_000} : new int[] {30}) {
      for (String loss : List.of("0%", "1%")) {
        List<Run> runs = new ArrayList<>();
        for (int i = 0; i < setting.size(2, 1); i++) {
          Path folder = setting.folder().resolve(machines + loss.replace("%", "") + "-" + i);
          runs.add(run(folder, machines, setting.size(INITRD, 1 << 20), loss));
        }
        results.addAll(results(machines, loss, runs));
      }
    }
    return results;
  }

  private static List<Result> results(int machines, String loss, List<Run> runs) {
    String what = Page.number(machines) + " machines" + (loss.equals("0%") ? "" : ", 1 % lost");
    return List.of(
        result(what + ": given up", "machines", 0.0, runs, "lost"),
        result(what + ": until the last is installed", "s", null, runs, "seconds"),
        result(what + ": half are installed within", "s", null, runs, "whole", "p50"),
        result(what + ": requests made again", "requests", null, runs, "retries"),
        new Result(
            what + ": memory of the server",
            "MB",
            Better.LESS,
            ours(runs.stream().map(Run::memory).toList()),
            new Goal(Goal.Kind.LIMIT, 512),
            ""));
  }

  private static Result result(
      String what, String unit, @Nullable Double limit, List<Run> runs, String... path) {
    List<Double> figures =
        runs.stream()
            .map(run -> {
              JsonNode at = run.report();
              for (String name : path) {
                at = at.path(name);
              }
              if (!at.isNumber()) {
                throw new AssertionError(List.of(path) + " is not in " + run.report());
              }
              return at.asDouble();
            })
            .toList();
    return new Result(
        what,
        unit,
        Better.LESS,
        ours(figures),
        limit == null ? null : new Goal(Goal.Kind.LIMIT, limit),
        "");
  }

  private static SequencedMap<String, List<Double>> ours(List<Double> figures) {
    SequencedMap<String, List<Double>> all = new LinkedHashMap<>();
    all.put(Result.OURS, figures);
    return all;
  }

  private static Run run(Path folder, int machines, long initrd, String loss)
      throws IOException, InterruptedException {
    LargeSite.write(folder, machines, Cable.DEVICE);
    LargeSite.release(folder.resolve("http-root"), initrd);
    try (Neighbours _ = Neighbours.room(machines);
        Cable cable = Cable.lay();
        Serving serving = Serving.start(cable, folder, "state")) {
      Path report = folder.resolve("report.json");
      Process storm =
          cable.ask(
              report,
              BARESTACK,
              "storm",
              "--interface=" + Cable.DEVICE,
              "--site=" + folder.resolve("site.yaml").toAbsolutePath(),
              "--loss=" + loss,
              "--minutes=" + MINUTES,
              "--json");
      boolean ended = storm.waitFor(MINUTES + 5, TimeUnit.MINUTES);
      String text = Files.readString(report);
      if (!ended || storm.exitValue() > 1) {
        throw new AssertionError(text + Files.readString(serving.log()));
      }
      Run run = new Run(JsonMapper.builder().build().readTree(text), serving.memory(Memory.MOST));
      System.err.printf(
          "  %d machines, %s lost: %s, %.0f MB%n",
          machines, loss, run.report().toPrettyString(), run.memory());
      return run;
    }
  }
}
