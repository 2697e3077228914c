package org.barestack.log;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.read.ListAppender;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.barestack.testing.Properties;
import org.junit.jupiter.api.Test;

class FloodFilterTest {
  private long now;
  private final LoggerContext context = new LoggerContext();
  private final Logger logger = context.getLogger("org.barestack.test");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  FloodFilterTest() {
    context.addTurboFilter(new FloodFilter(() -> now));
    lines.start();
    logger.addAppender(lines);
    logger.setLevel(Level.INFO);
  }

  private List<String> texts() {
    return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void aFloodIsCutAndCountedAndCoversNothingElse() {
    for (int i = 0; i < 50_000; i++) {
      logger.info("no answer to {}", i);
      logger.debug("nobody listens to this {}", i);
    }
    assertThat(lines.list).hasSize(FloodFilter.BURST);
    logger.info("kvm1: installed");
    assertThat(texts()).last().isEqualTo("kvm1: installed");

    now += 3_500_000_000L;
    for (int i = 0; i < 100; i++) {
      logger.info("no answer to {}", "the next");
    }
    assertThat(texts().subList(FloodFilter.BURST + 1, lines.list.size()))
        .containsExactly(
            "49000 lines like the next one were left out",
            "no answer to the next",
            "no answer to the next",
            "no answer to the next");
  }

  @Test
  void whatGoesSlowlyIsAllThere() {
    for (int i = 0; i < 5000; i++) {
      logger.info("{} asks", i);
      now += 1_000_000_000L;
    }
    assertThat(lines.list).hasSize(5000);
  }

  /** The whole way with the program's own configuration, whatever is logged and how. */
  @Test
  void noTextEndsItsLineOrSteersTheTerminal() {
    Properties.forAll(
        50,
        random -> {
          String text =
              random
                  .ints(60, 0, 0x3000)
                  .collect(
                      StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                  .toString();
          String line = logged(text, new UncheckedIOException(text, new IOException(text)));
          assertThat(line).endsWith("\n").matches("[0-9:.]{12} WARN  (?s:.*)");
          assertThat(line.substring(0, line.length() - 1).codePoints())
              .noneMatch(Character::isISOControl)
              .noneMatch(point -> Character.getType(point) == Character.FORMAT)
              .noneMatch(point -> point == 0x2028 || point == 0x2029);
        });
  }

  private static String logged(String text, Throwable fault) {
    PrintStream usual = System.err;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setErr(new PrintStream(out, true, StandardCharsets.UTF_8));
    LoggerContext context = new LoggerContext();
    try {
      context.setMDCAdapter(new LogbackMDCAdapter());
      JoranConfigurator configurator = new JoranConfigurator();
      configurator.setContext(context);
      configurator.doConfigure(FloodFilterTest.class.getResource("/logback.xml"));
      context.getLogger("org.barestack.test").warn("from {}", text, fault);
    } catch (ch.qos.logback.core.joran.spi.JoranException e) {
      throw new AssertionError(e);
    } finally {
      context.stop();
      System.setErr(usual);
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
