package org.barestack.model;

import java.util.List;

/**
 * The public parts of a site's secrets: {@code secrets.pub.yaml}.
 *
 * @param recipients who can open {@code secrets.age}: public keys of age, {@code age1...}
 * @param ca certificate of the site's own authority, PEM
 * @param managerSshKey by which CloudStack's management server logs in to workers, one line as
 *     OpenSSH has it
 * @param backup certificate to which backups are encrypted, PEM
 */
public record Trust(List<String> recipients, String ca, String managerSshKey, String backup) {
  /** Of a site that has no secrets yet. */
  public static final Trust NONE = new Trust(List.of(), "", "", "");

  public Trust {
    recipients = List.copyOf(recipients);
  }

  /** Whether the site has secrets. */
  public boolean isThere() {
    return !equals(NONE);
  }
}
