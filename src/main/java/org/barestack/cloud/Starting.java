package org.barestack.cloud;

/** What it means that something does not come up. */
final class Starting {
  private Starting() {}

  /**
   * @param line what is not up: {@code consoleproxy: Starting}
   */
  static Diagnosis diagnosis(String line) {
    return new Diagnosis(line, "it did not come up in time", "apply again");
  }
}
