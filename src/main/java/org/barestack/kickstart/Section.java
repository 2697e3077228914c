package org.barestack.kickstart;

import java.util.List;

/**
 * A kind of section.
 *
 * @param opening the word that begins it, with its percent sign
 * @param kind what is between that and {@code %end}
 * @param header what may stand beside the opening word
 */
record Section(String opening, Kind kind, Command header) {
  enum Kind {
    /** A script, which the kickstart's parser does not look into. */
    SCRIPT,
    /** Names of packages, one a line. */
    PACKAGES,
    /** Somebody else's text. */
    OPAQUE,
    /** The same, and there must be some. */
    CERTIFICATE
  }

  static Section script(String opening, Option... more) {
    List<Option> options =
        new java.util.ArrayList<>(
            List.of(
                Option.flag("--erroronfail"),
                Option.value("--interpreter"),
                Option.value("--log", "--logfile")));
    options.addAll(List.of(more));
    return new Section(opening, Kind.SCRIPT, Command.of(opening, options.toArray(new Option[0])));
  }

  static Section packages(Option... options) {
    return new Section(
        "%packages",
        Kind.PACKAGES,
        Command.of("%packages", options).where(Conditions.atMostOne("--default", "--nocore")));
  }

  /** One whose header and text are not looked at. */
  static Section opaque(String opening) {
    return new Section(opening, Kind.OPAQUE, Command.free(opening));
  }

  Section deprecated(String instead) {
    return new Section(opening, kind, header.deprecated(instead));
  }
}
