package org.barestack.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every part of the benchmark runs: one short round, whose figures say nothing. */
@Timeout(600)
class BenchIT {
  static List<Part> parts() {
    return Bench.parts();
  }

  @ParameterizedTest
  @MethodSource("parts")
  void runs(Part part) throws Exception {
    List<Result> results = Bench.run(part, false, 1);
    assertThat(results).isNotEmpty();
    for (Result result : results) {
      assertThat(result.figures()).containsKey(Result.OURS);
      assertThat(result.figures().values())
          .as(result.toString())
          .allSatisfy(figures -> {
            assertThat(figures).hasSize(1);
            assertThat(figures.getFirst()).isFinite().isNotNegative();
          });
    }
  }
}
