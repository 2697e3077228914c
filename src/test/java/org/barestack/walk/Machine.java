package org.barestack.walk;

import java.util.ArrayList;
import java.util.List;
import org.barestack.model.InstallId;
import org.barestack.model.MachineReport;
import org.barestack.model.Node;
import org.barestack.model.Token;
import org.jspecify.annotations.Nullable;

/** A machine with bays for disks. */
final class Machine {
  /** What runs on it. */
  sealed interface Doing {
    record Off() implements Doing {}

    record Firmware() implements Doing {}

    /** The installer was started and has not claimed. */
    record Looking(Token token, InstallId install) implements Doing {}

    /** It has a disk part, and has written to none of its disks, or to all. */
    record Writing(Token token, InstallId install, List<String> paths, boolean wrote)
        implements Doing {}

    /** The system of a disk. */
    record Running(InstallId install) implements Doing {}
  }

  final String name;
  final Node node;
  final String uuid;
  final List<Platter> bays = new ArrayList<>();

  /** What it believes its install's token is; it is on its disk, too. */
  @Nullable Token token;

  Doing doing = new Doing.Off();
  long uptime;
  int boots;

  Machine(String name, Node node, String uuid) {
    this.name = name;
    this.node = node;
    this.uuid = uuid;
  }

  MachineReport report() {
    List<org.barestack.model.Disk> disks = new ArrayList<>();
    for (Platter platter : bays) {
      disks.add(platter.seen(disks.size()));
    }
    return new MachineReport(uuid, "", "uefi", 1, 1, "vmx", disks);
  }

  @Override
  public String toString() {
    return name + " (" + uuid + ") " + doing + " with " + bays;
  }
}
