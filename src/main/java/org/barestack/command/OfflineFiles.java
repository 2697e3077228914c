package org.barestack.command;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.barestack.model.Node;
import org.barestack.model.Secret;
import org.barestack.model.Site;
import org.barestack.render.NodeFile;
import org.barestack.secrets.NodeKey;
import org.barestack.secrets.SiteSecrets;

/**
 * What a server would hand out to a node that does not reach one, under the names that the steps of
 * the first boot look for.
 */
final class OfflineFiles {
  private OfflineFiles() {}

  /** The site's secrets; whoever cannot open them makes nothing that works offline. */
  static SiteSecrets open(Path folder, IdentityOption identity) {
    return switch (SiteSecrets.open(folder.resolve("secrets.age"), identity.file())) {
      case SiteSecrets.Answer.Opened(SiteSecrets secrets) -> secrets;
      case SiteSecrets.Answer.NotThere(String message) -> throw Failure.notDone(message);
      case SiteSecrets.Answer.NotOpened(String reason, String remedy) ->
          throw Failure.notDone(reason + "; " + remedy);
    };
  }

  /** The files of a node, with a new key of its own. */
  static List<NodeFile> fresh(SiteSecrets secrets, Site site, Node node, SecureRandom random) {
    return with(
        secrets,
        node,
        NodeKey.make(
            secrets.authority(), site.fqdn(node), node.name().text(), node.address(), random));
  }

  /** The same with a key that comes out the same for the same generator, whatever the day. */
  static List<NodeFile> derived(SiteSecrets secrets, Site site, Node node, SecureRandom random) {
    return with(
        secrets,
        node,
        NodeKey.derived(
            secrets.authority(), site.fqdn(node), node.name().text(), node.address(), random));
  }

  private static List<NodeFile> with(SiteSecrets secrets, Node node, NodeKey key) {
    List<NodeFile> files = new ArrayList<>();
    for (Map.Entry<String, Secret> secret : secrets.of(node.role()).entrySet()) {
      files.add(secret("secrets/" + secret.getKey(), secret.getValue().value()));
    }
    files.add(secret("node.key", key.key().value()));
    files.add(secret("node.crt", key.certificate()));
    return files;
  }

  private static NodeFile secret(String name, String text) {
    return new NodeFile("/etc/barestack/" + name, "0600", text);
  }
}
