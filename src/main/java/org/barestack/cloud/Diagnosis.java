package org.barestack.cloud;

/**
 * What went wrong, for people.
 *
 * @param symptom what was seen, with CloudStack's own words where it had some
 * @param cause what that comes of
 * @param remedy what to do next
 */
public record Diagnosis(String symptom, String cause, String remedy) {
  @Override
  public String toString() {
    return symptom + ": " + cause + "; " + remedy;
  }
}
