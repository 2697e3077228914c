package org.barestack.verify;

import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;

/**
 * A primary key with its subkeys and all that is said of them (a "transferable public key").
 * Nothing of it was verified yet; that is for {@link Standing}, and for trusted ones alone.
 */
public final class Certificate {
  private final PGPPublicKeyRing ring;
  private final String fingerprint;

  Certificate(PGPPublicKeyRing ring) {
    this.ring = ring;
    this.fingerprint = Shown.hex(ring.getPublicKey().getFingerprint());
  }

  /** Fingerprint of the primary key, in upper-case hexadecimal, reckoned from the key itself. */
  public String fingerprint() {
    return fingerprint;
  }

  PGPPublicKeyRing ring() {
    return ring;
  }

  /** Whether it or a subkey has that key id or fingerprint. */
  boolean has(String issuer) {
    for (PGPPublicKey key : ring) {
      if (is(key, issuer)) {
        return true;
      }
    }
    return false;
  }

  static boolean is(PGPPublicKey key, String issuer) {
    return issuer.equals(Shown.hex(key.getFingerprint()))
        || issuer.equals(Shown.keyId(key.getKeyID()));
  }

  /**
   * What both say of the same key: so a revocation in any file counts. What the library cannot join
   * is left out, of the other.
   */
  Certificate joined(Certificate other) {
    try {
      return new Certificate(PGPPublicKeyRing.join(ring, other.ring));
    } catch (PGPException | RuntimeException e) {
      return this;
    }
  }

  @Override
  public String toString() {
    return fingerprint;
  }
}
