package org.barestack.model;

/**
 * What a machine becomes: the name of a folder of templates.
 *
 * @param name lower-case letters, digits, inner hyphens
 */
public record Role(String name) {
  /** CloudStack's management server; control plane only, exactly one a site. */
  public static final Role MANAGEMENT = new Role("management");

  /** A CloudStack KVM host. */
  public static final Role KVM_WORKER = new Role("kvm-worker");

  public Role {
    if (!name.matches("[a-z]([a-z0-9-]*[a-z0-9])?")) {
      throw new IllegalArgumentException("not a role name: '" + name + "'");
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
