package org.barestack.secrets;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;

/** Secrets of a site that nobody keeps, for tests of other packages. */
public final class FreshSecrets {
  private FreshSecrets() {}

  /** New ones. */
  public static SiteSecrets make() {
    return SiteSecrets.make(List.of(), new SecureRandom(), InstantSource.system());
  }
}
