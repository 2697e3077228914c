package org.barestack.testing.cloudstack;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** What happens when a KVM host is added, by its address. */
public sealed interface HostBehaviour {
  /** Its agent connects. */
  record Joins() implements HostBehaviour {}

  /** Its agent connects after a while, measured by the clock; meanwhile the call waits. */
  record JoinsAfter(Duration time) implements HostBehaviour {}

  /** Its agent connects when a test lets it; meanwhile the call waits. */
  record JoinsWhen(CountDownLatch released) implements HostBehaviour {}

  /** Nobody answers at port 22. */
  record Unreachable() implements HostBehaviour {}

  /** It does not take the management server's key, and no password was given. */
  record KeyRefused() implements HostBehaviour {}

  /** It does not take the password. */
  record PasswordRefused() implements HostBehaviour {}

  /** It has no {@code /dev/kvm}. */
  record NoKvm() implements HostBehaviour {}

  /** Its agent never connects: after 307 s the call fails, of which the double waits none. */
  record NoAgent() implements HostBehaviour {}

  /** The database knows its guid already, although no list shows it. */
  record AlreadyInDatabase() implements HostBehaviour {}
}
