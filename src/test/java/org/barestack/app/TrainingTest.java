package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainingTest {
  @ParameterizedTest
  @ValueSource(strings = {"commands", "serve"})
  void endsWellAndLeavesNothing(String what) throws IOException {
    List<Path> before = left();

    assertThat(Training.run(what)).isZero();

    assertThat(left()).isEqualTo(before);
  }

  private static List<Path> left() throws IOException {
    try (Stream<Path> all = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return all.filter(path -> path.getFileName().toString().startsWith("barestack-training-"))
          .sorted()
          .toList();
    }
  }
}
