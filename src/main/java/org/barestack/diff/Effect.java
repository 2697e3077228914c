package org.barestack.diff;

import java.util.Optional;

/** When a change of an artefact takes effect on a node. */
public enum Effect {
  /** The installer reads it, or puts it on the disk; nothing brings it to a node that runs. */
  REINSTALL("reinstall", "takes effect when the node is reinstalled"),
  /** Rendered anew for each boot from the network. */
  NEXT_BOOT("next boot", "takes effect at the next boot from the network; nothing to do"),
  /** Rendered anew for each start of an installer, and leaves nothing on the node. */
  NEXT_INSTALL(
      "next install", "takes effect at the next install; an installed node is as it shall be"),
  /** Pinned for an install when it is first fetched, and read once. */
  NEXT_SEED("next seed", "takes effect with the next seed (barestack seed, build-iso)"),
  /** Carried by media. */
  NEXT_MEDIUM(
      "next medium",
      "takes effect on media made from now on (build-iso, render-kickstart --standalone)"),
  /** Rendered when a command sends it. */
  NEXT_COMMAND(
      "next command",
      "what barestack reinstall --now and secrets apply send to it is the new one at once");

  private final String brief;
  private final String words;

  Effect(String brief, String words) {
    this.brief = brief;
    this.words = words;
  }

  /** For tables and programs. */
  public String brief() {
    return brief;
  }

  /** For people, after the name of a node. */
  public String words() {
    return words;
  }

  /** That of an artefact by its name; empty for one that nobody classified. */
  static Optional<Effect> of(String artefact) {
    String top = artefact.contains("/") ? artefact.substring(0, artefact.indexOf('/')) : artefact;
    return Optional.ofNullable(
        switch (top) {
          case "kickstart.ks", "disk.ks", "files" -> REINSTALL;
          case "entry.ipxe", "local.ipxe", "entry.grub", "local.grub" -> NEXT_BOOT;
          case "install.ipxe", "install.grub" -> NEXT_INSTALL;
          case "cloud-init" -> NEXT_SEED;
          case "standalone.ks" -> NEXT_MEDIUM;
          case "reinstall.sh", "apply" -> NEXT_COMMAND;
          default -> null;
        });
  }
}
