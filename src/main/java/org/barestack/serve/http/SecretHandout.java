package org.barestack.serve.http;

import java.net.InetSocketAddress;
import java.security.PublicKey;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManager;
import org.barestack.boot.SecretAnswer;
import org.barestack.boot.SecretDesk;
import org.barestack.model.Secret;

/**
 * The secrets of nodes, and the TLS server that they go over.
 *
 * @param address where it listens; port 0 for any free one
 * @param keys what the server shows of itself
 * @param desk decides who gets them
 */
public record SecretHandout(
    InetSocketAddress address, List<KeyManager> keys, SecretDesk desk, Source source) {
  public SecretHandout {
    keys = List.copyOf(keys);
  }

  /** What a node gets. */
  @FunctionalInterface
  public interface Source {
    /**
     * Names and values, names of lower-case letters and hyphens.
     *
     * @param key the node's own, elliptic of 256 bits, for its certificate
     */
    Map<String, Secret> of(SecretAnswer.Granted granted, PublicKey key);
  }
}
