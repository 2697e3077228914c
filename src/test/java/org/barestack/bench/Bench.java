package org.barestack.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The program behind {@code make bench}. */
public final class Bench {
  /** Figures as they were read, one file a part. */
  private static final Path RAW = Path.of("target", "bench");

  private static final Path PAGE = Path.of("docs", "performance.md");
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private Bench() {}

  /** All parts, in the order of the page. */
  static List<Part> parts() {
    return List.of(
        new DhcpPart(),
        new TftpPart(),
        new HttpPart(),
        new RenderPart(),
        new CommandPart(),
        new MediaPart(),
        new ImportPart(),
        new StormPart());
  }

  /**
   * Runs parts, all of them without a word, and writes the page anew from what all parts found
   * last.
   *
   * @param words names of parts; {@code rounds=N} for another number of rounds
   */
  public static void main(String[] words) throws Exception {
    int rounds = 5;
    List<String> named = new ArrayList<>();
    for (String word : words) {
      if (word.startsWith("rounds=")) {
        rounds = Integer.parseInt(word.substring("rounds=".length()));
      } else {
        named.add(word);
      }
    }
    List<Part> chosen =
        parts().stream().filter(part -> named.isEmpty() || named.contains(part.name())).toList();
    if (chosen.size() < named.size()) {
      System.err.println(
          "there are the parts " + parts().stream().map(Part::name).toList() + ", not " + named);
      System.exit(2);
    }
    Files.createDirectories(RAW);
    for (Part part : chosen) {
      System.err.println(part.title());
      Measured measured = new Measured(Host.here(), run(part, true, rounds));
      JSON.writerWithDefaultPrettyPrinter()
          .writeValue(RAW.resolve(part.name() + ".json").toFile(), measured);
    }
    Map<Part, Measured> all = new LinkedHashMap<>();
    for (Part part : parts()) {
      Path raw = RAW.resolve(part.name() + ".json");
      if (Files.exists(raw)) {
        all.put(part, JSON.readValue(raw.toFile(), Measured.class));
      }
    }
    Files.writeString(PAGE, Page.of(all));
    System.err.println("written: " + PAGE + ", and the figures as they were read: " + RAW);
  }

  /** Runs a part in a folder of its own. */
  static List<Result> run(Part part, boolean full, int rounds) throws Exception {
    Path folder = Files.createTempDirectory(Files.createDirectories(RAW), part.name());
    try {
      return part.run(new Setting(full, rounds, folder));
    } finally {
      remove(folder);
    }
  }

  private static void remove(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path one : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(one);
      }
    }
  }
}
