package org.barestack.secrets;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.barestack.model.Role;

/** Every secret that a site has. */
public enum SecretName {
  DATABASE_ROOT("root of MariaDB", "management"),
  DATABASE_CLOUD("CloudStack's user of MariaDB", "management"),
  DATABASE_KEY("encrypts values in CloudStack's database", "management"),
  MANAGEMENT_KEY("encrypts passwords in CloudStack's db.properties", "management"),
  ADMIN_PASSWORD("admin of CloudStack", "management"),
  MANAGER_SSH_KEY("CloudStack's way into the workers", "management"),
  BACKUP_KEY("opens backups", "management"),
  AGENT_KEYSTORE("keystore of CloudStack's agents", "kvm-worker"),
  CA_KEY("signs the certificates of nodes and of Barestack", "");

  private final String purpose;
  private final String role;

  SecretName(String purpose, String role) {
    this.purpose = purpose;
    this.role = role;
  }

  /** The secret that is called so. */
  public static Optional<SecretName> named(String text) {
    return Arrays.stream(values()).filter(name -> name.toString().equals(text)).findFirst();
  }

  /** What it is for. */
  public String purpose() {
    return purpose;
  }

  /** Which nodes get it; empty where it stays with Barestack. */
  public Optional<Role> role() {
    return role.isEmpty() ? Optional.empty() : Optional.of(new Role(role));
  }

  /** Whether it is a private key and not a password. */
  public boolean isKey() {
    return this == MANAGER_SSH_KEY || hasCertificate();
  }

  /** Whether it is a private key that a certificate belongs to. */
  public boolean hasCertificate() {
    return this == BACKUP_KEY || this == CA_KEY;
  }

  /** Its name for people, in {@code secrets.age} and as a file on a node. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
