package org.barestack.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.barestack.format.rpm.RpmException;
import org.barestack.format.rpm.RpmReader;
import org.barestack.testing.Command;
import org.barestack.testing.SignedRpms;
import org.barestack.testing.SignedRpms.Packing;
import org.barestack.testing.SignedRpms.Signer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Packages of rpmbuild and rpmsign, with rpmkeys as the judge. */
class SignedPackageTest {
  @TempDir Path folder;

  /** What rpmkeys and we say of a package. */
  private enum Says {
    GOOD,
    BAD
  }

  /**
   * Whether the package is good by its signature and its payload; every package has to be signed.
   */
  private Verdict ours(Path rpm, TrustedKeys keys) throws IOException {
    try (RpmReader reader = RpmReader.open(rpm)) {
      Verdict verdict = SignedPackage.verdict(reader.rpm(), keys, InstantSource.system());
      if (verdict instanceof Verdict.Good) {
        reader.verifyPayload();
      }
      return verdict;
    }
  }

  private Says judge(Path rpm, Signer... imported) throws IOException {
    Path database = Files.createTempDirectory(folder, "rpmdb");
    for (Signer signer : imported) {
      Path key = database.resolve(signer + ".asc");
      Files.write(key, SignedRpms.key(signer));
      Command.Result result =
          Command.of("rpmkeys", "--dbpath", database.toString(), "--import", key.toString()).run();
      assertThat(result.status()).as(result.all()).isZero();
    }
    return Command.of(
                    "rpmkeys",
                    "--define=_pkgverify_level all",
                    "--dbpath",
                    database.toString(),
                    "-K",
                    rpm.toString())
                .run()
                .status()
            == 0
        ? Says.GOOD
        : Says.BAD;
  }

  private static TrustedKeys trusting(Signer... signers) {
    return TrustedKeys.of(
        List.of(), List.of(), Stream.of(signers).map(SignedPackageTest::keyFile).toList());
  }

  static KeyFile keyFile(Signer signer) {
    try {
      return KeyFile.parse("RPM-GPG-KEY-" + signer, SignedRpms.key(signer));
    } catch (MalformedException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void goodInEachPacking(Packing packing) throws IOException {
    Path rpm = SignedRpms.usual(packing);
    assertThat(ours(rpm, trusting(Signer.RSA)))
        .isInstanceOfSatisfying(
            Verdict.Good.class,
            good -> {
              assertThat(good.fingerprint()).isEqualTo(SignedRpms.fingerprint(Signer.RSA));
              assertThat(good.signer()).isEqualTo(good.fingerprint());
              assertThat(good.userId()).isEqualTo("RSA <RSA@example.org>");
            });
    assertThat(judge(rpm, Signer.RSA)).isEqualTo(Says.GOOD);
  }

  private Path signed(Signer signer, String options) {
    return SignedRpms.sign(
        SignedRpms.build(
            "small", Packing.ZSTD, root -> Files.writeString(root.resolve("a"), "text")),
        signer,
        options);
  }

  @Test
  void ed25519() throws IOException {
    Path rpm = signed(Signer.ED25519, "");
    assertThat(ours(rpm, trusting(Signer.RSA, Signer.ED25519))).isInstanceOf(Verdict.Good.class);
    assertThat(judge(rpm, Signer.ED25519)).isEqualTo(Says.GOOD);
  }

  @Test
  void anOldSignatureOfAKeyWithoutAnEnd() throws IOException {
    Path rpm = signed(Signer.OLD, "");
    assertThat(ours(rpm, trusting(Signer.OLD)))
        .isInstanceOfSatisfying(
            Verdict.Good.class,
            good -> assertThat(good.made()).hasToString("2020-06-01T00:00:00Z"));
    assertThat(judge(rpm, Signer.OLD)).isEqualTo(Says.GOOD);
  }

  @Test
  void noKey() throws IOException {
    Path rpm = SignedRpms.usual(Packing.ZSTD);
    assertThat(ours(rpm, trusting()))
        .isInstanceOfSatisfying(
            Verdict.NoKey.class,
            no -> {
              assertThat(no.issuer()).isEqualTo(SignedRpms.fingerprint(Signer.RSA));
              assertThat(no.reason()).contains("--key FILE");
            });
    assertThat(judge(rpm)).isEqualTo(Says.BAD);
  }

  @Test
  void anotherKey() throws IOException {
    Path rpm = signed(Signer.STRANGER, "");
    assertThat(ours(rpm, trusting(Signer.RSA))).isInstanceOf(Verdict.NoKey.class);
    assertThat(judge(rpm, Signer.RSA)).isEqualTo(Says.BAD);
  }

  @Test
  void unsigned() throws IOException {
    Path rpm =
        SignedRpms.build(
            "bare", Packing.ZSTD, root -> Files.writeString(root.resolve("a"), "text"));
    assertThat(ours(rpm, trusting(Signer.RSA)))
        .isEqualTo(new Verdict.Unsigned("the package is not signed"));
    assertThat(judge(rpm, Signer.RSA)).isEqualTo(Says.BAD);
  }

  /** rpm is no judge here: 4.18 takes what the key signed while it was good. */
  @Test
  void aKeyThatHasEnded() throws IOException {
    Path rpm = signed(Signer.EXPIRED, "");
    assertThat(ours(rpm, trusting(Signer.EXPIRED)))
        .isInstanceOfSatisfying(
            Verdict.KeyExpired.class,
            expired -> assertThat(expired.ended().toString()).startsWith("2020-12-31"));
  }

  @Test
  void aShortKeyAndAWeakDigest() throws IOException {
    assertThat(ours(signed(Signer.SHORT, ""), trusting(Signer.SHORT)))
        .isEqualTo(new Verdict.Weak("signed by an RSA key of 1024 bits; 2048 are the least"));
    assertThat(ours(signed(Signer.RSA, "--digest-algo SHA1"), trusting(Signer.RSA)))
        .isInstanceOfSatisfying(
            Verdict.Weak.class, weak -> assertThat(weak.reason()).contains("SHA-1"));
  }

  /** One bit anywhere in the main header. */
  @Test
  void aTamperedHeader() throws IOException {
    byte[] octets = Files.readAllBytes(SignedRpms.usual(Packing.ZSTD));
    Path rpm = folder.resolve("X.rpm");
    int header = index(octets, new byte[] {(byte) 0x8e, (byte) 0xad, (byte) 0xe8, 1}, 100);
    int name = index(octets, "loader\0".getBytes(UTF_8), header);
    octets[name] ^= 1;
    Files.write(rpm, octets);
    assertThat(ours(rpm, trusting(Signer.RSA)))
        .isInstanceOfSatisfying(
            Verdict.Wrong.class,
            wrong -> assertThat(wrong.reason()).contains("RSA <RSA@example.org>", "changed"));
    assertThat(judge(rpm, Signer.RSA)).isEqualTo(Says.BAD);
    // any octet of it
    octets[name] ^= 1;
    for (int at = header; at < header + 3000; at += 61) {
      octets[at] ^= 0x10;
      Files.write(rpm, octets);
      try {
        assertThat(ours(rpm, trusting(Signer.RSA)))
            .as("octet %d", at)
            .isInstanceOf(Verdict.Wrong.class);
      } catch (RpmException e) {
        assertThat(e).hasMessageStartingWith("X.rpm");
      }
      octets[at] ^= 0x10;
    }
    Files.write(rpm, octets);
    assertThat(ours(rpm, trusting(Signer.RSA))).isInstanceOf(Verdict.Good.class);
  }

  @Test
  void aTamperedPayload() throws IOException {
    for (Packing packing : Packing.values()) {
      byte[] octets = Files.readAllBytes(SignedRpms.usual(packing));
      octets[octets.length - 2000] ^= 1;
      Path rpm = folder.resolve("X.rpm");
      Files.write(rpm, octets);
      assertThatThrownBy(() -> ours(rpm, trusting(Signer.RSA)))
          .isInstanceOf(RpmException.class)
          .hasMessageStartingWith("X.rpm, payload: has the SHA-256 ");
      assertThatThrownBy(
              () -> {
                try (RpmReader reader = RpmReader.open(rpm)) {
                  reader.extract(
                      SignedRpms.files().keySet(), (_, _, content) -> content.readAllBytes());
                }
              })
          .isInstanceOf(RpmException.class);
      assertThat(judge(rpm, Signer.RSA)).isEqualTo(Says.BAD);
    }
  }

  private static int index(byte[] octets, byte[] part, int from) {
    for (int at = from; ; at++) {
      if (Arrays.equals(octets, at, at + part.length, part, 0, part.length)) {
        return at;
      }
    }
  }
}
