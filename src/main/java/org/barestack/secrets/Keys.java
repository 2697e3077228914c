package org.barestack.secrets;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAKeyGenParameterSpec;
import java.util.Base64;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.crypto.ec.CustomNamedCurves;

/** Makes keys and passwords, and writes keys as other programs have them. */
final class Keys {
  /** Bits of NIST's P-256, which OpenSSL, OpenSSH, Java and browsers all have. */
  private static final int P256_BITS = 256;

  private static final String PKCS8 = "PRIVATE KEY";
  private static final String SEC1 = "EC PRIVATE KEY";
  private static final X9ECParameters P256 = CustomNamedCurves.getByName("P-256");

  private static final String LETTERS_AND_DIGITS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

  /** 190 bits; MySQL's and CloudStack's own fields take more. */
  private static final int PASSWORD_LENGTH = 32;

  private Keys() {}

  /** Letters and digits only: CloudStack's scripts paste passwords into shell and SQL. */
  static String password(SecureRandom random) {
    StringBuilder password = new StringBuilder();
    for (int i = 0; i < PASSWORD_LENGTH; i++) {
      password.append(LETTERS_AND_DIGITS.charAt(random.nextInt(LETTERS_AND_DIGITS.length())));
    }
    return password.toString();
  }

  static KeyPair ec(SecureRandom random) {
    return pair("EC", new ECGenParameterSpec("secp256r1"), random);
  }

  static KeyPair rsa(SecureRandom random) {
    return pair("RSA", new RSAKeyGenParameterSpec(3072, RSAKeyGenParameterSpec.F4), random);
  }

  private static KeyPair pair(String algorithm, AlgorithmParameterSpec form, SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(form, random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java makes " + algorithm + " keys", e);
    }
  }

  /** Any private key in PKCS #8. */
  static String pkcs8(PrivateKey key) {
    return Pem.text(PKCS8, key.getEncoded());
  }

  /**
   * A key that {@link #pkcs8} wrote.
   *
   * @throws IllegalArgumentException if it is none of that algorithm; the message shows nothing of
   *     it
   */
  static PrivateKey fromPkcs8(String algorithm, String pem) {
    try {
      return KeyFactory.getInstance(algorithm)
          .generatePrivate(new PKCS8EncodedKeySpec(Pem.der(PKCS8, pem)));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("it is no private " + algorithm + " key in PKCS #8");
    }
  }

  /** An elliptic key as {@code ssh-keygen -t ecdsa -m PEM} writes it (RFC 5915). */
  static String sec1(KeyPair pair) {
    BigInteger secret = ((ECPrivateKey) pair.getPrivate()).getS();
    var structure =
        new org.bouncycastle.asn1.sec.ECPrivateKey(
            P256_BITS, secret, new DERBitString(point(secret)), X9ObjectIdentifiers.prime256v1);
    try {
      return Pem.text(SEC1, structure.getEncoded());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The public key to what {@link #sec1} or ssh-keygen wrote, as a line of OpenSSH (RFC 5656 §3.1).
   *
   * @throws IllegalArgumentException if it is no such key of P-256; the message shows nothing of it
   */
  static String sshLine(String sec1, String comment) {
    ByteArrayOutputStream blob = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(blob)) {
      for (byte[] field :
          new byte[][] {ascii("ecdsa-sha2-nistp256"), ascii("nistp256"), point(secret(sec1))}) {
        out.writeInt(field.length);
        out.write(field);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return "ecdsa-sha2-nistp256 "
        + Base64.getEncoder().encodeToString(blob.toByteArray())
        + " "
        + comment;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static BigInteger secret(String sec1) {
    byte[] der = Pem.der(SEC1, sec1);
    BigInteger secret;
    try {
      var structure = org.bouncycastle.asn1.sec.ECPrivateKey.getInstance(der);
      if (!X9ObjectIdentifiers.prime256v1.equals(structure.getParametersObject())) {
        throw new IllegalArgumentException("it is no key of 256 bits");
      }
      secret = structure.getKey();
    } catch (IllegalArgumentException | IllegalStateException e) {
      throw new IllegalArgumentException(
          "it is no ECDSA key of 256 bits without a passphrase, as ssh-keygen -t ecdsa -m PEM"
              + " makes it");
    }
    if (secret.signum() <= 0 || secret.compareTo(P256.getN()) >= 0) {
      throw new IllegalArgumentException("its number is out of range");
    }
    return secret;
  }

  private static byte[] point(BigInteger secret) {
    return P256.getG().multiply(secret).normalize().getEncoded(false);
  }
}
