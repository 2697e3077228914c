package org.barestack.cloud;

import java.util.Arrays;
import java.util.Optional;

/** What runs the guests. */
public enum Hypervisor {
  KVM("KVM"),
  /**
   * CloudStack's own simulator, whose hosts are made up: to try a management server without any.
   */
  SIMULATOR("Simulator");

  private final String text;

  Hypervisor(String text) {
    this.text = text;
  }

  /** The one that CloudStack calls so. */
  public static Optional<Hypervisor> named(String text) {
    return Arrays.stream(values()).filter(one -> one.text.equals(text)).findFirst();
  }

  /** As CloudStack's API writes it. */
  @Override
  public String toString() {
    return text;
  }
}
