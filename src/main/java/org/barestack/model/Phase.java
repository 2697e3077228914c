package org.barestack.model;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where a node stands. The table of docs/states-and-claims.md says the same in words. */
public enum Phase {
  /** It will install when it next boots from the network. */
  ARMED(null),
  /** It was told to run the installer. */
  BOOTING(Duration.ofMinutes(20)),
  /** It may write its disk. */
  CLAIMED(Duration.ofMinutes(15)),
  /** The installer is at work. */
  INSTALLING(Duration.ofMinutes(60)),
  /** The installer has finished; the system was not heard of yet. */
  INSTALLED(null),
  /** Firstboot steps are running. */
  CONFIGURING(Duration.ofMinutes(60)),
  /** Firstboot steps are done; what is left is CloudStack's to say. */
  CONFIGURED(null),
  /** CloudStack says it is up. */
  READY(null),
  /** It was not allowed to write its disk. */
  REFUSED(null),
  /** The installer gave up, or came back too often. */
  FAILED(null);

  private final @Nullable Duration deadline;

  Phase(@Nullable Duration deadline) {
    this.deadline = deadline;
  }

  /** How long nothing may be heard in this phase before the node counts as stuck; null for ever. */
  public @Nullable Duration deadline() {
    return deadline;
  }

  /** Whether an install is under way, which only a claim or an end may follow. */
  public boolean underway() {
    return this == BOOTING || this == CLAIMED || this == INSTALLING;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
