package org.barestack.verify;

import java.time.Instant;

/** What a look at a file's signatures came to. Only {@link Good} means that it may be used. */
public sealed interface Verdict {
  /**
   * A trusted key signed exactly this.
   *
   * @param fingerprint of the trusted primary key, in upper-case hexadecimal
   * @param signer fingerprint of the key that signed: the same, or that of a subkey of it
   * @param userId whom the key says it is of
   * @param made when, as the signature says
   */
  record Good(String fingerprint, String signer, String userId, Instant made) implements Verdict {}

  /** Everything else. */
  sealed interface Refused extends Verdict {
    /** What is wrong and what to do, to be put after the file's name and a colon. */
    String reason();
  }

  /** There is no signature. */
  record Unsigned(String reason) implements Refused {}

  /**
   * None of the trusted keys made it.
   *
   * @param issuer fingerprint or key id that the signature names, in upper-case hexadecimal
   */
  record NoKey(String issuer, String reason) implements Refused {}

  /**
   * A trusted key made the signature, but not for these octets.
   *
   * @param fingerprint of the trusted primary key
   */
  record Wrong(String fingerprint, String reason) implements Refused {}

  /**
   * A trusted key made it, and has ended, before or since.
   *
   * @param ended when
   */
  record KeyExpired(String fingerprint, Instant ended, String reason) implements Refused {}

  /** A trusted key made it, and was revoked, before or since. */
  record KeyRevoked(String fingerprint, String reason) implements Refused {}

  /** A trusted key made it for another time: later than now, or it has ended. */
  record OutOfTime(String fingerprint, Instant made, String reason) implements Refused {}

  /** By a digest or key that others can forge today. */
  record Weak(String reason) implements Refused {}

  /** No signature that can be read. */
  record Malformed(String reason) implements Refused {}
}
