package org.barestack.verify;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.bcpg.SignatureSubpacketTags;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.operator.PGPContentVerifierBuilderProvider;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;
import org.jspecify.annotations.Nullable;

/**
 * What a certificate really says, by signatures of its primary key that were verified; everything
 * else in it may be anybody's. A primary key stands by a self-signature, a subkey by a binding that
 * it signed in return.
 *
 * @param fingerprint of the primary key
 * @param userId the newest that the primary key has signed; empty if it has none
 * @param signers keys that may have signed files: those of which it is said that they sign
 */
record Standing(String fingerprint, String userId, List<Signer> signers) {
  /** Verifying takes time, and anybody can add signatures to a key; real ones have some dozens. */
  private static final int MOST_SIGNATURES = 500;

  /**
   * A key that may sign.
   *
   * @param fingerprint of this key
   * @param revoked that it, or its primary key, was. When and why does not count: a revocation can
   *     tell any time, and one key less is safer than one too many
   * @param ends when it, or its primary key, ends
   */
  record Signer(PGPPublicKey key, String fingerprint, boolean revoked, Optional<Instant> ends) {}

  /** A verified statement of the primary key on itself or on a subkey. */
  private record Statement(
      Instant made, boolean revokes, long validSeconds, int flags, @Nullable String userId) {
    boolean signs() {
      return flags < 0 || (flags & KeyFlags.SIGN_DATA) != 0;
    }
  }

  private static final class Examination {
    private final PGPContentVerifierBuilderProvider verifiers =
        new BcPGPContentVerifierBuilderProvider();
    private final PGPPublicKey primary;
    private final Instant now;
    private int looked;

    Examination(PGPPublicKey primary, Instant now) {
      this.primary = primary;
      this.now = now;
    }

    /** Whether the math of a signature holds, whatever the library throws over it. */
    boolean holds(PGPSignature signature, PGPPublicKey by, Check check) {
      if (++looked > MOST_SIGNATURES) {
        return false;
      }
      try {
        signature.init(verifiers, by);
        return check.verify(signature);
      } catch (PGPException | RuntimeException e) {
        return false;
      }
    }

    /**
     * Whether it may say something good of a key: of what is forged easily, only revocations count.
     */
    boolean fit(PGPSignature signature) {
      return Signatures.unfit(signature).isEmpty()
          && Signatures.ends(signature).filter(now::isAfter).isEmpty();
    }

    /** Whether there were more signatures than were looked at: then nobody knows what they say. */
    boolean overfull() {
      return looked > MOST_SIGNATURES;
    }

    Optional<Statement> statement(
        PGPSignature signature, @Nullable String userId, boolean revokes, Check check) {
      if (!revokes && (signature.getKeyID() != primary.getKeyID() || !fit(signature))) {
        return Optional.empty();
      }
      if (!holds(signature, primary, check)) {
        return Optional.empty();
      }
      if (revokes) {
        return Optional.of(new Statement(Signatures.made(signature), true, 0, -1, userId));
      }
      boolean flagged =
          signature.getHashedSubPackets().hasSubpacket(SignatureSubpacketTags.KEY_FLAGS);
      return Optional.of(
          new Statement(
              Signatures.made(signature),
              false,
              signature.getHashedSubPackets().getKeyExpirationTime(),
              flagged ? signature.getHashedSubPackets().getKeyFlags() : -1,
              userId));
    }

    List<Statement> ofPrimary() {
      List<Statement> statements = new ArrayList<>();
      for (PGPSignature signature : each(primary.getKeySignatures())) {
        int type = signature.getSignatureType();
        if (type == PGPSignature.DIRECT_KEY || type == PGPSignature.KEY_REVOCATION) {
          statement(
                  signature,
                  null,
                  type == PGPSignature.KEY_REVOCATION,
                  one -> one.verifyCertification(primary))
              .ifPresent(statements::add);
        }
      }
      for (byte[] id : each(primary.getRawUserIDs())) {
        List<Statement> onId = new ArrayList<>();
        for (PGPSignature signature : each(primary.getSignaturesForID(id))) {
          boolean revokes = signature.getSignatureType() == PGPSignature.CERTIFICATION_REVOCATION;
          if (revokes || signature.isCertification()) {
            statement(
                    signature,
                    new String(id, UTF_8),
                    revokes,
                    one -> one.verifyCertification(id, primary))
                .ifPresent(onId::add);
          }
        }
        // a name that was taken back ends with that; the key does not
        newest(onId).filter(last -> !last.revokes()).ifPresent(statements::add);
      }
      return statements;
    }

    List<Statement> ofSubkey(PGPPublicKey subkey) {
      List<Statement> statements = new ArrayList<>();
      for (PGPSignature signature : each(subkey.getSignatures())) {
        int type = signature.getSignatureType();
        if (type == PGPSignature.SUBKEY_BINDING || type == PGPSignature.SUBKEY_REVOCATION) {
          statement(
                  signature,
                  null,
                  type == PGPSignature.SUBKEY_REVOCATION,
                  one -> one.verifyCertification(primary, subkey))
              .filter(one -> one.revokes() || boundBack(signature, subkey))
              .ifPresent(statements::add);
        }
      }
      return statements;
    }

    /**
     * A binding of a key that signs holds a signature by that key (RFC 9580 §5.2.3.34), so that
     * nobody makes another one's key his own. One of a key that only encrypts does not, and is of
     * no use here.
     */
    private boolean boundBack(PGPSignature binding, PGPPublicKey subkey) {
      try {
        for (PGPSignature back : binding.getHashedSubPackets().getEmbeddedSignatures()) {
          if (isBack(back, subkey)) {
            return true;
          }
        }
        for (PGPSignature back : binding.getUnhashedSubPackets().getEmbeddedSignatures()) {
          if (isBack(back, subkey)) {
            return true;
          }
        }
      } catch (PGPException | RuntimeException e) {
        return false;
      }
      return false;
    }

    private boolean isBack(PGPSignature back, PGPPublicKey subkey) {
      return back.getSignatureType() == PGPSignature.PRIMARYKEY_BINDING
          && fit(back)
          && holds(back, subkey, one -> one.verifyCertification(primary, subkey));
    }
  }

  private interface Check {
    boolean verify(PGPSignature signature) throws PGPException;
  }

  /**
   * Looks into a certificate that is trusted.
   *
   * @param now for statements that have ended themselves
   */
  static Standing of(Certificate certificate, Instant now) {
    PGPPublicKey primary = certificate.ring().getPublicKey();
    Examination examination = new Examination(primary, now);
    List<Statement> own = examination.ofPrimary();
    boolean revoked = own.stream().anyMatch(Statement::revokes);
    Optional<Statement> last = newest(own.stream().filter(one -> !one.revokes()).toList());
    Optional<Instant> ends = last.flatMap(one -> end(primary, one));
    List<Signer> signers = new ArrayList<>();
    // Without a self-signature nobody knows until when the key is good, as after a bad copy. A
    // revocation alone tells enough.
    if (last.filter(Statement::signs).isPresent() || revoked) {
      signers.add(new Signer(primary, certificate.fingerprint(), revoked, ends));
    }
    if (last.isPresent() || revoked) {
      for (PGPPublicKey key : certificate.ring()) {
        if (key.isMasterKey() || Signatures.weakness(key).isPresent()) {
          continue;
        }
        List<Statement> bound = examination.ofSubkey(key);
        boolean subkeyRevoked = revoked || bound.stream().anyMatch(Statement::revokes);
        newest(bound.stream().filter(one -> !one.revokes()).toList())
            .filter(Statement::signs)
            .ifPresent(one ->
                signers.add(
                    new Signer(
                        key,
                        Shown.hex(key.getFingerprint()),
                        subkeyRevoked,
                        earlier(ends, end(key, one)))));
      }
    }
    String userId =
        own.stream()
            .filter(one -> one.userId() != null)
            .max(Comparator.comparing(Statement::made))
            .map(one -> String.valueOf(one.userId()))
            .orElse("");
    return new Standing(
        certificate.fingerprint(),
        Shown.text(userId),
        examination.overfull() ? List.of() : List.copyOf(signers));
  }

  private static Optional<Statement> newest(List<Statement> statements) {
    return statements.stream().max(Comparator.comparing(Statement::made));
  }

  private static Optional<Instant> end(PGPPublicKey key, Statement statement) {
    return statement.validSeconds() == 0
        ? Optional.empty()
        : Optional.of(key.getCreationTime().toInstant().plusSeconds(statement.validSeconds()));
  }

  private static Optional<Instant> earlier(Optional<Instant> one, Optional<Instant> other) {
    return one.isPresent() && other.isPresent()
        ? Optional.of(Collections.min(List.of(one.get(), other.get())))
        : one.or(() -> other);
  }

  private static <T> Iterable<T> each(@Nullable Iterator<T> all) {
    return () -> all == null ? Collections.emptyIterator() : all;
  }
}
