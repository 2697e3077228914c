package org.barestack.cloud;

import org.barestack.model.Secret;
import org.jspecify.annotations.Nullable;

/**
 * Who calls. API keys that are there already save the login, and are replaced by a login when they
 * are worth nothing any more.
 *
 * @param user in domain ROOT
 * @param password may be empty if there are keys; these alone are used then
 * @param keys those of that user, or null if they are to be asked for
 */
public record Credentials(String user, Secret password, @Nullable ApiKeys keys) {
  /** A user of whom only the password is known. */
  public Credentials(String user, Secret password) {
    this(user, password, null);
  }

  /**
   * A user's keys.
   *
   * @param key goes with every call
   * @param secret signs it
   */
  public record ApiKeys(Secret key, Secret secret) {}
}
