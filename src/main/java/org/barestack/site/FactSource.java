package org.barestack.site;

import java.io.IOException;

/** The machine on which a site is begun. */
@FunctionalInterface
public interface FactSource {
  /**
   * What it says of itself now.
   *
   * @throws IOException if it cannot be asked; what it merely does not have is no fault
   */
  HostFacts facts() throws IOException;
}
