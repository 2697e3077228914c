package org.barestack.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.barestack.render.ExportedViews;
import org.barestack.testing.LargeSite;

/** Kickstarts of all nodes of a large site, rendered and checked, beside Jinja2 in Python. */
final class RenderPart implements Part {
  /** Debian's, for which python3-jinja2 is. */
  private static final String PYTHON = "/usr/bin/python3";

  private static final String PAIR = "jinja2, two processes";
  private static final String SINGLE = "jinja2, one process";

  /** Of whoever misses the goal. */
  private static final String NOTE =
      "By profile some 60% of our time is rendering, a sixth of that templates that each pass runs"
          + " anew for each kind. 40% is the check, most of it commands outside of scripts. Next:"
          + " keep what came of a line of a command by its text.";

  /** Of a server, which is warm; of a command, which is cold. */
  private static final List<String> SERVER = List.of("-XX:+UseSerialGC", "-Xms48m", "-Xmx336m");

  private static final List<String> COMMAND =
      List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  @Override
  public String name() {
    return "render";
  }

  @Override
  public String title() {
    return "Kickstarts";
  }

  @Override
  public String method() {
    return """
    The kickstart and the disk part of every node of a site, a figure being nodes a second on \
    all cores of the machine. Each node has other values (name, addresses, install id, token, \
    UUIDs), and all its text is put together from them: some 20 templates of files, the \
    kickstart that holds these, and the disk part. We render and then check each node's text \
    line by line by the grammar of Rocky 9, with the disk part put in; Jinja2 only renders, \
    from the same templates and the same values, which it gets as JSON, with the same filters \
    written for it. Both outputs of four nodes are compared octet for octet first.

    Ours does once for each kind of node (the site has two), and again in each pass: read and \
    parse the templates, run them, and note which values were only written and which decided \
    something. For each node it compares what decided, runs the filters over what is written, \
    puts the text together, and checks it. What a filter made of a text longer than 500 \
    characters is kept within a pass; so it is in Python, between passes too. Jinja2 keeps its \
    compiled templates in all passes, and its two processes are forked behind its warm-up and \
    take small shares of the nodes. Warm is a JVM with the options of `serve` after 8 s of the \
    same work; cold is the first pass of a new process with the options of a command, \
    templates not yet read, the site read already; there is no ahead-of-time cache in either.
    """;
  }

  @Override
  public List<Result> run(Setting setting) throws Exception {
    List<Result> results = new ArrayList<>();
    for (int nodes :
        setting.full() ? new int[] {1_000, 10_000} : new int[] {setting.size(1_000, 20)}) {
      Path folder = setting.folder().resolve("nodes-" + nodes);
      LargeSite.write(folder, nodes, "bench0");
      Path script = folder.resolve("render.py");
      try (InputStream program = RenderPart.class.getResourceAsStream("render.py")) {
        Files.copy(program, script);
      }
      ExportedViews.write(
          RenderRun.site(folder), Path.of("kickstart-templates"), folder.resolve("views.json"));
      compare(folder, script, nodes);
      String seconds = setting.full() ? "8" : "0";
      Contest warm =
          Contest.more("%,d nodes, warm".formatted(nodes).replace(',', ' '), "nodes/s")
              .entrant(Result.OURS, () -> ours(SERVER, "warm", folder.toString(), seconds))
              .entrant(PAIR, () -> python(script, "warm", folder.toString(), "2", seconds));
      if (nodes == 10_000) { // where one process takes minutes a round
        results.add(warm.atLeast(2).run(setting.rounds()));
        continue;
      }
      results.add(
          warm.entrant(SINGLE, () -> python(script, "warm", folder.toString(), "1", seconds))
              .atLeast(2)
              .run(setting.rounds()));
      results.add(
          Contest.more("%,d nodes, cold".formatted(nodes).replace(',', ' '), "nodes/s")
              .entrant(Result.OURS, () -> ours(COMMAND, "cold", folder.toString()))
              .entrant(PAIR, () -> python(script, "cold", folder.toString(), "2"))
              .run(setting.rounds()));
    }
    return results.stream().map(result -> result.reached() ? result : result.noting(NOTE)).toList();
  }

  /** The contest is void if they do not come to the same. */
  private static void compare(Path folder, Path script, int nodes) throws IOException {
    List<String> names = List.of("mgmt1", "kvm1", "kvm" + nodes / 2, "kvm" + (nodes - 1));
    run(SERVER, words("compare", folder, names));
    Cable.run(python(script, words("compare", folder, names)));
    for (String name : names) {
      for (String end : List.of(".ks", ".disk.ks")) {
        Path ours = folder.resolve("ours").resolve(name + end);
        Path theirs = folder.resolve("jinja2").resolve(name + end);
        long differs = Files.mismatch(ours, theirs);
        if (differs >= 0) {
          throw new AssertionError(
              "Jinja2 renders %s%s in another way, from octet %d on: %s\n%s"
                  .formatted(name, end, differs, around(ours, differs), around(theirs, differs)));
        }
      }
    }
  }

  private static String around(Path file, long octet) throws IOException {
    String text = Files.readString(file);
    int at = (int) octet;
    return text.substring(Math.max(0, at - 60), Math.min(text.length(), at + 60));
  }

  private static String[] words(String mode, Path folder, List<String> names) {
    return Stream.concat(Stream.of(mode, folder.toString()), names.stream()).toArray(String[]::new);
  }

  private static String[] python(Path script, String[] words) {
    return Stream.concat(Stream.of(PYTHON, script.toString()), Stream.of(words))
        .toArray(String[]::new);
  }

  private static double python(Path script, String first, String... words) {
    String[] all = Stream.concat(Stream.of(first), Stream.of(words)).toArray(String[]::new);
    return Double.parseDouble(Cable.run(python(script, all)).strip());
  }

  private static double ours(List<String> options, String... words) {
    return Double.parseDouble(run(options, words).strip());
  }

  private static String run(List<String> options, String... words) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), RenderRun.class.getName()));
    command.addAll(List.of(words));
    return Cable.run(command.toArray(String[]::new));
  }
}
