package org.barestack.render;

import java.util.List;
import java.util.Set;
import org.barestack.model.Node;

/**
 * What a medium's boot menus offer.
 *
 * @param label of the medium's volume, by which loader and installer find it
 * @param kernel its path on the medium, with a leading slash
 * @param initrd the same
 * @param ui what isolinux shows menus with, {@code vesamenu.c32}; empty if the medium has none:
 *     then it lists names, and takes one that is typed
 * @param nodes whose installs are on it, in order; one alone begins by itself
 * @param checked whether the medium bears a check sum
 * @param arguments more for the kernel, in every entry that starts it
 */
public record MediumMenu(
    String label,
    String kernel,
    String initrd,
    String ui,
    List<Entry> nodes,
    boolean checked,
    List<String> arguments) {
  /** Of loaders' and the kernel's command lines: GRUB hands no backslash on as it is. */
  public static final String LABEL = "[A-Za-z0-9][A-Za-z0-9#+.=@_-]{0,31}";

  public MediumMenu {
    nodes = List.copyOf(nodes);
    arguments = List.copyOf(arguments);
  }

  /**
   * A node's install.
   *
   * @param offline whether it asks no server
   * @param permit whether it may wipe a disk
   * @param restarts whether the machine restarts at the end
   * @param machines what the node's firmware said of itself, where that tells it from all others
   */
  public record Entry(
      Node node, boolean offline, boolean permit, boolean restarts, Set<Machine> machines) {
    public Entry {
      machines = Set.copyOf(machines);
    }
  }

  /**
   * A machine by its SMBIOS.
   *
   * @param uuid in lower case
   * @param serial empty if none is known
   */
  public record Machine(String uuid, String serial) {}
}
