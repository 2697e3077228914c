package org.barestack.verify;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.barestack.testing.Fuzz;
import org.barestack.testing.SignedRpms;
import org.barestack.testing.SignedRpms.Signer;
import org.junit.jupiter.api.Test;

/** What a mirror may send for a signature, a key or a CHECKSUM. */
public class VerifyFuzzTest {
  private static final byte[] SIGNED = "SHA256 (a) = 00\n".getBytes(UTF_8);
  private static final InstantSource NOW = InstantSource.system();

  /** Lengths of packets and subpackets, which promise up to 4 GiB. */
  private static List<byte[]> words() {
    return Stream.concat(
            Stream.of(
                    "-----BEGIN PGP SIGNATURE-----\n",
                    "-----END PGP SIGNATURE-----\n",
                    "-----BEGIN PGP SIGNED MESSAGE-----\n",
                    "=aaaa\n",
                    "- ",
                    "SHA256 (",
                    ") = ",
                    "# a: 9 bytes\n")
                .map(word -> word.getBytes(UTF_8)),
            Stream.of(
                    0xc2ff7fff,
                    0xffff04ff,
                    0x8a7fffff,
                    0x88ffff04,
                    0xc2ffffff,
                    0x99ffff04,
                    0xc6ffffff,
                    0x06000000,
                    0x7fffffff,
                    0xffffffff,
                    0x04001308,
                    0x06001b0a)
                .map(number -> ByteBuffer.allocate(4).putInt(number).array()))
        .toList();
  }

  private static byte[] binary(byte[] armored, String title) {
    try {
      return Armor.blocks(armored, title).getFirst();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** A changed signature is never good, unless it is the same one. */
  @Test
  void signatures() {
    TrustedKeys keys =
        TrustedKeys.of(
            List.of(),
            List.of(),
            List.of(
                SignedPackageTest.keyFile(Signer.RSA), SignedPackageTest.keyFile(Signer.ED25519)));
    byte[] rsa = SignedRpms.detached(SIGNED, Signer.RSA);
    byte[] eddsa = SignedRpms.detached(SIGNED, Signer.ED25519);
    List<Instant> made =
        List.of(
            ((Verdict.Good) verdict(rsa, keys)).made(),
            ((Verdict.Good) verdict(eddsa, keys)).made());
    Fuzz.run(
        "signatures",
        30_000,
        List.of(
            rsa, eddsa, binary(rsa, "PGP SIGNATURE"), binary(eddsa, "PGP SIGNATURE"), version6()),
        words(),
        input -> {
          Verdict verdict = verdict(input, keys);
          if (verdict instanceof Verdict.Good good) {
            assertThat(made).contains(good.made());
          }
          return shape(verdict);
        });
  }

  private static Verdict verdict(byte[] signature, TrustedKeys keys) {
    SignatureCheck check = SignatureCheck.of(signature, keys, NOW);
    check.write(SIGNED, 0, SIGNED.length);
    return check.verdict();
  }

  private static Object shape(Verdict verdict) {
    return verdict instanceof Verdict.Refused refused
        ? refused.getClass().getSimpleName()
            + refused.reason().replaceAll("[0-9A-F]{8,}|[0-9]+|\\(.*", "")
        : "good";
  }

  /** A version 6 signature (RFC 9580 §5.2.3) that promises 2 GiB of subpackets. */
  private static byte[] version6() {
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    packet.writeBytes(new byte[] {(byte) 0xc2, 40, 6, 0, 27, 8, 0x7f, -1, -1, -1});
    packet.writeBytes(new byte[32]);
    return packet.toByteArray();
  }

  /** A changed key verifies what the unchanged did, or nothing. */
  @Test
  void keys() {
    byte[] signature = SignedRpms.detached(SIGNED, Signer.ED25519);
    String fingerprint = SignedRpms.fingerprint(Signer.ED25519);
    PinnedKey pinned = new PinnedKey("rocky", 9, fingerprint);
    KeyFile named = SignedPackageTest.keyFile(Signer.ED25519);
    byte[] eddsa = SignedRpms.key(Signer.ED25519);
    Fuzz.run(
        "keys",
        30_000,
        List.of(
            eddsa,
            binary(eddsa, "PGP PUBLIC KEY BLOCK"),
            binary(SignedRpms.key(Signer.RSA), "PGP PUBLIC KEY BLOCK"),
            binary(SignedRpms.key(Signer.EXPIRED), "PGP PUBLIC KEY BLOCK")),
        words(),
        input -> {
          List<Object> shape = new ArrayList<>();
          try {
            KeyFile file = KeyFile.parse("keys", input);
            shape.add(file.certificates().size());
            // no file beside it takes from a key that the operator named
            assertThat(
                    verdict(
                        signature, TrustedKeys.of(List.of(pinned), List.of(file), List.of(named))))
                .isInstanceOf(Verdict.Good.class);
            Verdict byPin =
                verdict(signature, TrustedKeys.of(List.of(pinned), List.of(file), List.of()));
            if (byPin instanceof Verdict.Good good) {
              assertThat(good.fingerprint()).isEqualTo(fingerprint);
            }
            shape.add(shape(byPin));
            shape.add(
                shape(verdict(signature, TrustedKeys.of(List.of(), List.of(), List.of(file)))));
          } catch (MalformedException e) {
            assertThat(e.getMessage()).startsWith("keys: ").doesNotContainPattern("\\p{Cntrl}");
            shape.add(String.valueOf(e.getMessage()).replaceAll("[^a-zA-Z ]", ""));
          }
          return shape;
        });
  }

  @Test
  void texts() {
    byte[] clear = SignedRpms.clearSigned(SIGNED, Signer.ED25519);
    TrustedKeys keys =
        TrustedKeys.of(List.of(), List.of(), List.of(SignedPackageTest.keyFile(Signer.ED25519)));
    String checksums =
        "# a: 9 bytes\nSHA256 (a) = " + "0f".repeat(32) + "\n" + "0e".repeat(64) + "  b\n";
    Fuzz.run(
        "checksums",
        20_000,
        List.of(clear, checksums.getBytes(UTF_8)),
        words(),
        input -> {
          List<Object> shape = new ArrayList<>();
          try {
            shape.add(ChecksumFile.parse("X", input).files().size());
          } catch (MalformedException e) {
            assertThat(e.getMessage()).startsWith("X: ");
            shape.add("malformed");
          }
          try {
            ClearSigned text = ClearSigned.parse("X", input);
            Verdict verdict = text.verdict(keys, NOW);
            if (verdict instanceof Verdict.Good) {
              assertThat(new String(text.text(), ISO_8859_1)).isEqualTo("SHA256 (a) = 00\n");
            }
            shape.add(shape(verdict));
          } catch (MalformedException e) {
            assertThat(e.getMessage()).startsWith("X: ");
          }
          return shape;
        });
  }
}
