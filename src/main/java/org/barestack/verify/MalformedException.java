package org.barestack.verify;

import java.io.IOException;

/** A file of keys or digests that cannot be read as one. The message begins with its name. */
public final class MalformedException extends IOException {
  private static final long serialVersionUID = 1L;

  MalformedException(String file, String problem) {
    super(file + ": " + Shown.text(problem));
  }
}
