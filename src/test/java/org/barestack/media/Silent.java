package org.barestack.media;

import org.barestack.content.Progress;

/** Nobody is told. */
class Silent implements Progress {
  @Override
  public void begin(String what, long octets) {}

  @Override
  public void passed(long octets) {}

  @Override
  public void end() {}
}
