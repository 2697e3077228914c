package org.barestack.verify;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.SignatureSubpacket;
import org.bouncycastle.bcpg.SignatureSubpacketTags;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureSubpacketVector;

/** What must hold of every signature, of files and of keys. */
final class Signatures {
  private static final Set<Integer> STRONG_HASHES =
      Set.of(
          HashAlgorithmTags.SHA256,
          HashAlgorithmTags.SHA384,
          HashAlgorithmTags.SHA512,
          HashAlgorithmTags.SHA224,
          HashAlgorithmTags.SHA3_256,
          HashAlgorithmTags.SHA3_512);

  /**
   * Subpackets that are minded, or that change nothing here. Any other one that is marked critical
   * makes its signature void (RFC 9580 §5.2.3.7); so does a notation.
   */
  private static final Set<Integer> UNDERSTOOD =
      Set.of(
          SignatureSubpacketTags.CREATION_TIME,
          SignatureSubpacketTags.EXPIRE_TIME,
          SignatureSubpacketTags.EXPORTABLE,
          SignatureSubpacketTags.REVOCABLE,
          SignatureSubpacketTags.KEY_EXPIRE_TIME,
          SignatureSubpacketTags.PREFERRED_SYM_ALGS,
          SignatureSubpacketTags.ISSUER_KEY_ID,
          SignatureSubpacketTags.PREFERRED_HASH_ALGS,
          SignatureSubpacketTags.PREFERRED_COMP_ALGS,
          SignatureSubpacketTags.KEY_SERVER_PREFS,
          SignatureSubpacketTags.PREFERRED_KEY_SERV,
          SignatureSubpacketTags.PRIMARY_USER_ID,
          SignatureSubpacketTags.POLICY_URL,
          SignatureSubpacketTags.KEY_FLAGS,
          SignatureSubpacketTags.SIGNER_USER_ID,
          SignatureSubpacketTags.REVOCATION_REASON,
          SignatureSubpacketTags.FEATURES,
          SignatureSubpacketTags.EMBEDDED_SIGNATURE,
          SignatureSubpacketTags.ISSUER_FINGERPRINT);

  /** "RSA Sign-Only", which nobody makes any more. */
  private static final int RSA_SIGN = 3;

  private Signatures() {}

  /** Why a signature cannot be taken by its form alone, if so. */
  static Optional<Verdict.Refused> unfit(PGPSignature signature) {
    if (signature.getVersion() != 4 && signature.getVersion() != 6) {
      return Optional.of(
          new Verdict.Malformed(
              "a signature of version " + signature.getVersion() + "; 4 and 6 are read"));
    }
    PGPSignatureSubpacketVector hashed = signature.getHashedSubPackets();
    if (hashed.getSignatureCreationTime() == null) {
      return Optional.of(new Verdict.Malformed("a signature that does not say when it was made"));
    }
    Optional<Integer> unknown =
        Arrays.stream(hashed.toArray())
            .filter(SignatureSubpacket::isCritical)
            .map(SignatureSubpacket::getType)
            .filter(type -> !UNDERSTOOD.contains(type))
            .findFirst();
    if (unknown.isPresent()) {
      return Optional.of(
          new Verdict.Malformed(
              "a signature with the critical subpacket " + unknown.get() + ", not known here"));
    }
    if (!STRONG_HASHES.contains(signature.getHashAlgorithm())) {
      return Optional.of(
          new Verdict.Weak(
              "signed by the digest "
                  + hash(signature.getHashAlgorithm())
                  + ", which is no protection; SHA-256 and better are taken"));
    }
    return Optional.empty();
  }

  private static String hash(int algorithm) {
    return switch (algorithm) {
      case HashAlgorithmTags.MD5 -> "MD5";
      case HashAlgorithmTags.SHA1 -> "SHA-1";
      case HashAlgorithmTags.RIPEMD160 -> "RIPEMD-160";
      default -> "number " + algorithm;
    };
  }

  /** Why a key's signatures count for nothing, if so. */
  static Optional<String> weakness(PGPPublicKey key) {
    int bits = key.getBitStrength();
    return switch (key.getAlgorithm()) {
      case PublicKeyAlgorithmTags.RSA_GENERAL, RSA_SIGN ->
          bits >= 2048
              ? Optional.empty()
              : Optional.of("an RSA key of " + bits + " bits; 2048 are the least");
      case PublicKeyAlgorithmTags.ECDSA ->
          bits >= 256
              ? Optional.empty()
              : Optional.of("an ECDSA key of " + bits + " bits; 256 are the least");
      case PublicKeyAlgorithmTags.EDDSA_LEGACY,
          PublicKeyAlgorithmTags.Ed25519,
          PublicKeyAlgorithmTags.Ed448 ->
          Optional.empty();
      case PublicKeyAlgorithmTags.DSA -> Optional.of("a DSA key; RSA, ECDSA and EdDSA are taken");
      default -> Optional.of("a key of algorithm " + key.getAlgorithm() + ", not known here");
    };
  }

  static Instant made(PGPSignature signature) {
    return signature.getCreationTime().toInstant();
  }

  /** When the signature itself ends, if it does. */
  static Optional<Instant> ends(PGPSignature signature) {
    long seconds = signature.getHashedSubPackets().getSignatureExpirationTime();
    return seconds == 0 ? Optional.empty() : Optional.of(made(signature).plusSeconds(seconds));
  }
}
