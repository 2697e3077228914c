package org.barestack.model;

/**
 * A value that only its reader may see. Nothing that prints, logs or compares words shows it by
 * mistake; who needs it asks for {@link #value()}.
 */
public record Secret(String value) {
  @Override
  public String toString() {
    return "(secret)";
  }
}
