package org.barestack.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private final StringWriter out = new StringWriter();
  private final AtomicLong nanos = new AtomicLong(-5);

  private ProgressLine line(boolean terminal, int width) {
    return new ProgressLine(new PrintWriter(out), terminal, width, nanos::get);
  }

  private void after(Duration time) {
    nanos.addAndGet(time.toNanos());
  }

  @Test
  void aTerminalHasOneLineWithShareRateAndTimeLeft() {
    ProgressLine line = line(true, 80);
    line.begin("importing x", 100 << 20);
    after(Duration.ofSeconds(1));
    line.passed(10 << 20);
    line.passed(1);
    assertThat(out.toString())
        .isEqualTo("\r\033[Kimporting x   10 %  10.0 MiB of 100.0 MiB  10.0 MiB/s  0:09 left");
    line.end();
    line.end();
    assertThat(out.toString()).endsWith("left\r\033[K");
  }

  @Test
  void theRateIsThatOfTheLastSeconds() {
    ProgressLine line = line(true, 80);
    line.begin("x", 1L << 40);
    after(Duration.ofSeconds(5));
    line.passed(50 << 20);
    after(Duration.ofSeconds(5));
    line.passed(5 << 20);
    assertThat(out.toString()).contains("10.0 MiB/s").contains("  1.0 MiB/s");
  }

  @Test
  void aNarrowTerminalGetsNoSecondLine() {
    ProgressLine line = line(true, 20);
    line.begin("a name that is long enough", 100);
    after(Duration.ofSeconds(1));
    line.passed(50);
    assertThat(out.toString()).isEqualTo("\r\033[Ka name that is long");
  }

  @Test
  void elsewhereThereIsALineForEachTenthOfWhatIsLong() {
    ProgressLine line = line(false, 80);
    line.begin("short", 1000);
    line.passed(500);
    line.begin("long", 2L << 30);
    for (int i = 0; i < 8; i++) {
      line.passed(1L << 28);
    }
    line.end();
    assertThat(out.toString())
        .isEqualTo(
            """
            short, 1000 B
            long, 2.0 GiB
            long: 10 %
            long: 20 %
            long: 30 %
            long: 50 %
            long: 60 %
            long: 70 %
            long: 80 %
            """);
  }

  @Test
  void aSizeThatNobodyKnowsHasNoShare() {
    ProgressLine line = line(true, 80);
    line.begin("fetching x", -1);
    after(Duration.ofSeconds(1));
    line.passed(3 << 10);
    assertThat(out.toString()).isEqualTo("\r\033[Kfetching x  3.0 KiB  3.0 KiB/s");
  }
}
