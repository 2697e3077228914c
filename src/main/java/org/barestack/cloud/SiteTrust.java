package org.barestack.cloud;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Trusts what the site's authority signed and nothing else, and says in words why not. */
final class SiteTrust extends X509ExtendedTrustManager {
  private final X509Certificate authority;
  private final X509ExtendedTrustManager judge;

  private SiteTrust(X509Certificate authority, X509ExtendedTrustManager judge) {
    this.authority = authority;
    this.judge = judge;
  }

  /** TLS with servers of the site. */
  static SSLContext context(X509Certificate authority) {
    try {
      KeyStore known = KeyStore.getInstance("PKCS12");
      known.load(null, null);
      known.setCertificateEntry("site", authority);
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(known);
      X509ExtendedTrustManager judge =
          Arrays.stream(factory.getTrustManagers())
              .filter(X509ExtendedTrustManager.class::isInstance)
              .map(X509ExtendedTrustManager.class::cast)
              .findFirst()
              .orElseThrow();
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new SiteTrust(authority, judge)}, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("every Java has TLS", e);
    }
  }

  /** Reads a certificate as files have it (PEM). */
  static X509Certificate read(String pem) {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(
                  new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    } catch (CertificateException e) {
      throw new IllegalArgumentException("it is no certificate", e);
    }
  }

  /** A server that is not believed; the message is for people. */
  static final class Distrusted extends CertificateException {
    private static final long serialVersionUID = 1L;

    Distrusted(String message, CertificateException cause) {
      super(message, cause);
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    try {
      judge.checkServerTrusted(chain, authType);
    } catch (CertificateException e) {
      throw new Distrusted(words(chain[0], e), e);
    }
    try {
      // the same, and whether the certificate is that of the name that was called
      judge.checkServerTrusted(chain, authType, engine);
    } catch (CertificateException e) {
      throw new Distrusted(
          "it shows a certificate of %s (%s), which is not good for %s"
              .formatted(subject(chain[0]), names(chain[0]), engine.getPeerHost()),
          e);
    }
  }

  private String words(X509Certificate shown, CertificateException why) {
    if (has(why, CertificateExpiredException.class)) {
      return "its certificate, of %s, ended on %s, or the clock of this machine is ahead"
          .formatted(subject(shown), shown.getNotAfter().toInstant());
    }
    if (has(why, CertificateNotYetValidException.class)) {
      return "its certificate, of %s, begins on %s: the clock of this machine is behind"
          .formatted(subject(shown), shown.getNotBefore().toInstant());
    }
    if (shown.getIssuerX500Principal().equals(authority.getSubjectX500Principal())) {
      return ("it shows a certificate of %s, which an authority called like this site's signed,"
              + " with another key: it belongs to another site, or to this one with another"
              + " ca-key")
          .formatted(subject(shown));
    }
    return "it shows a certificate of %s, signed by %s; the site's authority did not sign it"
        .formatted(subject(shown), shown.getIssuerX500Principal().getName());
  }

  private static boolean has(@Nullable Throwable thrown, Class<? extends Throwable> type) {
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      if (type.isInstance(each)) {
        return true;
      }
    }
    return false;
  }

  private static String subject(X509Certificate certificate) {
    String name = certificate.getSubjectX500Principal().getName();
    return name.isEmpty() ? names(certificate) : name;
  }

  private static String names(X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names == null
          ? "no names"
          : String.join(", ", names.stream().map(name -> String.valueOf(name.get(1))).toList());
    } catch (CertificateParsingException e) {
      return "names that cannot be read";
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("only engines are used");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("only engines are used");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    throw new CertificateException("no clients come here");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    throw new CertificateException("no clients come here");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    throw new CertificateException("no clients come here");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return judge.getAcceptedIssuers();
  }
}
