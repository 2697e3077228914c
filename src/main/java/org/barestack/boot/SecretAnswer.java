package org.barestack.boot;

import org.barestack.model.InstallId;
import org.barestack.model.Node;

/** Whether a node gets the secrets of its role, and why. */
public sealed interface SecretAnswer {
  /** For the log and for the machine's own. */
  String reason();

  /** They are for the key that asked. */
  record Granted(Node node, InstallId install, String reason) implements SecretAnswer {}

  /** Its install has not come so far; later it may get them. */
  record NotYet(String reason) implements SecretAnswer {}

  /** Nobody gets them in this install any more. */
  record Never(String reason) implements SecretAnswer {}

  /**
   * Nobody gets them in this install any more, since two keys asked.
   *
   * @param node whose install it is
   */
  record Frozen(Node node, String reason) implements SecretAnswer {}

  /** The token opens no install. */
  record NoInstall(String reason) implements SecretAnswer {}
}
