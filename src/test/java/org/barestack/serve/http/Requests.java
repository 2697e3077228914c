package org.barestack.serve.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.barestack.model.PlainText;
import org.slf4j.LoggerFactory;

/** What requests are made of, and what the server's log may say of them. */
final class Requests {
  static final List<byte[]> WORDS =
      Stream.of(
              "GET ",
              "POST ",
              "HEAD ",
              "/boot/",
              "/boot.ipxe",
              "/install/",
              "/kickstart",
              "/cloud-init/",
              "user-data",
              "/vmlinuz",
              "/claim",
              "/event",
              "/log/",
              "/releases/",
              "/repos/",
              "/loaders/",
              "snponly.efi",
              "..",
              "/../",
              "/./",
              "//",
              "\\",
              "%2e%2e/",
              "%2f",
              "%252e",
              "%c0%ae",
              "%00",
              "%0d%0a",
              ";x=y",
              "?",
              "&",
              "=",
              "+",
              "%",
              "\u001b[2J",
              "\r\n",
              "\n",
              "52:54:00:aa:00:01",
              "52-54-00-AA-00-02",
              "kind=",
              "failed",
              "logs-sent",
              "step-started",
              "finished",
              "&step=",
              "&reason=",
              "disk.1.",
              "disk.0.size=",
              "99999999999999999999",
              "-1",
              "platform=efi",
              "secret",
              "\u00ff\u00fe",
              "0123456789abcdef0123456789abcdef")
          .map(word -> word.getBytes(ISO_8859_1))
          .toList();

  private Requests() {}

  /** Takes the log of the routes instead of the console. */
  static final class Log extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private final Logger logger = (Logger) LoggerFactory.getLogger("org.barestack.serve.http");
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();

    Log() {
      setContext(logger.getLoggerContext());
      start();
      logger.setAdditive(false);
      logger.addAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
      lines.add(event.getFormattedMessage());
    }

    /** What was logged up to now. */
    List<String> lines() {
      return List.copyOf(lines);
    }

    /** Looks at what was logged since the last time. */
    void check(String... secrets) {
      for (String line = lines.poll(); line != null; line = lines.poll()) {
        assertThat(line).isEqualTo(PlainText.of(line)).doesNotContain(secrets);
        assertThat(line.length()).isLessThan(1000);
      }
    }

    @Override
    public void close() {
      logger.detachAppender(this);
      logger.setAdditive(true);
    }
  }
}
