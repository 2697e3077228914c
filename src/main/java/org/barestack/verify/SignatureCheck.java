package org.barestack.verify;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.barestack.verify.TrustedKeys.Candidate;
import org.bouncycastle.bcpg.sig.IssuerFingerprint;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;

/**
 * Signatures of a file, held against its octets as they pass: write them all, then ask for the
 * verdict. One good signature of a trusted key is enough, whatever the others are.
 *
 * <p>A key that has ended counts no more, also for what it signed before: when a signature was made
 * is known from the signature alone, which whoever has the key can date back. (rpm and gpg take
 * such a signature; a release whose key has ended is signed anew, or the key's end put off.)
 */
public final class SignatureCheck extends OutputStream {
  /** RPM packages have up to three, files of releases one or two. */
  private static final int MOST_SIGNATURES = 32;

  private static final int LONGEST = 1 << 20;

  /** Clocks differ, and time zones are mistaken. */
  private static final Duration AHEAD = Duration.ofDays(1);

  private final TrustedKeys keys;
  private final Instant now;
  private final List<Verdict.Refused> refused = new ArrayList<>();
  private final List<Open> open = new ArrayList<>();

  private record Open(PGPSignature signature, Candidate by) {}

  private SignatureCheck(TrustedKeys keys, Instant now) {
    this.keys = keys;
    this.now = now;
  }

  /**
   * Begins with the signatures of a detached file, as in CHECKSUM.asc: armored or binary.
   *
   * @param clock what time it is
   */
  public static SignatureCheck of(byte[] signatures, TrustedKeys keys, InstantSource clock) {
    SignatureCheck check = new SignatureCheck(keys, clock.instant());
    try {
      check.add(Armor.blocks(signatures, "PGP SIGNATURE"), PGPSignature.BINARY_DOCUMENT);
    } catch (IOException e) {
      check.refused.add(malformed(e));
    }
    return check;
  }

  /**
   * The same with packets, as an RPM header holds them; those that cannot be read spoil nothing.
   */
  public static SignatureCheck of(
      Collection<byte[]> packets, TrustedKeys keys, InstantSource clock) {
    SignatureCheck check = new SignatureCheck(keys, clock.instant());
    check.add(packets, PGPSignature.BINARY_DOCUMENT);
    return check;
  }

  /** The same for a text in the form that is signed: its lines end in CR LF, but for the last. */
  static SignatureCheck ofText(byte[] signatures, TrustedKeys keys, InstantSource clock) {
    SignatureCheck check = new SignatureCheck(keys, clock.instant());
    try {
      check.add(Armor.blocks(signatures, "PGP SIGNATURE"), PGPSignature.CANONICAL_TEXT_DOCUMENT);
    } catch (IOException e) {
      check.refused.add(malformed(e));
    }
    return check;
  }

  /**
   * Reads a stream to its end, and says what its signatures are worth.
   *
   * @throws IOException if it cannot be read
   */
  public static Verdict verdict(
      byte[] signatures, InputStream signed, TrustedKeys keys, InstantSource clock)
      throws IOException {
    SignatureCheck check = of(signatures, keys, clock);
    signed.transferTo(check);
    return check.verdict();
  }

  private void add(Collection<byte[]> blocks, int type) {
    for (byte[] block : blocks) {
      try {
        for (PGPSignature signature : signatures(block)) {
          if (open.size() + refused.size() >= MOST_SIGNATURES) {
            refused.add(new Verdict.Malformed("more than " + MOST_SIGNATURES + " signatures"));
            return;
          }
          begin(signature, type);
        }
      } catch (IOException | PGPException | RuntimeException e) {
        refused.add(malformed(e)); // what is no signature breaks the library in many ways
      }
    }
  }

  private static List<PGPSignature> signatures(byte[] block) throws IOException {
    if (block.length > LONGEST) {
      throw new IOException("more than a MiB");
    }
    List<PGPSignature> signatures = new ArrayList<>();
    BcPGPObjectFactory packets = new BcPGPObjectFactory(block);
    for (Object packet = packets.nextObject(); packet != null; packet = packets.nextObject()) {
      if (!(packet instanceof PGPSignatureList list)) {
        throw new IOException("something that is no signature");
      }
      list.forEach(signatures::add);
    }
    return signatures;
  }

  private void begin(PGPSignature signature, int type) throws PGPException {
    Optional<Verdict.Refused> unfit = Signatures.unfit(signature);
    if (unfit.isPresent()) {
      refused.add(unfit.get());
      return;
    }
    if (signature.getSignatureType() != type) {
      refused.add(
          new Verdict.Malformed(
              "a signature of type %d, not over %s"
                  .formatted(
                      signature.getSignatureType(),
                      type == PGPSignature.BINARY_DOCUMENT ? "a file" : "a text")));
      return;
    }
    String issuer = issuer(signature);
    Optional<Candidate> candidate = keys.candidate(issuer, now);
    if (candidate.isEmpty()) {
      refused.add(new Verdict.NoKey(issuer, keys.absence(issuer)));
      return;
    }
    PGPPublicKey key = candidate.get().signer().key();
    Optional<String> weakness = Signatures.weakness(key);
    if (weakness.isPresent()) {
      refused.add(new Verdict.Weak("signed by " + weakness.get()));
    } else if (key.getVersion() != signature.getVersion()) {
      refused.add(new Verdict.Malformed("a signature of another version than its key"));
    } else {
      signature.init(new BcPGPContentVerifierBuilderProvider(), key);
      open.add(new Open(signature, candidate.get()));
    }
  }

  /**
   * The fingerprint that it names, else the key id. What is not signed is a hint as good as any.
   */
  private static String issuer(PGPSignature signature) {
    IssuerFingerprint fingerprint = signature.getHashedSubPackets().getIssuerFingerprint();
    if (fingerprint == null) {
      fingerprint = signature.getUnhashedSubPackets().getIssuerFingerprint();
    }
    return fingerprint == null
        ? Shown.keyId(signature.getKeyID())
        : Shown.hex(fingerprint.getFingerprint());
  }

  private static Verdict.Malformed malformed(Exception e) {
    return new Verdict.Malformed(
        "the signature cannot be read: " + Shown.text(String.valueOf(e.getMessage())));
  }

  @Override
  public void write(int octet) {
    open.forEach(one -> one.signature().update((byte) octet));
  }

  @Override
  public void write(byte[] octets, int from, int length) {
    open.forEach(one -> one.signature().update(octets, from, length));
  }

  /** What the signatures are worth for all that was written. To be asked once. */
  public Verdict verdict() {
    List<Verdict> verdicts = new ArrayList<>(refused);
    open.forEach(one -> verdicts.add(verdict(one)));
    return verdicts.stream()
        .min(Comparator.comparingInt(SignatureCheck::rank))
        .orElseGet(() -> new Verdict.Unsigned("there is no signature"));
  }

  /** Of several, the one that tells most is told. */
  private static int rank(Verdict verdict) {
    return switch (verdict) {
      case Verdict.Good _ -> 0;
      case Verdict.Wrong _ -> 1;
      case Verdict.KeyRevoked _ -> 2;
      case Verdict.KeyExpired _ -> 3;
      case Verdict.OutOfTime _ -> 4;
      case Verdict.Weak _ -> 5;
      case Verdict.NoKey _ -> 6;
      case Verdict.Malformed _ -> 7;
      case Verdict.Unsigned _ -> 8;
    };
  }

  private Verdict verdict(Open one) {
    Standing.Signer signer = one.by().signer();
    String fingerprint = one.by().standing().fingerprint();
    String by = one.by().standing().userId() + " (" + signer.fingerprint() + ")";
    if (!holds(one.signature())) {
      return new Verdict.Wrong(
          fingerprint,
          "the signature of " + by + " is not of these octets: one of both was changed or damaged");
    }
    Instant made = Signatures.made(one.signature());
    if (signer.revoked()) {
      return new Verdict.KeyRevoked(
          fingerprint, "signed by " + by + ", a key that its owner has revoked");
    }
    Optional<Instant> ended = signer.ends().filter(end -> !end.isAfter(now) || !end.isAfter(made));
    if (ended.isPresent()) {
      return new Verdict.KeyExpired(
          fingerprint,
          ended.get(),
          "signed by %s, a key that ended on %s; if its owner has put that off, give the newer key (--key FILE)"
              .formatted(by, ended.get()));
    }
    if (made.isAfter(now.plus(AHEAD))) {
      return new Verdict.OutOfTime(
          fingerprint,
          made,
          "signed on %s by %s, and it is %s now: is this machine's clock right?"
              .formatted(made, by, now));
    }
    Instant born = signer.key().getCreationTime().toInstant();
    if (made.isBefore(born)) {
      return new Verdict.OutOfTime(
          fingerprint, made, "signed on %s by %s, a key from %s".formatted(made, by, born));
    }
    Optional<Instant> end = Signatures.ends(one.signature()).filter(at -> !at.isAfter(now));
    if (end.isPresent()) {
      return new Verdict.OutOfTime(
          fingerprint, made, "the signature of %s ended on %s".formatted(by, end.get()));
    }
    return new Verdict.Good(fingerprint, signer.fingerprint(), one.by().standing().userId(), made);
  }

  private static boolean holds(PGPSignature signature) {
    try {
      return signature.verify();
    } catch (PGPException | RuntimeException e) {
      return false;
    }
  }
}
