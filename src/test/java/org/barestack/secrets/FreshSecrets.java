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

  /** An authority that was made at another time, and signs then. */
  public static SiteAuthority authority(InstantSource clock) {
    SecureRandom random = new SecureRandom();
    return SiteSecrets.make(List.of(), random, clock).authority(random, clock);
  }
}
