package org.barestack.wire.tftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.stream.Collectors;
import org.barestack.wire.tftp.TftpPacket.ReadRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TermsTest {
  /** A file of 4000 bytes, limits of 1468 bytes, 16 blocks, 30 s. */
  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource({
    "'', '', 512, 1, 1",
    "blksize=1468, blksize=1468, 1468, 1, 1",
    "blksize=8, blksize=8, 8, 1, 1",
    "blksize=7, '', 512, 1, 1",
    "blksize=65464, blksize=1468, 1468, 1, 1",
    "blksize=65465, '', 512, 1, 1",
    "blksize=, '', 512, 1, 1",
    "blksize=-512, '', 512, 1, 1",
    "blksize=0512, blksize=512, 512, 1, 1",
    "blksize=99999999999999999999, '', 512, 1, 1",
    "BlkSize=1024 TSIZE=0, blksize=1024 tsize=4000, 1024, 1, 1",
    "tsize=0, tsize=4000, 512, 1, 1",
    "tsize=123, tsize=4000, 512, 1, 1",
    "tsize=x, '', 512, 1, 1",
    "windowsize=1, windowsize=1, 512, 1, 1",
    "windowsize=0, '', 512, 1, 1",
    "windowsize=4, windowsize=4, 512, 4, 1",
    "windowsize=65535, windowsize=16, 512, 16, 1",
    "windowsize=65536, '', 512, 1, 1",
    "timeout=1, timeout=1, 512, 1, 1",
    "timeout=10, timeout=10, 512, 1, 10",
    "timeout=11, '', 512, 1, 1",
    "timeout=0, '', 512, 1, 1",
    "timeout=256, '', 512, 1, 1",
    "multicast= blksize=600, blksize=600, 600, 1, 1",
    "windowsize=2 tsize=0 blksize=9 timeout=3, windowsize=2 tsize=4000 blksize=9 timeout=3, 9, 2,"
        + " 3",
  })
  void negotiation(String asked, String accepted, int blockSize, int windowSize, int seconds) {
    Limits limits = new Limits(1468, 16, Duration.ofSeconds(30));
    assertThat(Terms.negotiate(new ReadRequest("f", "octet", options(asked)), 4000, limits))
        .isEqualTo(new Terms(blockSize, windowSize, Duration.ofSeconds(seconds), options(accepted)))
        .satisfies(terms ->
            assertThat(terms.accepted().keySet())
                .containsExactlyElementsOf(options(accepted).keySet()));
  }

  @Test
  void aLongIdleTimeLetsALongTimeoutPass() {
    Limits limits = new Limits(1468, 16, Duration.ofHours(1));
    ReadRequest request = new ReadRequest("f", "octet", options("timeout=255"));
    assertThat(Terms.negotiate(request, 1, limits).timeout()).hasSeconds(255);
  }

  @Test
  void limitsOutOfRange() {
    Duration idle = Duration.ofSeconds(3);
    assertThatThrownBy(() -> new Limits(511, 1, idle)).hasMessageContaining("511");
    assertThatThrownBy(() -> new Limits(65465, 1, idle)).hasMessageContaining("65465");
    assertThatThrownBy(() -> new Limits(512, 0, idle)).hasMessageContaining("window");
    assertThatThrownBy(() -> new Limits(512, 65536, idle)).hasMessageContaining("65536");
    assertThatThrownBy(() -> new Limits(512, 1, idle.minusMillis(1))).hasMessageContaining("idle");
  }

  /** Reads "name=value name=value". */
  static SequencedMap<String, String> options(String text) {
    return Arrays.stream(text.split(" ", -1))
        .filter(option -> !option.isEmpty())
        .map(option -> option.split("=", 2))
        .collect(
            Collectors.toMap(
                option -> option[0], option -> option[1], (a, _) -> a, LinkedHashMap::new));
  }
}
