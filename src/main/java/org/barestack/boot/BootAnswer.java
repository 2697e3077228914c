package org.barestack.boot;

import org.barestack.model.Node;
import org.barestack.model.Node.LocalBoot;
import org.barestack.model.NodeState;

/** What a machine that asked is told, and why. */
public sealed interface BootAnswer {
  /** For the log, the status page and the machine's own screen. */
  String reason();

  /** Run the installer. */
  record Install(Node node, NodeState.Install install, String reason) implements BootAnswer {}

  /** Start from the local disk. */
  record LocalDisk(LocalBoot how, String reason) implements BootAnswer {}
}
