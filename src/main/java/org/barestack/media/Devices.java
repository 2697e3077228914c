package org.barestack.media;

import java.io.IOException;
import java.nio.file.Path;

/** What this host knows of its block devices. */
public interface Devices {
  /**
   * What is known of a device now.
   *
   * @throws MediumException if that is no block device, or only a part of one
   */
  Device look(Path path) throws IOException;
}
