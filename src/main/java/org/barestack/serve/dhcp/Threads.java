package org.barestack.serve.dhcp;

/** Waiting for threads that end soon. */
final class Threads {
  private Threads() {}

  /** Waits through an interrupt, since a socket may only be closed when nobody waits on it. */
  static void join(Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
