package org.barestack.serve.http;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.xnio.OptionMap;
import org.xnio.Options;
import org.xnio.Sequence;
import org.xnio.SslClientAuthMode;

/**
 * What is known of a request that came over TLS.
 *
 * @param client the key whose private part the client has shown to hold; null if it showed none
 */
record Tls(@Nullable PublicKey client) {
  private static final int NODE_KEY_BITS = 256;

  /**
   * TLS 1.3 alone: every node's curl has it, and it knows no renegotiation, by which a client could
   * change its key in the middle. A client without a certificate is let in, to be told so.
   */
  static final OptionMap OPTIONS =
      OptionMap.builder()
          .set(Options.SSL_ENABLED_PROTOCOLS, Sequence.of("TLSv1.3"))
          .set(Options.SSL_CLIENT_AUTH_MODE, SslClientAuthMode.REQUESTED)
          .getMap();

  /** A context of a server that shows these keys. */
  static SSLContext context(List<KeyManager> keys) {
    try {
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(
          keys.toArray(KeyManager[]::new), new TrustManager[] {new AnyCertificate()}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has TLS 1.3", e);
    }
  }

  static Tls of(SSLSession session) {
    try {
      Certificate[] chain = session.getPeerCertificates();
      return new Tls(chain[0].getPublicKey());
    } catch (SSLPeerUnverifiedException e) {
      return new Tls(null);
    }
  }

  /** Whether it is of the one kind that nodes make, which the site's authority signs. */
  static boolean isNodeKey(PublicKey key) {
    return key instanceof ECPublicKey elliptic
        && elliptic.getParams().getOrder().bitLength() == NODE_KEY_BITS;
  }

  /**
   * A node has no certificate that anybody signed before it asks for one. What counts is its key:
   * the handshake proves that the client holds the private part, and SecretDesk decides on it.
   */
  private static final class AnyCertificate implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      throw new IllegalStateException("this is a server's");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
