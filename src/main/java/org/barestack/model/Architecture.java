package org.barestack.model;

/** What a machine's processor runs. */
public enum Architecture {
  /** 64-bit x86. */
  X86_64("x86_64"),
  /** 64-bit Arm. */
  AARCH64("aarch64");

  private final String text;

  Architecture(String text) {
    this.text = text;
  }

  /** As RPM and {@code uname -m} write it. */
  @Override
  public String toString() {
    return text;
  }
}
