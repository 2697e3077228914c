package org.barestack.render;

import java.net.URI;
import org.barestack.model.InstallId;
import org.barestack.model.Token;

/**
 * What one install adds to a node's kickstart.
 *
 * @param baseUrl where the machine reaches Barestack, without a final slash
 * @param treeUrl the install tree that it takes its packages from
 */
public record InstallContext(InstallId id, Token token, URI baseUrl, URI treeUrl) {
  /** Below it lie the kickstart, the claim, the reports, kernel and initrd. */
  String url() {
    return baseUrl + "/install/" + token.secret();
  }
}
