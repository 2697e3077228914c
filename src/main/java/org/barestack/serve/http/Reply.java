package org.barestack.serve.http;

import java.net.URI;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.barestack.media.ServedMedia;
import org.barestack.model.PlainText;

/** What a route answers. */
sealed interface Reply {
  /** For what nobody needs to know of. */
  LongConsumer UNNOTED = octets -> {};

  /**
   * A text.
   *
   * @param sent gets the octets of the body when all are sent with status 200; may block
   */
  record Text(int status, String body, LongConsumer sent) implements Reply {}

  /**
   * A regular file that is there.
   *
   * @param folder which it is sent from; no symbolic link is followed below it
   * @param file below that folder, without symbolic links
   * @param sent gets the octets when all of the file, not a range, is sent; may block
   */
  record StoredFile(Path folder, Path file, LongConsumer sent) implements Reply {}

  /** A medium that is nowhere, which is given back when it is sent. */
  record Image(ServedMedia.Lent medium) implements Reply {}

  /** What is asked for is on another server: 302, which iPXE follows. */
  record Redirect(URI location) implements Reply {}

  /** There is nothing, which is an answer: 200 without a body. */
  record Nothing() implements Reply {}

  /** Done, nothing to say: 204. */
  record Done() implements Reply {}

  /** One line with that status, on whatever terminal it is shown. */
  static Reply line(int status, String line) {
    return new Text(status, PlainText.of(line) + "\n", UNNOTED);
  }
}
