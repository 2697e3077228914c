package org.barestack.secrets;

import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.Period;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.barestack.model.Ipv4;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The site's own certificate authority. It signs the keys of its nodes and of Barestack, and
 * nothing else; whoever knows its certificate knows both.
 *
 * <p>What it signs is good for as long as itself: nothing renews certificates of a node that runs,
 * so an earlier end would only be the night in which the cloud stands still. A node that is
 * installed anew gets a new one.
 */
public final class SiteAuthority {
  /** Longer than any machine of the site lives. */
  private static final Period LIFE = Period.ofYears(20);

  /** A machine's clock may be behind when it asks for the first time. */
  private static final Duration BACKDATED = Duration.ofDays(1);

  /** Bits; RFC 5280 §4.1.2.2 permits 20 octets. */
  private static final int SERIAL_BITS = 128;

  private static final String CERTIFICATE = "CERTIFICATE";

  private final PrivateKey key;
  private final X509Certificate certificate;
  private final SecureRandom random;
  private final InstantSource clock;

  private SiteAuthority(
      PrivateKey key, X509Certificate certificate, SecureRandom random, InstantSource clock) {
    this.key = key;
    this.certificate = certificate;
    this.random = random;
    this.clock = clock;
  }

  /**
   * An authority that was made before.
   *
   * @throws IllegalArgumentException if they are no key and certificate
   */
  static SiteAuthority of(
      String key, String certificate, SecureRandom random, InstantSource clock) {
    return new SiteAuthority(Keys.fromPkcs8("EC", key), parse(certificate), random, clock);
  }

  /** The certificate of a new authority with that key. */
  static String selfSigned(KeyPair pair, SecureRandom random, InstantSource clock) {
    X500Name name = name("Barestack site CA");
    return pem(
        build(
            name,
            pair.getPrivate(),
            "SHA256withECDSA",
            name,
            pair.getPublic(),
            life(clock),
            random,
            (builder, extensions) -> {
              builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
              builder.addExtension(
                  Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            }));
  }

  /** A certificate that only says to which key something is encrypted; nobody else vouches. */
  static String forEncryption(KeyPair pair, SecureRandom random, InstantSource clock) {
    X500Name name = name("Barestack backup");
    return pem(
        build(
            name,
            pair.getPrivate(),
            "SHA256withRSA",
            name,
            pair.getPublic(),
            life(clock),
            random,
            (builder, extensions) -> {
              builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
              builder.addExtension(
                  Extension.keyUsage, true, new KeyUsage(KeyUsage.keyEncipherment));
            }));
  }

  @Override
  public String toString() {
    return "authority " + certificate.getSerialNumber().toString(16);
  }

  /** When its certificate begins to be good. */
  Instant begin() {
    return certificate.getNotBefore().toInstant();
  }

  /**
   * Randomness that is the same for the same words, and that nobody can know who has not this
   * authority's key: for what must be fresh, and yet the same when it is made again.
   */
  public SecureRandom derived(String... words) {
    return DerivedRandom.of(key.getEncoded(), words);
  }

  /** Its certificate, PEM. */
  public String certificate() {
    return pem(certificate);
  }

  /** A certificate as files have it. */
  public static String pem(X509Certificate certificate) {
    try {
      return Pem.text(CERTIFICATE, certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate can always be written", e);
    }
  }

  /**
   * Signs a node's own key, for both ends of TLS.
   *
   * @param key elliptic, of 256 bits or more
   * @throws IllegalArgumentException if the key is of another kind
   */
  public X509Certificate issue(PublicKey key, String fqdn, String shortName, Ipv4 address) {
    return issue(key, fqdn, shortName, address, random, clock.instant().minus(BACKDATED));
  }

  /**
   * The same.
   *
   * @param random where what is random in a certificate comes from
   * @param from when it begins to be good
   */
  X509Certificate issue(
      PublicKey key,
      String fqdn,
      String shortName,
      Ipv4 address,
      SecureRandom random,
      Instant from) {
    if (!(key instanceof ECPublicKey elliptic)
        || elliptic.getParams().getOrder().bitLength() < 256) {
      throw new IllegalArgumentException(
          "a node's key is an elliptic one of 256 bits or more, not " + key.getAlgorithm());
    }
    return issue(
        key,
        shortName,
        random,
        from,
        List.of(
            new GeneralName(GeneralName.dNSName, fqdn),
            new GeneralName(GeneralName.dNSName, shortName),
            new GeneralName(GeneralName.iPAddress, address.toString())),
        KeyPurposeId.id_kp_serverAuth,
        KeyPurposeId.id_kp_clientAuth);
  }

  /**
   * What a TLS server of ours shows: a key of its own, made here and kept nowhere, with a
   * certificate for its address, which ends with the authority's own.
   */
  public KeyManager[] serverKeys(Ipv4 address) {
    KeyPair pair = Keys.ec(random);
    X509Certificate own =
        issue(
            pair.getPublic(),
            "Barestack",
            random,
            clock.instant().minus(BACKDATED),
            List.of(new GeneralName(GeneralName.iPAddress, address.toString())),
            KeyPurposeId.id_kp_serverAuth);
    try {
      char[] none = new char[0];
      KeyStore keys = empty();
      keys.setKeyEntry("barestack", pair.getPrivate(), none, new Certificate[] {own, certificate});
      KeyManagerFactory ours = KeyManagerFactory.getInstance("PKIX");
      ours.init(keys, none);
      return ours.getKeyManagers();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has TLS", e);
    }
  }

  /**
   * A TLS server of ours. It takes clients' certificates of this authority, should the server ask
   * for one.
   */
  public SSLContext server(Ipv4 address) {
    try {
      KeyStore known = empty();
      known.setCertificateEntry("site", certificate);
      TrustManagerFactory theirs = TrustManagerFactory.getInstance("PKIX");
      theirs.init(known);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(serverKeys(address), theirs.getTrustManagers(), random);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has TLS", e);
    }
  }

  private static KeyStore empty() throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try {
      store.load(null, null);
    } catch (java.io.IOException e) {
      throw new IllegalStateException("nothing is read", e);
    }
    return store;
  }

  private X509Certificate issue(
      PublicKey subject,
      String commonName,
      SecureRandom random,
      Instant from,
      List<GeneralName> names,
      KeyPurposeId... purposes) {
    List<Date> life = List.of(Date.from(from), certificate.getNotAfter());
    return build(
        X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded()),
        key,
        "SHA256withECDSA",
        name(commonName),
        subject,
        life,
        random,
        (builder, extensions) -> {
          builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
          builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
          builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes));
          builder.addExtension(
              Extension.subjectAlternativeName,
              false,
              new GeneralNames(names.toArray(GeneralName[]::new)));
          builder.addExtension(
              Extension.authorityKeyIdentifier,
              false,
              extensions.createAuthorityKeyIdentifier(certificate.getPublicKey()));
        });
  }

  private interface Extensions {
    void add(JcaX509v3CertificateBuilder builder, JcaX509ExtensionUtils extensions)
        throws CertIOException;
  }

  private static X509Certificate build(
      X500Name issuer,
      PrivateKey signer,
      String algorithm,
      X500Name subject,
      PublicKey key,
      List<Date> life,
      SecureRandom random,
      Extensions more) {
    // RFC 5280 §4.1.2.2: positive
    BigInteger serial = new BigInteger(SERIAL_BITS, random).setBit(SERIAL_BITS);
    var builder =
        new JcaX509v3CertificateBuilder(
            issuer, serial, life.getFirst(), life.getLast(), subject, key);
    try {
      JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
      more.add(builder, extensions);
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(key));
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder(algorithm).setSecureRandom(random).build(signer)));
    } catch (CertIOException | GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("a certificate could not be made", e);
    }
  }

  private static List<Date> life(InstantSource clock) {
    Instant begin = clock.instant().minus(BACKDATED);
    return List.of(
        Date.from(begin), Date.from(begin.atOffset(ZoneOffset.UTC).plus(LIFE).toInstant()));
  }

  private static X500Name name(String commonName) {
    return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, commonName).build();
  }

  /**
   * A certificate as files have it, PEM.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static X509Certificate parse(String pem) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    } catch (CertificateException e) {
      throw new IllegalArgumentException("it is no certificate", e);
    }
  }
}
