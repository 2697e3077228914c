package org.barestack.storm;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What became of a storm.
 *
 * @param machines how many there were
 * @param done how many got all that they asked for
 * @param toDisk how many the server told to boot their own disk
 * @param lost how many gave up, or were out of time
 * @param reasons why, and how often; of those that were told to boot their disk too
 * @param retries requests that were made again
 * @param octets of files, sent to all of them
 * @param wall from the first switch-on to the last end
 * @param phases what each phase took, of those that finished it
 * @param whole what it took a machine from switch-on to its end, of those that are done
 * @param dropped datagrams that were lost on purpose
 * @param missed broadcasts that this generator itself was too slow to take
 */
public record Report(
    int machines,
    int done,
    int toDisk,
    int lost,
    SortedMap<String, Integer> reasons,
    long retries,
    long octets,
    Duration wall,
    Map<Phase, Spread> phases,
    Spread whole,
    long dropped,
    long missed) {

  /**
   * Times.
   *
   * @param count of how many
   * @param p50 half of them took no longer
   * @param p99 all but one of a hundred took no longer
   * @param max the longest
   */
  public record Spread(int count, Duration p50, Duration p99, Duration max) {
    static Spread of(long[] nanos) {
      Arrays.sort(nanos);
      return new Spread(nanos.length, at(nanos, 0.5), at(nanos, 0.99), at(nanos, 1));
    }

    /** The nearest rank. */
    private static Duration at(long[] sorted, double share) {
      int rank = Math.max(0, (int) Math.ceil(share * sorted.length) - 1);
      return sorted.length == 0 ? Duration.ZERO : Duration.ofNanos(sorted[rank]);
    }
  }

  static Report of(Collection<Course> courses, Duration wall, long dropped, long missed) {
    SortedMap<String, Integer> reasons = new TreeMap<>();
    courses.stream()
        .filter(course -> !course.reason().isEmpty())
        .forEach(course ->
            reasons.merge(course.reached().words() + ": " + course.reason(), 1, Integer::sum));
    Map<Phase, Spread> phases = new EnumMap<>(Phase.class);
    for (Phase phase : Phase.values()) {
      long[] times = times(courses, course -> course.nanos().get(phase));
      if (times.length > 0) {
        phases.put(phase, Spread.of(times));
      }
    }
    return new Report(
        courses.size(),
        count(courses, Course.End.DONE),
        count(courses, Course.End.TO_DISK),
        count(courses, Course.End.LOST),
        reasons,
        courses.stream().mapToLong(Course::retries).sum(),
        courses.stream().mapToLong(Course::octets).sum(),
        wall,
        phases,
        Spread.of(
            times(courses, course -> course.end() == Course.End.DONE ? course.total() : null)),
        dropped,
        missed);
  }

  private static int count(Collection<Course> courses, Course.End end) {
    return (int) courses.stream().filter(course -> course.end() == end).count();
  }

  private static long[] times(
      Collection<Course> courses, Function<Course, @org.jspecify.annotations.Nullable Long> time) {
    return courses.stream()
        .map(time)
        .filter(java.util.Objects::nonNull)
        .mapToLong(Long::longValue)
        .toArray();
  }
}
