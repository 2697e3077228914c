package org.barestack.secrets;

import java.util.List;
import java.util.stream.Stream;
import org.barestack.model.Node;
import org.barestack.model.Role;
import org.barestack.model.Site;

/**
 * What a new value means for nodes that were installed before. None of them changes by itself: no
 * step of theirs runs again when a secret changes.
 */
public final class Rotation {
  private Rotation() {}

  /** Lines for people: what holds the old value, and the commands that change it there. */
  public static List<String> afterwards(SecretName name, Site site) {
    return switch (name) {
      case DATABASE_ROOT ->
          List.of(
              "The management node keeps the old password until it has the new one:", apply(name));
      case DATABASE_CLOUD ->
          List.of(
              "CloudStack logs in to its database with the old one until it has the new one; it"
                  + " stands still for some minutes meanwhile:",
              apply(name));
      case DATABASE_KEY, MANAGEMENT_KEY ->
          List.of(
              "What is encrypted in "
                  + (name == SecretName.DATABASE_KEY ? "CloudStack's database" : "db.properties")
                  + " stays encrypted with the old one. A management node that runs has it, and"
                  + " needs nothing. Do not hand it the new one:",
              "CloudStack would not start. Changing it there is the work of CloudStack's own"
                  + " cloudstack-migrate-databases (--help), with the management server stopped and"
                  + " a backup made.",
              "Restoring a backup of before needs the old one: do not lose the commit that has"
                  + " it.");
      case ADMIN_PASSWORD ->
          List.of("The old one opens CloudStack until it has the new one:", apply(name));
      case MANAGER_SSH_KEY ->
          List.of(
              "A management server that has run keeps the old key in its database, and Barestack"
                  + " does not change it there. Workers installed before trust the old key, workers"
                  + " installed from now on only the new one, so that",
              "CloudStack cannot add them. Rotate this key before the management node is"
                  + " installed, or with the whole site. If the old key is known to others, take it"
                  + " out of each worker:",
              "  ssh NODE sudo vi /root/.ssh/authorized_keys");
      case BACKUP_KEY ->
          List.of(
              "Backups made until now open with the old key alone: do not lose the commit that has"
                  + " it. The management node encrypts to the old certificate until it has the new"
                  + " one:",
              apply(name));
      case AGENT_KEYSTORE ->
          Stream.concat(
                  Stream.of(
                      "Workers installed before keep the old passphrase, which opens a file on that"
                          + " worker only and goes nowhere. To change it, put the worker into"
                          + " maintenance in CloudStack, then:"),
                  site.nodes().stream()
                      .filter(node -> node.role().equals(Role.KVM_WORKER))
                      .map(node -> "  barestack reinstall --wipe " + node.name()))
              .toList();
      case CA_KEY ->
          Stream.concat(
                  Stream.of(
                      "Nodes installed before know the old authority: they do not trust Barestack"
                          + " nor new nodes any more, and their certificates are of the old one"
                          + " until they are installed anew (restart barestack serve first; the"
                          + " management node only if a backup of it is at hand):"),
                  site.nodes().stream()
                      .map(Node::name)
                      .map(node -> "  barestack reinstall --wipe " + node))
              .toList();
    };
  }

  private static String apply(SecretName name) {
    return "  barestack secrets apply " + name;
  }
}
