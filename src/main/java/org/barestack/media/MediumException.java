package org.barestack.media;

import java.io.IOException;

/** Why a medium was not made, or cannot be, in words that say what to do. */
public final class MediumException extends IOException {
  private static final long serialVersionUID = 1L;

  MediumException(String message) {
    super(message);
  }

  MediumException(String message, Throwable cause) {
    super(message, cause);
  }
}
