package org.barestack.format.iso;

import org.jspecify.annotations.Nullable;

/** An image that cannot be read; the message begins with the place. */
public final class IsoException extends Exception {
  private static final long serialVersionUID = 1;

  /** Of that place, and what is wrong there. */
  IsoException(Place place, String problem) {
    this(place, problem, null);
  }

  IsoException(Place place, String problem, @Nullable Throwable cause) {
    super(place + ": " + Place.printable(problem), cause);
  }
}
