package org.barestack.render;

import java.util.List;
import org.barestack.model.InstallId;

/**
 * An install that no server takes part in.
 *
 * @param permit whether it may wipe the disks that the node's rules mean, whatever is on them
 * @param from where packages come from, and what is at the end
 * @param secrets files that a server would hand out
 */
public record Alone(InstallId id, boolean permit, FromMedium from, List<NodeFile> secrets) {
  public Alone {
    secrets = List.copyOf(secrets);
  }
}
