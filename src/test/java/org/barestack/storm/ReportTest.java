package org.barestack.storm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.barestack.storm.Report.Spread;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static Course course(Course.End end, String reason, long nanos) {
    return new Course(end, Phase.KERNEL, reason, Map.of(Phase.SCRIPT, nanos), 2, 10, nanos);
  }

  @Test
  void ranksAreTheNearest() {
    long[] hundred = LongStream.rangeClosed(1, 100).map(i -> 101 - i).toArray();
    assertThat(Spread.of(hundred))
        .isEqualTo(
            new Spread(100, Duration.ofNanos(50), Duration.ofNanos(99), Duration.ofNanos(100)));
    assertThat(Spread.of(new long[] {7}))
        .isEqualTo(new Spread(1, Duration.ofNanos(7), Duration.ofNanos(7), Duration.ofNanos(7)));
    assertThat(Spread.of(new long[0]))
        .isEqualTo(new Spread(0, Duration.ZERO, Duration.ZERO, Duration.ZERO));
  }

  @Test
  void machinesAreCountedByTheirEnds() {
    List<Course> courses = new ArrayList<>();
    courses.add(course(Course.End.DONE, "", 5));
    courses.add(course(Course.End.LOST, "silence", 9));
    courses.add(course(Course.End.LOST, "silence", 7));
    courses.add(course(Course.End.TO_DISK, "it is to boot its own disk", 3));
    Report report = Report.of(courses, Duration.ofSeconds(1), 4, 0);
    assertThat(report)
        .returns(4, Report::machines)
        .returns(1, Report::done)
        .returns(1, Report::toDisk)
        .returns(2, Report::lost)
        .returns(8L, Report::retries)
        .returns(40L, Report::octets)
        .returns(4L, Report::dropped);
    assertThat(report.reasons())
        .isEqualTo(
            Map.of("kernel, initrd: silence", 2, "kernel, initrd: it is to boot its own disk", 1));
    assertThat(report.phases().keySet()).containsExactly(Phase.SCRIPT);
    assertThat(report.phases().get(Phase.SCRIPT)).returns(4, Spread::count);
    assertThat(report.whole()).returns(1, Spread::count).returns(Duration.ofNanos(5), Spread::max);
  }
}
