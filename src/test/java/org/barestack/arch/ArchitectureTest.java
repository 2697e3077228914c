package org.barestack.arch;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The package table in ARCHITECTURE.md is the rule, and this is what enforces it. */
class ArchitectureTest {
  private static final String ROOT = "org.barestack";
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final JavaClasses CODE_BASE =
      new ClassFileImporter().withImportOption(new DoNotIncludeTests()).importPackages(ROOT);

  /** One line of the table. */
  record Row(String name, List<String> imports, List<String> libraries) {
    static Row parse(String line) {
      String[] cells = line.split("\\|", -1);
      return new Row(names(cells[1]).getFirst(), names(cells[3]), names(cells[4]));
    }

    private static List<String> names(String cell) {
      return CODE.matcher(cell).results().map(match -> match.group(1)).toList();
    }
  }

  static Stream<Row> table() throws IOException {
    return Files.readAllLines(Path.of("ARCHITECTURE.md")).stream()
        .filter(line -> line.startsWith("| `"))
        .map(Row::parse);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("table")
  void importsOnlyWhatTheTableAllows(Row row) {
    String[] allowed =
        Stream.of(
                Stream.of(ROOT + "." + row.name(), "java..", "org.jspecify.."),
                row.imports().stream().map(name -> ROOT + "." + name),
                row.libraries().stream().map(library -> library + ".."))
            .flatMap(names -> names)
            .toArray(String[]::new);
    classes()
        .that()
        .resideInAPackage(ROOT + "." + row.name())
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed)
        .check(CODE_BASE);
  }

  @Test
  void theTableNamesEveryPackage() throws IOException {
    TreeSet<String> packages = new TreeSet<>();
    CODE_BASE.forEach(type -> packages.add(type.getPackageName().substring(ROOT.length() + 1)));
    assertThat(table().map(Row::name)).containsExactlyInAnyOrderElementsOf(packages);
  }

  @Test
  void noPackageCycles() {
    slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(CODE_BASE);
  }
}
