package org.barestack.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.barestack.model.NodeName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AssignmentTest {
  private static List<NodeName> workers(int count) {
    return IntStream.rangeClosed(1, count).mapToObj(i -> new NodeName("kvm" + i)).toList();
  }

  /**
   * How many workers each cluster has in the end.
   *
   * @param living how many of the first workers are hosts, in c
   * @param sizes of the clusters that are there
   */
  record Case(String name, int workers, int living, Map<String, Integer> sizes, String ends) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case("none", 0, 0, Map.of(), "{}"),
        new Case("one full cluster", 16, 0, Map.of(), "{c=16}"),
        new Case("one more", 17, 0, Map.of(), "{c=16, c-2=1}"),
        new Case("two full ones and one more", 33, 0, Map.of(), "{c=16, c-2=16, c-3=1}"),
        new Case(
            "two hundred",
            200,
            0,
            Map.of(),
            "{c=16, c-10=16, c-11=16, c-12=16, c-13=8, c-2=16, c-3=16, c-4=16, c-5=16, c-6=16,"
                + " c-7=16, c-8=16, c-9=16}"),
        new Case(
            "a hole is filled first",
            4,
            0,
            Map.of("c", 15, "c-2", 16, "c-3", 14),
            "{c=1, c-3=2, c-4=1}"),
        new Case(
            "hosts stay, even in a cluster that is too large",
            20,
            18,
            Map.of("c", 18),
            "{c=18, c-2=2}"),
        new Case("hosts of others count", 2, 0, Map.of("c", 15), "{c=1, c-2=1}"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void assigns(Case one) {
    List<NodeName> workers = workers(one.workers());
    Map<NodeName, String> living =
        workers.subList(0, one.living()).stream().collect(Collectors.toMap(each -> each, _ -> "c"));
    Assignment assignment = Assignment.of("c", workers, living, one.sizes());
    assertThat(assignment.workers().keySet()).containsExactlyElementsOf(workers);
    Map<String, Long> counts =
        assignment.workers().values().stream()
            .collect(Collectors.groupingBy(each -> each, TreeMap::new, Collectors.counting()));
    assertThat(counts).hasToString(one.ends());
  }
}
