package org.barestack.kickstart;

/** What became of a command, an option or a section in a release. */
enum Fate {
  /** It does what it says. */
  GOOD,
  /** It is taken with a warning, and does nothing or soon will not. */
  DEPRECATED,
  /** The installer refuses it. */
  REMOVED
}
