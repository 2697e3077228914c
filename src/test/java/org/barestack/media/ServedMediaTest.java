package org.barestack.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.barestack.format.image.Overlay;
import org.barestack.format.image.Run;
import org.barestack.model.Token;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is kept of media that are served, and for how long. */
class ServedMediaTest {
  private static final int OCTETS = 1000;
  private static final Instant NOW = Instant.parse("2026-05-04T03:02:01.5Z");

  @TempDir private Path folder;
  private Path source = Path.of("");
  private final List<Token> made = new ArrayList<>();
  private boolean open = true;

  @BeforeEach
  void aSource() throws IOException {
    source = Files.write(folder.resolve("source.iso"), new byte[10]);
  }

  /** Room for three. */
  private ServedMedia media() {
    return new ServedMedia(
        token ->
            open
                ? Optional.of(
                    new MediumPlan(
                        "one",
                        source,
                        () -> {
                          made.add(token);
                          return Overlay.of(
                              List.of(Run.Octets.of(new byte[OCTETS]), new Run.OfSource(0, 10)));
                        }))
                : Optional.empty(),
        InstantSource.fixed(NOW),
        3 * OCTETS);
  }

  private static Token token(int number) {
    return new Token("0".repeat(30) + HexFormat.of().toHexDigits((byte) number));
  }

  private static ServedMedia.Lent take(ServedMedia media, int number) throws IOException {
    return media.take(token(number)).orElseThrow();
  }

  @Test
  void whatWasAskedForLongestAgoGoes() throws IOException {
    try (ServedMedia media = media()) {
      for (int number : new int[] {1, 2, 3, 1, 4, 1, 3, 2}) {
        take(media, number).close();
      }
    }
    assertThat(made).containsExactly(token(1), token(2), token(3), token(4), token(2));
  }

  @Test
  void whatIsSentStays() throws IOException {
    try (ServedMedia media = media()) {
      ServedMedia.Lent one = take(media, 1);
      ServedMedia.Lent again = take(media, 1);
      ServedMedia.Lent two = take(media, 2);
      ServedMedia.Lent three = take(media, 3);
      for (int i = 0; i < 2; i++) {
        assertThatExceptionOfType(ServedMedia.BusyException.class)
            .isThrownBy(() -> media.take(token(4)));
        one.close();
        one.close();
        assertThat(one.source().isOpen()).as("another one sends it").isTrue();
      }
      again.close();
      take(media, 4).close();
      assertThat(one.source().isOpen()).isFalse();
      assertThat(two.source().isOpen()).isTrue();
      two.close();
      three.close();
    }
  }

  @Test
  void whatEndedWhileItIsSentIsSentToItsEnd() throws IOException {
    try (ServedMedia media = media()) {
      ServedMedia.Lent one = take(media, 1);
      open = false;
      assertThat(media.take(token(1))).isEmpty();
      one.image().read(OCTETS, new byte[10], 0, 10);
      one.close();
      assertThat(one.source().isOpen()).isFalse();
    }
  }

  @Test
  void oneThatIsLargerThanTheRoomIsServedAlone() throws IOException {
    ServedMedia media =
        new ServedMedia(
            _ ->
                Optional.of(
                    new MediumPlan(
                        "one", source, () -> Overlay.of(List.of(Run.Octets.of(new byte[OCTETS]))))),
            InstantSource.fixed(NOW),
            OCTETS - 1);
    try (media) {
      ServedMedia.Lent one = take(media, 1);
      assertThatExceptionOfType(ServedMedia.BusyException.class)
          .isThrownBy(() -> media.take(token(2)));
      one.close();
      take(media, 2).close();
    }
  }

  @Test
  void theTagIsThatOfTheOctets() throws IOException {
    try (ServedMedia media = media();
        ServedMedia later = media();
        ServedMedia.Lent one = take(media, 1);
        ServedMedia.Lent other = take(media, 2);
        ServedMedia.Lent restarted = take(later, 1)) {
      assertThat(one.tag()).isEqualTo(other.tag()).isEqualTo(restarted.tag());
      assertThat(one.since()).isEqualTo(Instant.parse("2026-05-04T03:02:01Z"));
      Files.write(source, new byte[11]);
      try (ServedMedia.Lent changed = take(media, 1)) {
        assertThat(changed.tag()).isNotEqualTo(one.tag());
      }
    }
  }

  @Test
  void whatFailsLeavesNothing() throws IOException {
    try (ServedMedia media = media()) {
      Files.write(source, new byte[9]); // the overlay asks for ten
      assertThatExceptionOfType(IOException.class).isThrownBy(() -> media.take(token(1)));
      Files.write(source, new byte[10]);
      take(media, 1).close();
    }
    assertThat(made).hasSize(2);
  }
}
