package org.barestack.model;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where a node stands. What leads from one to the next stands in {@link Transition}. */
public enum Phase {
  /** It will install when it next boots from the network. */
  ARMED(null, "the site names it, and it will install when it next boots from the network"),
  /** It was told to run the installer. */
  BOOTING(Duration.ofMinutes(20), "it was told to run the installer"),
  /** It may write its disk. */
  CLAIMED(Duration.ofMinutes(15), "it may write the disks that its claim names"),
  /** The installer is at work. */
  INSTALLING(Duration.ofMinutes(60), "the installer is at work"),
  /** The installer has finished, or its image was seeded; the system was not heard of yet. */
  INSTALLED(
      Duration.ofMinutes(30),
      "the installer has finished, or an image has its seed; its own system was not heard of"),
  /** Firstboot steps are running. */
  CONFIGURING(Duration.ofMinutes(60), "firstboot steps are running"),
  /** Firstboot steps are done; what is left is CloudStack's to say. */
  CONFIGURED(null, "all firstboot steps are done"),
  /** CloudStack says it is up. */
  READY(null, "CloudStack says that it is up"),
  /** It was not allowed to write its disk. */
  REFUSED(null, "it asked to write a disk and was not allowed to"),
  /** The installer gave up, or came back too often. */
  FAILED(null, "the installer gave up, or was started too often without an end");

  private final @Nullable Duration deadline;
  private final String meaning;

  Phase(@Nullable Duration deadline, String meaning) {
    this.deadline = deadline;
    this.meaning = meaning;
  }

  /** How long nothing may be heard in this phase before the node counts as stuck; null for ever. */
  public @Nullable Duration deadline() {
    return deadline;
  }

  /** In words, for people. */
  public String meaning() {
    return meaning;
  }

  /** Whether an install is under way, which only a claim or an end may follow. */
  public boolean underway() {
    return this == BOOTING || this == CLAIMED || this == INSTALLING;
  }

  /** Whether its own steps are done; all that may be missing is CloudStack's word. */
  public boolean isConfigured() {
    return this == CONFIGURED || this == READY;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
