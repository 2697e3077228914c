package org.barestack.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.barestack.model.Role;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of the example sites, default by default, and of the documentation's. */
class ExamplesTest {
  private static final Set<Role> ROLES = Set.of(Role.MANAGEMENT, Role.KVM_WORKER);

  @TempDir static Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"minimal", "lab", "rack"})
  void resolves(String name) throws IOException {
    SiteResult result = SiteFile.load(Path.of("examples", name, "site.yaml"), ROLES);
    assertThat(result).isInstanceOf(SiteResult.Good.class);
    SiteResult.Good good = (SiteResult.Good) result;
    StringBuilder text = new StringBuilder();
    good.warnings().forEach(warning -> text.append("! ").append(warning).append('\n'));
    dump(text, "site", good.site(), "");
    Path golden = Path.of("src/test/resources/org/barestack/site", name + ".golden");
    if (Boolean.getBoolean("golden.update")) {
      Files.writeString(golden, text);
    }
    assertThat(text.toString()).isEqualTo(Files.readString(golden));
  }

  @Test
  void theSmallestUsefulSiteIsShort() throws IOException {
    assertThat(Files.readAllLines(Path.of("examples/minimal/site.yaml"))).hasSizeLessThan(25);
  }

  /** The yaml blocks of docs/site-file.md that hold machines, each as the end of a whole site. */
  static Stream<String> documented() throws IOException {
    String page = Files.readString(Path.of("docs/site-file.md"));
    return Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
        .matcher(page)
        .results()
        .map(block -> block.group(1))
        .filter(block -> block.contains("nodes:"));
  }

  @ParameterizedTest
  @MethodSource("documented")
  void whatIsDocumentedIsGood(String block) throws IOException {
    String minimal = Files.readString(Path.of("examples/minimal/site.yaml"));
    String site =
        block.contains("networks:")
            ? block
            : minimal.substring(0, minimal.indexOf("nodes:")) + block;
    Path file = Files.writeString(folder.resolve("site.yaml"), site);
    assertThat(SiteFile.load(file, ROLES)).isInstanceOf(SiteResult.Good.class);
  }

  @Test
  void aRepositoryMayHoldSeveralSites() throws IOException {
    Path repository = Files.createDirectory(folder.resolve("repository"));
    assertThat(SiteFile.find(repository)).isEmpty();
    for (String name : List.of("sites/west/site.yaml", "sites/east/site.yaml", "site.yaml")) {
      Files.createDirectories(repository.resolve(name).resolveSibling(""));
      Files.writeString(repository.resolve(name), "");
    }
    Files.createDirectory(repository.resolve("sites/unfinished"));
    assertThat(SiteFile.find(repository).stream().map(repository::relativize))
        .containsExactly(
            Path.of("site.yaml"), Path.of("sites/east/site.yaml"), Path.of("sites/west/site.yaml"));
  }

  @Test
  void aFileThatCannotBeReadIsAProblem() {
    Path missing = folder.resolve("missing.yaml");
    assertThat(SiteFile.load(missing, ROLES))
        .isEqualTo(
            new SiteResult.Bad(
                List.of(
                    new SiteProblem(
                        SiteProblem.Severity.ERROR,
                        missing.toString(),
                        1,
                        1,
                        "",
                        "the file cannot be read (java.nio.file.NoSuchFileException: "
                            + missing
                            + ")",
                        "name a site.yaml that can be"))));
  }

  /** A line a value, indented by depth. */
  private static void dump(StringBuilder out, String name, @Nullable Object value, String indent) {
    out.append(indent).append(name);
    switch (value) {
      case null -> out.append(": -\n");
      case Map<?, ?> map -> {
        out.append(":\n");
        map.forEach((key, entry) -> dump(out, key.toString(), entry, indent + "  "));
      }
      case List<?> list when list.toString().length() <= 80 ->
          out.append(": ").append(list).append('\n');
      case List<?> list -> {
        out.append(":\n");
        list.forEach(item -> dump(out, "-", item, indent + "  "));
      }
      case Record record when record.toString().length() <= 80 ->
          out.append(": ").append(record).append('\n');
      case Record record -> {
        out.append(": ").append(record.getClass().getSimpleName()).append('\n');
        for (RecordComponent part : record.getClass().getRecordComponents()) {
          dump(out, part.getName(), component(record, part), indent + "  ");
        }
      }
      default -> out.append(": ").append(value.toString().replace("\n", "\\n")).append('\n');
    }
  }

  private static @Nullable Object component(Record record, RecordComponent part) {
    try {
      return part.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError(e.getMessage(), e);
    }
  }
}
