package org.barestack.kickstart;

import java.util.Locale;

/** What is checked. Its name in lower case with hyphens is how people and programs know it. */
public enum Rule {
  // ---- what pykickstart, the installer's own parser, refuses or warns of
  NOT_TEXT,
  EMPTY_FILE,
  QUOTING,
  UNKNOWN_COMMAND,
  REMOVED_COMMAND,
  DEPRECATED_COMMAND,
  UNKNOWN_OPTION,
  REMOVED_OPTION,
  DEPRECATED_OPTION,
  AMBIGUOUS_OPTION,
  MISSING_VALUE,
  SURPLUS_VALUE,
  BAD_VALUE,
  MISSING_OPTION,
  MISSING_ARGUMENT,
  SURPLUS_ARGUMENT,
  CONFLICTING_OPTIONS,
  CONFLICTING_COMMANDS,
  DUPLICATE,
  UNKNOWN_SECTION,
  DEPRECATED_SECTION,
  UNCLOSED_SECTION,
  INCLUDE,
  PACKAGES,

  // ---- what only the installer itself would find, or nobody until it is too late
  PART_SIZE,
  HOSTNAME,
  VLAN_ID,
  PASSWORD_HASH,
  VOLUME_GROUP,
  DISK_SIZE,
  NO_INSTALL_SOURCE,
  NO_END,
  NO_LOGIN,
  ABBREVIATION,
  IGNORED_ARGUMENT;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
