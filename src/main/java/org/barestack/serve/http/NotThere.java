package org.barestack.serve.http;

import java.io.IOException;
import java.io.UncheckedIOException;

/** Something of ours is missing, perhaps not for long; the message goes to the client too. */
final class NotThere extends UncheckedIOException {
  private static final long serialVersionUID = 1;

  NotThere(String message) {
    super(message, new IOException(message));
  }
}
