package org.barestack.secrets;

import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Instant;
import org.barestack.model.Ipv4;
import org.barestack.model.Secret;

/**
 * A node's own key and what says whose it is, made here for a node that cannot ask for it.
 *
 * @param key elliptic, PEM (PKCS#8)
 * @param certificate by the site's authority, PEM
 */
public record NodeKey(Secret key, String certificate) {
  /** A new one. */
  public static NodeKey make(
      SiteAuthority authority, String fqdn, String shortName, Ipv4 address, SecureRandom random) {
    KeyPair pair = Keys.ec(random);
    return new NodeKey(
        new Secret(Keys.pkcs8(pair.getPrivate())),
        SiteAuthority.pem(authority.issue(pair.getPublic(), fqdn, shortName, address)));
  }

  /**
   * The same from a generator of {@link SiteAuthority#derived}: the same octets give the same key
   * and the same certificate, which is good for as long as the authority's own, whatever the day.
   */
  public static NodeKey derived(
      SiteAuthority authority, String fqdn, String shortName, Ipv4 address, SecureRandom random) {
    KeyPair pair = Keys.ec(random);
    Instant from = authority.begin();
    return new NodeKey(
        new Secret(Keys.pkcs8(pair.getPrivate())),
        SiteAuthority.pem(
            authority.issue(pair.getPublic(), fqdn, shortName, address, random, from)));
  }
}
