package org.barestack.doctor;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.barestack.model.Ipv4;

/** What can be seen of this host. Each method throws if that cannot be seen at all. */
public interface Host {
  /**
   * A network interface.
   *
   * @param up whether it is switched on
   * @param carrier whether the other end is there
   */
  record Link(boolean up, boolean carrier, List<Ipv4> addresses) {}

  /** What a socket speaks. */
  enum Transport {
    TCP,
    UDP
  }

  /**
   * A socket that listens.
   *
   * @param address where; {@code 0.0.0.0} or {@code ::} for everywhere
   * @param pid its process; empty where only root may see that
   * @param program the name of that process; empty with it
   */
  record Listener(String address, OptionalLong pid, String program) {}

  /**
   * Whether the clock is kept right.
   *
   * @param yes empty if nobody says
   * @param by what was looked at, for people
   */
  record Synchronised(Optional<Boolean> yes, String by) {}

  /** How a file stands in Git. */
  enum Committed {
    YES,
    CHANGED,
    NEVER,
    /** It is in no work tree. */
    NO_REPOSITORY
  }

  /** The interface of that name; empty if there is none. */
  Optional<Link> link(String device) throws IOException;

  /** The names of all interfaces. */
  List<String> links() throws IOException;

  /** Who listens on a port. */
  List<Listener> listeners(Transport transport, int port) throws IOException;

  /** The process of the {@code serve} that has this state folder; empty if none runs. */
  OptionalLong server(Path state) throws IOException;

  /** Other DHCP servers that answer on the site's interface. Takes some seconds. */
  Set<Ipv4> dhcpServers() throws IOException;

  /** What may still be written where a file or folder is or will be, in octets. */
  long space(Path path) throws IOException;

  /** The clock of this host. */
  Instant now();

  Synchronised synchronised() throws IOException;

  /** When a file was last changed. */
  Instant changed(Path file) throws IOException;

  /** How many files a process may have open; empty for this one. */
  long descriptors(OptionalLong pid) throws IOException;

  /** How many neighbours the kernel keeps; empty where that cannot be seen. */
  OptionalLong neighbours() throws IOException;

  /** Whether a file can be had from there; empty if it can, else why not. */
  Optional<String> unreachable(URI file) throws IOException;

  /**
   * How a file stands in Git.
   *
   * @throws IOException if git does not say; the message says why
   */
  Committed committed(Path file) throws IOException;
}
