package org.barestack.verify;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import org.barestack.testing.SignedRpms;
import org.barestack.testing.SignedRpms.Signer;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyPacket;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPKeyRingGenerator;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.PGPSignatureSubpacketGenerator;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;
import org.bouncycastle.openpgp.operator.jcajce.JcaPGPKeyPair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signatures of gpg over a CHECKSUM file. */
class SignatureCheckTest {
  private static final byte[] CHECKSUM =
      ("# a.iso: 3 bytes\nSHA256 (a.iso) = " + "ab".repeat(32) + "\n").getBytes(UTF_8);
  private static final InstantSource NOW = InstantSource.system();

  @TempDir Path folder;

  private static TrustedKeys trusting(KeyFile... named) {
    return TrustedKeys.of(List.of(), List.of(), List.of(named));
  }

  private static TrustedKeys trusting(Signer signer) {
    return trusting(SignedPackageTest.keyFile(signer));
  }

  private static Verdict verdict(byte[] signature, TrustedKeys keys, InstantSource clock) {
    try {
      return SignatureCheck.verdict(signature, new ByteArrayInputStream(CHECKSUM), keys, clock);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static InstantSource in(Duration time) {
    return InstantSource.fixed(Instant.now().plus(time));
  }

  @Test
  void good() {
    for (Signer signer : new Signer[] {Signer.RSA, Signer.ED25519, Signer.OLD}) {
      assertThat(verdict(SignedRpms.detached(CHECKSUM, signer), trusting(signer), NOW))
          .isInstanceOfSatisfying(
              Verdict.Good.class,
              good -> assertThat(good.fingerprint()).isEqualTo(SignedRpms.fingerprint(signer)));
    }
  }

  @Test
  void binaryToo() throws IOException {
    byte[] armored = SignedRpms.detached(CHECKSUM, Signer.RSA);
    byte[] binary = Armor.blocks(armored, "PGP SIGNATURE").getFirst();
    assertThat(verdict(binary, trusting(Signer.RSA), NOW)).isInstanceOf(Verdict.Good.class);
    byte[] key = Armor.blocks(SignedRpms.key(Signer.RSA), "PGP PUBLIC KEY BLOCK").getFirst();
    assertThat(verdict(armored, trusting(KeyFile.parse("k", key)), NOW))
        .isInstanceOf(Verdict.Good.class);
    // text around the blocks, and the ends of lines that Windows has
    String mailed =
        "Hello,\n\n" + new String(armored, ISO_8859_1).replace("\n", "\r\n") + "\nBye\n";
    assertThat(verdict(mailed.getBytes(ISO_8859_1), trusting(Signer.RSA), NOW))
        .isInstanceOf(Verdict.Good.class);
  }

  @Test
  void wrong() {
    byte[] signature = SignedRpms.detached("something else".getBytes(UTF_8), Signer.RSA);
    assertThat(verdict(signature, trusting(Signer.RSA), NOW))
        .isInstanceOfSatisfying(
            Verdict.Wrong.class,
            wrong -> {
              assertThat(wrong.fingerprint()).isEqualTo(SignedRpms.fingerprint(Signer.RSA));
              assertThat(wrong.reason()).contains("RSA <RSA@example.org>");
            });
  }

  @Test
  void noneOfTheTrustedKeys() throws MalformedException {
    byte[] signature = SignedRpms.detached(CHECKSUM, Signer.STRANGER);
    String stranger = SignedRpms.fingerprint(Signer.STRANGER);
    assertThat(verdict(signature, trusting(Signer.RSA), NOW))
        .isEqualTo(
            new Verdict.NoKey(
                stranger,
                "signed by %s, which is none of the trusted keys (%s); if you trust it, give the file with that key (--key FILE)"
                    .formatted(stranger, SignedRpms.fingerprint(Signer.RSA))));
    KeyFile found = SignedPackageTest.keyFile(Signer.STRANGER);
    PinnedKey other = new PinnedKey("rocky", 9, SignedRpms.fingerprint(Signer.RSA));
    assertThat(verdict(signature, TrustedKeys.of(List.of(other), List.of(found), List.of()), NOW))
        .isEqualTo(
            new Verdict.NoKey(
                stranger,
                "signed by %s, a key of RPM-GPG-KEY-STRANGER that is not trusted; if you trust it, name its file (--key FILE)"
                    .formatted(stranger)));
    PinnedKey pinned = new PinnedKey("rocky", 9, stranger);
    TrustedKeys missing = TrustedKeys.of(List.of(pinned), List.of(), List.of());
    assertThat(missing.missing()).containsExactly(pinned);
    assertThat(verdict(signature, missing, NOW))
        .isEqualTo(
            new Verdict.NoKey(
                stranger,
                "signed by %s, which is trusted for rocky 9, but the key itself is in no file here: give the file with it (--key FILE)"
                    .formatted(stranger)));
    TrustedKeys there = TrustedKeys.of(List.of(pinned), List.of(found), List.of());
    assertThat(there.missing()).isEmpty();
    assertThat(there.fingerprints()).containsExactly(stranger);
    assertThat(verdict(signature, there, NOW)).isInstanceOf(Verdict.Good.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hello\n",
        "-----BEGIN PGP SIGNATURE-----\n",
        "-----BEGIN PGP SIGNATURE-----\n\n!!!!\n-----END PGP SIGNATURE-----\n",
        "-----BEGIN PGP SIGNATURE-----\n\naGVsbG8=\n-----END PGP SIGNATURE-----\n",
        "-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n",
        "\u0088\u0001\u0004",
        "\u00c2\u00ff\u007f\u00ff\u00ff\u00ff\u0006\u0000",
      })
  void noSignature(String text) {
    assertThat(verdict(text.getBytes(ISO_8859_1), trusting(Signer.RSA), NOW))
        .isInstanceOfAny(Verdict.Unsigned.class, Verdict.Malformed.class);
  }

  @Test
  void cutOff() throws IOException {
    byte[] signature =
        Armor.blocks(SignedRpms.detached(CHECKSUM, Signer.RSA), "PGP SIGNATURE").getFirst();
    for (int cut = 0; cut < signature.length; cut++) {
      assertThat(verdict(Arrays.copyOf(signature, cut), trusting(Signer.RSA), NOW))
          .as("cut at %d", cut)
          .isNotInstanceOf(Verdict.Good.class);
    }
  }

  @Test
  void expiredKey() {
    byte[] signature = SignedRpms.detached(CHECKSUM, Signer.EXPIRED);
    assertThat(verdict(signature, trusting(Signer.EXPIRED), NOW))
        .isInstanceOfSatisfying(
            Verdict.KeyExpired.class,
            expired -> assertThat(expired.reason()).contains("a key that ended on 2020-12-31T"));
    assertThat(
            verdict(
                signature,
                trusting(Signer.EXPIRED),
                InstantSource.fixed(Instant.parse("2020-07-01T00:00:00Z"))))
        .isInstanceOf(Verdict.Good.class);
  }

  @Test
  void outOfTime() {
    byte[] signature = SignedRpms.detached(CHECKSUM, Signer.OLD);
    Instant made = Instant.parse("2020-06-01T00:00:00Z");
    TrustedKeys keys = trusting(Signer.OLD);
    assertThat(verdict(signature, keys, InstantSource.fixed(made.minus(Duration.ofHours(23)))))
        .isInstanceOf(Verdict.Good.class);
    assertThat(verdict(signature, keys, InstantSource.fixed(made.minus(Duration.ofHours(25)))))
        .isInstanceOfSatisfying(
            Verdict.OutOfTime.class,
            out -> {
              assertThat(out.made()).isEqualTo(made);
              assertThat(out.reason()).contains("clock");
            });
    byte[] short0 = SignedRpms.detached(CHECKSUM, Signer.RSA, "--default-sig-expire", "1d");
    assertThat(verdict(short0, trusting(Signer.RSA), NOW)).isInstanceOf(Verdict.Good.class);
    assertThat(verdict(short0, trusting(Signer.RSA), in(Duration.ofDays(2))))
        .isInstanceOfSatisfying(
            Verdict.OutOfTime.class, out -> assertThat(out.reason()).contains(" ended on "));
  }

  @Test
  void weak() {
    assertThat(
            verdict(
                SignedRpms.detached(CHECKSUM, Signer.RSA, "--digest-algo", "SHA1"),
                trusting(Signer.RSA),
                NOW))
        .isInstanceOf(Verdict.Weak.class);
    assertThat(verdict(SignedRpms.detached(CHECKSUM, Signer.SHORT), trusting(Signer.SHORT), NOW))
        .isInstanceOf(Verdict.Weak.class);
  }

  @Test
  void otherKindsOfSignatures() {
    assertThat(
            verdict(
                SignedRpms.detached(CHECKSUM, Signer.RSA, "--textmode"), trusting(Signer.RSA), NOW))
        .isInstanceOf(Verdict.Malformed.class);
    assertThat(
            verdict(
                SignedRpms.detached(
                    CHECKSUM, Signer.RSA, "--sig-notation", "!critical@example.org=unknown"),
                trusting(Signer.RSA),
                NOW))
        .isInstanceOfSatisfying(
            Verdict.Malformed.class, bad -> assertThat(bad.reason()).contains("critical"));
    assertThat(
            verdict(
                SignedRpms.detached(CHECKSUM, Signer.RSA, "--sig-notation", "a@example.org=b"),
                trusting(Signer.RSA),
                NOW))
        .isInstanceOf(Verdict.Good.class);
  }

  /** The others spoil nothing, in whichever order. */
  @Test
  void oneGoodSignatureIsEnough() throws IOException {
    byte[] good = packet(SignedRpms.detached(CHECKSUM, Signer.RSA));
    byte[] strange = packet(SignedRpms.detached(CHECKSUM, Signer.STRANGER));
    byte[] wrong = packet(SignedRpms.detached(new byte[1], Signer.RSA));
    byte[] garbage = {(byte) 0x88, 1, 4};
    for (List<byte[]> packets :
        List.of(
            List.of(good, strange, wrong, garbage),
            List.of(garbage, wrong, strange, good),
            List.of(strange, good))) {
      SignatureCheck check = SignatureCheck.of(packets, trusting(Signer.RSA), NOW);
      check.write(CHECKSUM, 0, CHECKSUM.length);
      assertThat(check.verdict()).isInstanceOf(Verdict.Good.class);
    }
    SignatureCheck check = SignatureCheck.of(List.of(strange, wrong), trusting(Signer.RSA), NOW);
    check.write(CHECKSUM, 0, CHECKSUM.length);
    assertThat(check.verdict()).isInstanceOf(Verdict.Wrong.class);
    // two in one armored block, as gpg -u A -u B makes them
    byte[] both =
        SignedRpms.detached(CHECKSUM, Signer.RSA, "-u", SignedRpms.fingerprint(Signer.STRANGER));
    assertThat(verdict(both, trusting(Signer.RSA), NOW)).isInstanceOf(Verdict.Good.class);
    assertThat(verdict(both, trusting(Signer.STRANGER), NOW)).isInstanceOf(Verdict.Good.class);
    SignatureCheck many =
        SignatureCheck.of(Collections.nCopies(40, wrong), trusting(Signer.RSA), NOW);
    assertThat(many.verdict()).isInstanceOf(Verdict.Wrong.class);
  }

  private static byte[] packet(byte[] armored) throws IOException {
    return Armor.blocks(armored, "PGP SIGNATURE").getFirst();
  }

  private KeyFile exported(String fingerprint) throws MalformedException {
    return KeyFile.parse("key", SignedRpms.gpg("--armor", "--export", fingerprint).getBytes(UTF_8));
  }

  private byte[] signedBy(String key) throws IOException {
    Path in = folder.resolve("in");
    Path out = folder.resolve("out");
    Files.write(in, CHECKSUM);
    SignedRpms.gpg(
        "--armor", "-u", key, "--output", out.toString(), "--detach-sign", in.toString());
    return Files.readAllBytes(out);
  }

  private static List<String> fingerprints(String user) {
    return SignedRpms.gpg("--with-colons", "--fingerprint", "--fingerprint", user)
        .lines()
        .filter(line -> line.startsWith("fpr:"))
        .map(line -> line.split(":", -1)[9])
        .toList();
  }

  @Test
  void aSubkeyThatSigns() throws IOException {
    SignedRpms.gpg("--quick-gen-key", "sub@example.org", "ed25519", "cert", "never");
    String primary = fingerprints("sub@example.org").getFirst();
    SignedRpms.gpg("--quick-add-key", primary, "rsa2048", "sign", "1y");
    String subkey = fingerprints("sub@example.org").getLast();
    byte[] signature = signedBy(subkey + "!");
    KeyFile file = exported(primary);
    assertThat(verdict(signature, trusting(file), NOW))
        .isInstanceOfSatisfying(
            Verdict.Good.class,
            good -> {
              assertThat(good.fingerprint()).isEqualTo(primary);
              assertThat(good.signer()).isEqualTo(subkey).isNotEqualTo(primary);
            });
    // pinned by its primary key
    assertThat(
            verdict(
                signature,
                TrustedKeys.of(
                    List.of(new PinnedKey("rocky", 9, primary)), List.of(file), List.of()),
                NOW))
        .isInstanceOf(Verdict.Good.class);
    // and not by itself
    assertThat(
            verdict(
                signature,
                TrustedKeys.of(
                    List.of(new PinnedKey("rocky", 9, subkey)), List.of(file), List.of()),
                NOW))
        .isInstanceOf(Verdict.NoKey.class);
    assertThat(verdict(signature, trusting(file), in(Duration.ofDays(400))))
        .isInstanceOf(Verdict.KeyExpired.class);
  }

  /** A revocation in any of the files counts, also for what was signed before. */
  @Test
  void revoked() throws IOException {
    SignedRpms.gpg("--quick-gen-key", "revoked@example.org", "ed25519", "sign", "never");
    String fingerprint = fingerprints("revoked@example.org").getFirst();
    byte[] signature = signedBy(fingerprint);
    KeyFile before = exported(fingerprint);
    assertThat(verdict(signature, trusting(before), NOW)).isInstanceOf(Verdict.Good.class);
    Path certificate = SignedRpms.gnupg().resolve("openpgp-revocs.d/" + fingerprint + ".rev");
    Path usable = folder.resolve("revocation");
    Files.writeString(usable, Files.readString(certificate).replace(":-----", "-----"));
    SignedRpms.gpg("--import", usable.toString());
    KeyFile after = exported(fingerprint);
    for (TrustedKeys keys :
        List.of(
            trusting(after),
            trusting(before, after),
            trusting(after, before),
            TrustedKeys.of(List.of(), List.of(after), List.of(before)))) {
      assertThat(verdict(signature, keys, NOW))
          .isInstanceOfSatisfying(
              Verdict.KeyRevoked.class,
              revoked -> assertThat(revoked.reason()).contains("revoked"));
    }
  }

  /** An end that was put off: the newest of all files counts. */
  @Test
  void theNewestEndCounts() throws IOException {
    SignedRpms.gpg("--quick-gen-key", "ends@example.org", "ed25519", "sign", "1y");
    String fingerprint = fingerprints("ends@example.org").getFirst();
    byte[] signature = signedBy(fingerprint);
    KeyFile before = exported(fingerprint);
    SignedRpms.gpg(
        "--faked-system-time",
        String.valueOf(Instant.now().plusSeconds(60).getEpochSecond()),
        "--quick-set-expire",
        fingerprint,
        "3y");
    KeyFile after = exported(fingerprint);
    InstantSource later = in(Duration.ofDays(500));
    assertThat(verdict(signature, trusting(before), later)).isInstanceOf(Verdict.KeyExpired.class);
    assertThat(verdict(signature, trusting(after), later)).isInstanceOf(Verdict.Good.class);
    assertThat(verdict(signature, trusting(before, after), later)).isInstanceOf(Verdict.Good.class);
    assertThat(verdict(signature, trusting(after, before), later)).isInstanceOf(Verdict.Good.class);
  }

  /** A certificate that others wrote into: what its primary key did not sign is not minded. */
  @Test
  void whatThePrimaryKeyDidNotSign() throws GeneralSecurityException, PGPException, IOException {
    PGPKeyPair primary = pair();
    PGPKeyPair other = pair();
    byte[] byOther = signature(other);
    // bound by the primary key, but not in return
    assertThat(verdict(byOther, trusting(bound(primary, other, false)), NOW))
        .isInstanceOfSatisfying(
            Verdict.NoKey.class, no -> assertThat(no.reason()).contains("does not say"));
    assertThat(verdict(byOther, trusting(bound(primary, other, true)), NOW))
        .isInstanceOf(Verdict.Good.class);
    // a subkey that another primary key bound, put behind this one
    PGPPublicKey trusted = ring(bound(primary, pair(), true)).getPublicKey();
    PGPPublicKey subkey = ring(bound(pair(), other, true)).getPublicKey(other.getKeyID());
    byte[] mixed = new PGPPublicKeyRing(List.of(trusted, subkey)).getEncoded();
    assertThat(verdict(byOther, trusting(KeyFile.parse("mixed", mixed)), NOW))
        .isInstanceOfSatisfying(
            Verdict.NoKey.class, no -> assertThat(no.reason()).contains("does not say"));
    assertThat(verdict(signature(primary), trusting(KeyFile.parse("mixed", mixed)), NOW))
        .isInstanceOf(Verdict.Good.class);
    // without its self-signature
    byte[] bare = new PGPPublicKeyRing(List.of(primary.getPublicKey())).getEncoded();
    assertThat(verdict(signature(primary), trusting(KeyFile.parse("bare", bare)), NOW))
        .isInstanceOfSatisfying(
            Verdict.NoKey.class, no -> assertThat(no.reason()).contains("does not say"));
  }

  /**
   * Nobody looks through thousands of signatures, and nobody believes a key after the first 500.
   */
  @Test
  void aKeyFullOfSignatures() throws GeneralSecurityException, PGPException, IOException {
    PGPKeyPair primary = pair();
    PGPPublicKeyRing plain = ring(bound(primary, pair(), true));
    PGPSignatureGenerator generator = new PGPSignatureGenerator(signer(), primary.getPublicKey());
    generator.init(PGPSignature.KEY_REVOCATION, pair().getPrivateKey());
    byte[] forged = generator.generateCertification(primary.getPublicKey()).getEncoded();
    byte[] key = plain.getPublicKey().getPublicKeyPacket().getEncoded();
    byte[] all = plain.getEncoded();
    for (int count : new int[] {10, 600}) {
      ByteArrayOutputStream filled = new ByteArrayOutputStream();
      filled.writeBytes(key);
      for (int i = 0; i < count; i++) {
        filled.writeBytes(forged);
      }
      filled.write(all, key.length, all.length - key.length);
      KeyFile file = KeyFile.parse("filled", filled.toByteArray());
      assertThat(verdict(signature(primary), trusting(file), NOW))
          .isInstanceOf(count < 500 ? Verdict.Good.class : Verdict.NoKey.class);
    }
  }

  private static PGPPublicKeyRing ring(KeyFile file) {
    return file.certificates().getFirst().ring();
  }

  private static PGPKeyPair pair() throws GeneralSecurityException, PGPException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return new JcaPGPKeyPair(
        PublicKeyPacket.VERSION_4,
        PublicKeyAlgorithmTags.RSA_GENERAL,
        generator.generateKeyPair(),
        Date.from(Instant.parse("2024-01-01T00:00:00Z")));
  }

  private static BcPGPContentSignerBuilder signer() {
    return new BcPGPContentSignerBuilder(
        PublicKeyAlgorithmTags.RSA_GENERAL, HashAlgorithmTags.SHA256);
  }

  private static KeyFile bound(PGPKeyPair primary, PGPKeyPair subkey, boolean inReturn)
      throws PGPException, IOException {
    PGPSignatureSubpacketGenerator flags = new PGPSignatureSubpacketGenerator();
    flags.setKeyFlags(true, KeyFlags.SIGN_DATA);
    PGPKeyRingGenerator ring =
        new PGPKeyRingGenerator(
            PGPSignature.POSITIVE_CERTIFICATION,
            primary,
            "made@example.org",
            new BcPGPDigestCalculatorProvider().get(HashAlgorithmTags.SHA1),
            null,
            null,
            signer(),
            null);
    if (inReturn) {
      ring.addSubKey(subkey, flags.generate(), null, signer());
    } else {
      ring.addSubKey(subkey, flags.generate(), null);
    }
    return KeyFile.parse("made", ring.generatePublicKeyRing().getEncoded());
  }

  private static byte[] signature(PGPKeyPair by) throws PGPException, IOException {
    PGPSignatureGenerator generator = new PGPSignatureGenerator(signer(), by.getPublicKey());
    generator.init(PGPSignature.BINARY_DOCUMENT, by.getPrivateKey());
    PGPSignatureSubpacketGenerator issuer = new PGPSignatureSubpacketGenerator();
    issuer.setIssuerFingerprint(false, by.getPublicKey());
    issuer.setSignatureCreationTime(Date.from(Instant.now()));
    generator.setHashedSubpackets(issuer.generate());
    generator.update(CHECKSUM);
    return generator.generate().getEncoded();
  }

  @Test
  void clearSigned() throws IOException {
    String text = "- dashes\n-----BEGIN nothing\n# a: 1 bytes  \n\nlast line\n";
    byte[] octets = SignedRpms.clearSigned(text.getBytes(UTF_8), Signer.RSA);
    assertThat(ClearSigned.is(octets)).isTrue();
    ClearSigned signed = ClearSigned.parse("CHECKSUM", octets);
    assertThat(signed.text()).asString(UTF_8).isEqualTo(text.replace("bytes  ", "bytes"));
    assertThat(signed.verdict(trusting(Signer.RSA), NOW)).isInstanceOf(Verdict.Good.class);
    assertThat(signed.verdict(trusting(Signer.ED25519), NOW)).isInstanceOf(Verdict.NoKey.class);
    byte[] changed = new String(octets, UTF_8).replace("last line", "lost line").getBytes(UTF_8);
    assertThat(ClearSigned.parse("CHECKSUM", changed).verdict(trusting(Signer.RSA), NOW))
        .isInstanceOf(Verdict.Wrong.class);
    // what stands around it is not signed
    for (String around :
        List.of("x\n" + new String(octets, UTF_8), new String(octets, UTF_8) + "x\n")) {
      assertThat(refusal(around.getBytes(UTF_8))).startsWith("CHECKSUM: ");
    }
    assertThat(
            refusal(
                new String(octets, UTF_8)
                    .replace("\n\n- -", "\nSHA256 (a) = 00\n\n- -")
                    .getBytes(UTF_8)))
        .isEqualTo("CHECKSUM: has no blank line before its text");
    // a detached signature is none of a text
    assertThat(verdict(signed.signature().getBytes(UTF_8), trusting(Signer.RSA), NOW))
        .isInstanceOf(Verdict.Malformed.class);
  }

  private static String refusal(byte[] octets) {
    try {
      ClearSigned.parse("CHECKSUM", octets);
      return "none";
    } catch (MalformedException e) {
      return String.valueOf(e.getMessage());
    }
  }

  @Test
  void keyFiles() throws MalformedException {
    String both =
        "A note\n\n"
            + new String(SignedRpms.key(Signer.RSA), UTF_8)
            + "\n"
            + new String(SignedRpms.key(Signer.ED25519), UTF_8);
    assertThat(KeyFile.parse("keys", both.getBytes(UTF_8)).certificates())
        .extracting(Certificate::fingerprint)
        .containsExactly(
            SignedRpms.fingerprint(Signer.RSA), SignedRpms.fingerprint(Signer.ED25519));
    for (byte[] none :
        List.of(
            new byte[0],
            "hello".getBytes(UTF_8),
            SignedRpms.detached(CHECKSUM, Signer.RSA),
            new byte[] {(byte) 0x99, 0, 9, 4},
            new byte[(4 << 20) + 1])) {
      String message = "";
      try {
        KeyFile.parse("keys", none);
      } catch (MalformedException e) {
        message = String.valueOf(e.getMessage());
      }
      assertThat(message).startsWith("keys: ");
    }
  }

  @Test
  void pinnedKeys() {
    assertThat(PinnedKey.rocky(9))
        .containsExactly(new PinnedKey("rocky", 9, "21CB256AE16FC54C6E652949702D426D350D275D"));
    assertThat(PinnedKey.rocky(10))
        .extracting(key -> key.fingerprint().toLowerCase(Locale.ROOT))
        .containsExactly("fc226859c0860bf0ddb95b085b106c736fedfc85");
    assertThat(PinnedKey.all()).hasSize(2);
    assertThat(PinnedKey.rocky(8)).isEmpty();
  }
}
