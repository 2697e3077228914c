package org.barestack.doctor;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.barestack.model.Ipv4;
import org.jspecify.annotations.Nullable;

/** A host on which all is well until a test changes something. */
final class FakeHost implements Host {
  static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

  @Nullable Link link = new Link(true, true, List.of(Ipv4.parse("192.168.50.5")));
  final Map<String, List<Listener>> listeners = new LinkedHashMap<>();
  OptionalLong server = OptionalLong.empty();
  Set<Ipv4> servers = Set.of();
  @Nullable String noProbe;
  long space = 20L * 1024 * 1024 * 1024;
  Instant now = NOW;
  Synchronised synchronised = new Synchronised(Optional.of(true), "chrony keeps it right");
  long descriptors = 16384;
  OptionalLong neighbours = OptionalLong.of(1024);
  @Nullable String unreachable;
  final List<URI> asked = new ArrayList<>();
  Committed committed = Committed.YES;
  @Nullable String noGit;

  void listens(String port, String address, OptionalLong pid, String program) {
    listeners
        .computeIfAbsent(port, _ -> new ArrayList<>())
        .add(new Listener(address, pid, program));
  }

  @Override
  public Optional<Link> link(String device) {
    return Optional.ofNullable(device.equals("eno1") ? link : null);
  }

  @Override
  public List<String> links() {
    return List.of("eth0", "lo");
  }

  @Override
  public List<Listener> listeners(Transport transport, int port) {
    return listeners.getOrDefault(transport + " " + port, List.of());
  }

  @Override
  public OptionalLong server(Path state) {
    return server;
  }

  @Override
  public Set<Ipv4> dhcpServers() throws IOException {
    if (noProbe != null) {
      throw new IOException(noProbe);
    }
    return servers;
  }

  @Override
  public long space(Path path) {
    return space;
  }

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public Synchronised synchronised() {
    return synchronised;
  }

  @Override
  public Instant changed(Path file) {
    return NOW.minusSeconds(3600);
  }

  @Override
  public long descriptors(OptionalLong pid) {
    return descriptors;
  }

  @Override
  public OptionalLong neighbours() {
    return neighbours;
  }

  @Override
  public Optional<String> unreachable(URI file) {
    asked.add(file);
    return Optional.ofNullable(unreachable);
  }

  @Override
  public Committed committed(Path file) throws IOException {
    if (noGit != null) {
      throw new IOException(noGit);
    }
    return committed;
  }
}
