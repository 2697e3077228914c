package org.barestack.render;

import java.net.URI;
import java.util.List;
import org.barestack.model.InstallId;
import org.barestack.model.Token;
import org.jspecify.annotations.Nullable;

/**
 * What one install adds to a node's cloud-init seed.
 *
 * @param token of the install's URLs; null without a server: then the node reports to nobody
 * @param baseUrl where the machine reaches Barestack, without a final slash; null without a server
 * @param secrets files that a server would hand out; none with one
 */
public record Seed(
    InstallId id, @Nullable Token token, @Nullable URI baseUrl, List<NodeFile> secrets) {
  public Seed {
    secrets = List.copyOf(secrets);
  }

  /** One for a node that reaches Barestack. */
  public static Seed served(InstallId id, Token token, URI baseUrl) {
    return new Seed(id, token, baseUrl, List.of());
  }

  /** One for a node that does not, so that all is inside. */
  public static Seed offline(InstallId id, List<NodeFile> secrets) {
    return new Seed(id, null, null, secrets);
  }

  String url() {
    return baseUrl == null || token == null ? "" : baseUrl + "/install/" + token.secret();
  }
}
