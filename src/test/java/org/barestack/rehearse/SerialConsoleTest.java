package org.barestack.rehearse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SerialConsoleTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final List<String> live = new ArrayList<>();
  private final SerialConsole console = new SerialConsole(live::add, TextScreen.BIOS_LINES);

  private byte[] print(String text) throws IOException {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    console.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)), log);
    return log.toByteArray();
  }

  @Test
  void linesAreCleanAndTheLogIsNot() throws IOException {
    String raw = "\u001b[2J\u001b[01;01H\u001b[=3hBdsDxe: starting\r\n\r\n\u001b[0mup  \nlast";
    assertThat(print(raw)).asString(StandardCharsets.ISO_8859_1).isEqualTo(raw);
    assertThat(live).containsExactly("BdsDxe: starting", "up", "last");
  }

  @Test
  void eachLineIsFoundOnce() throws Exception {
    print("up 1\nother\nup 2\n");
    assertThat(console.await(Pattern.compile("^up"), SOON)).isEqualTo("up 1");
    assertThat(console.await(Pattern.compile("^up"), SOON)).isEqualTo("up 2");
  }

  @Test
  void aWaiterIsWokenByTheLine() throws Exception {
    Thread writer =
        Thread.ofVirtual()
            .start(() -> {
              try {
                print("noise\nready\n");
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(console.await(Pattern.compile("ready"), SOON)).isEqualTo("ready");
    writer.join();
  }

  @Test
  void tooLateSaysWhatWasSeen() throws IOException {
    print("one\ntwo\n");
    assertThatThrownBy(() -> console.await(Pattern.compile("three"), Duration.ZERO))
        .isInstanceOf(TimeoutException.class)
        .hasMessage("'three' was not seen within 0 s; its last lines:\none\ntwo");
  }

  @Test
  void anEndedMachineEndsTheWait() throws IOException {
    print("panic\n");
    console.ended("kvm1 went off");
    assertThatThrownBy(() -> console.await(Pattern.compile("up"), SOON))
        .isInstanceOf(IOException.class)
        .hasMessage("kvm1 went off before 'up' was seen; its last lines:\npanic");
  }

  @Test
  void aLineBeforeTheEndIsStillFound() throws Exception {
    print("up\n");
    console.ended("kvm1 went off");
    assertThat(console.await(Pattern.compile("up"), SOON)).isEqualTo("up");
  }
}
