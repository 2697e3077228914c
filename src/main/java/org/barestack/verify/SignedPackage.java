package org.barestack.verify;

import java.time.InstantSource;
import org.barestack.format.rpm.HeaderSignatures;
import org.barestack.format.rpm.RpmPackage;

/**
 * Trust in RPM packages. It goes from a key to the header, which the key signs, from the header to
 * the payload, whose SHA-256 it holds, and from the payload to its files: so {@link #verdict}
 * first, and what {@code RpmReader.extract} or {@code RpmReader.verifyPayload} then read without an
 * exception is what the key's owner packed.
 */
public final class SignedPackage {
  private SignedPackage() {}

  /** What the signatures of a package's header are worth. */
  public static Verdict verdict(RpmPackage rpm, TrustedKeys keys, InstantSource clock) {
    HeaderSignatures signatures = rpm.signatures();
    if (signatures.packets().isEmpty()) {
      return new Verdict.Unsigned(
          signatures.legacy()
              ? "its header is not signed; signatures over header and payload are not read"
              : "the package is not signed");
    }
    SignatureCheck check = SignatureCheck.of(signatures.packets(), keys, clock);
    byte[] signed = signatures.signed();
    check.write(signed, 0, signed.length);
    return check.verdict();
  }
}
