package org.barestack.diff;

/**
 * One text of a node that differs.
 *
 * @param artefact its name, as {@code barestack render} calls its file
 * @param kind whether both sides have it
 * @param hunks of the unified diff, without its header
 * @param added lines that only the new one has
 * @param removed lines that only the old one has
 */
public record ArtefactChange(String artefact, Kind kind, String hunks, int added, int removed) {
  /** Which side has it. */
  public enum Kind {
    CHANGED,
    ADDED,
    REMOVED
  }

  /** When it takes effect. What nobody classified is taken for the most expensive. */
  public Effect effect() {
    return Effect.of(artefact).orElse(Effect.REINSTALL);
  }
}
