package org.barestack.format.rpm;

import java.io.IOException;

/** An RPM package that is none, is damaged, or asks for what no package may. Says where. */
public final class RpmException extends IOException {
  private static final long serialVersionUID = 1L;
  private static final int LONGEST = 500;

  RpmException(String place, String problem) {
    super(shown(place + ": " + problem));
  }

  RpmException(String place, String problem, Throwable cause) {
    super(shown(place + ": " + problem), cause);
  }

  /** Names come from the package; nothing in them may steer a terminal or fill a screen. */
  private static String shown(String text) {
    String plain = text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]", "?");
    return plain.length() <= LONGEST ? plain : plain.substring(0, LONGEST) + "...";
  }
}
