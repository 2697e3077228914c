package org.barestack.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.barestack.site.SiteProblem.Severity;
import org.barestack.site.SiteResult;
import org.barestack.testing.Examples;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Every key and every value of a site file, replaced by every nasty text: the file is refused with
 * the place, or what is rendered has the same lines in the same sections.
 */
class NastySiteFileTest {
  private static final Path FOLDER = Path.of("examples/lab");
  private static final Renderer RENDERER = Examples.renderer(FOLDER);
  private static final List<List<Integer>> USUAL =
      Nasty.shape(Nasty.artefacts(RENDERER, Examples.read(FOLDER)));

  /** From where to where in the file a text stands. */
  record Text(int start, int end, String value) {
    @Override
    public String toString() {
      return value;
    }
  }

  private static String file() {
    try {
      return Files.readString(FOLDER.resolve("site.yaml"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static Stream<Text> texts() {
    Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
    List<Text> texts = new ArrayList<>();
    collect(yaml.compose(new StringReader(file())), texts);
    assertThat(texts).hasSizeGreaterThan(60);
    return texts.stream();
  }

  private static void collect(Node node, List<Text> texts) {
    switch (node) {
      case ScalarNode scalar ->
          texts.add(
              new Text(
                  scalar.getStartMark().getIndex(),
                  scalar.getEndMark().getIndex(),
                  scalar.getValue()));
      case SequenceNode list -> list.getValue().forEach(item -> collect(item, texts));
      case MappingNode map ->
          map.getValue()
              .forEach(entry -> {
                collect(entry.getKeyNode(), texts);
                collect(entry.getValueNode(), texts);
              });
      default -> throw new AssertionError(node);
    }
  }

  @ParameterizedTest
  @MethodSource("texts")
  void isRefusedOrStaysItself(Text text, @TempDir Path folder) throws IOException {
    String file = file();
    for (String nasty : Nasty.TEXTS) {
      for (String instead : List.of(nasty, text.value() + nasty, nasty + text.value())) {
        Files.writeString(
            folder.resolve("site.yaml"),
            file.substring(0, text.start()) + quoted(instead) + file.substring(text.end()));
        switch (Examples.load(folder)) {
          case SiteResult.Bad(var problems) ->
              assertThat(problems)
                  .as(instead)
                  .anyMatch(problem -> problem.severity() == Severity.ERROR && problem.line() > 1);
          case SiteResult.Good(var site, var _) ->
              assertThat(Nasty.shape(Nasty.artefacts(RENDERER, site))).as(instead).isEqualTo(USUAL);
        }
      }
    }
  }

  /** A double-quoted scalar (YAML 1.2, 7.3.1). */
  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.chars()
        .forEach(c -> {
          if (c == '"' || c == '\\') {
            quoted.append('\\').append((char) c);
          } else if (c < ' ' || c > '~') {
            quoted.append(String.format("\\u%04x", c));
          } else {
            quoted.append((char) c);
          }
        });
    return quoted.append('"').toString();
  }
}
