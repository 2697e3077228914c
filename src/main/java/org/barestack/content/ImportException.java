package org.barestack.content;

import java.io.IOException;

/** Why a release was not imported, in words that say what to do. */
public final class ImportException extends IOException {
  private static final long serialVersionUID = 1L;

  ImportException(String message) {
    super(message);
  }

  ImportException(String message, Throwable cause) {
    super(message, cause);
  }
}
