package org.barestack.boot;

import java.util.List;
import org.barestack.model.Disk;
import org.barestack.model.InstallId;
import org.barestack.model.Node;

/** Whether an installer may write, and why. */
public sealed interface ClaimAnswer {
  /** For the log, the status page and the machine's own screen. */
  String reason();

  /**
   * It may write these disks and no others.
   *
   * @param disks one, or the members of a RAID1, in the order of the node's rules
   */
  record Granted(Node node, InstallId install, List<Disk> disks, String reason)
      implements ClaimAnswer {
    public Granted {
      disks = List.copyOf(disks);
    }
  }

  /** It must write nothing. */
  record Refused(String reason) implements ClaimAnswer {}

  /**
   * It must write nothing, since the system it would install is there already.
   *
   * @param label the file-system label that says so
   */
  record Installed(String label, String reason) implements ClaimAnswer {}
}
