package org.barestack.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.Inet4Address;
import java.net.NetworkInterface;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.barestack.model.Ipv4;

/** The host that this program runs on. */
public final class LinuxHost implements Host {
  private static final Duration DEADLINE = Duration.ofSeconds(5);

  private static final Path TIMESYNC = Path.of("/run/systemd/timesync/synchronized");

  private final Processes processes = new Processes(Path.of("/proc"));
  private final DhcpProbe probe;

  /** Asks the network for DHCP servers. */
  @FunctionalInterface
  public interface DhcpProbe {
    /** Those that answered. */
    Set<Ipv4> servers() throws IOException;
  }

  public LinuxHost(DhcpProbe probe) {
    this.probe = probe;
  }

  @Override
  public Optional<Link> link(String device) throws IOException {
    NetworkInterface found = NetworkInterface.getByName(device);
    if (found == null) {
      return Optional.empty();
    }
    List<Ipv4> addresses =
        found
            .inetAddresses()
            .filter(Inet4Address.class::isInstance)
            .map(address -> Ipv4.of(address.getAddress()))
            .toList();
    Path carrier = Path.of("/sys/class/net").resolve(device).resolve("carrier");
    boolean up = found.isUp();
    return Optional.of(
        new Link(up, up && Files.readString(carrier).strip().equals("1"), addresses));
  }

  @Override
  public List<String> links() throws IOException {
    return NetworkInterface.networkInterfaces().map(NetworkInterface::getName).sorted().toList();
  }

  @Override
  public List<Listener> listeners(Transport transport, int port) throws IOException {
    return processes.listeners(transport, port);
  }

  @Override
  public OptionalLong server(Path state) throws IOException {
    return processes.server(state.resolve("serve.lock"));
  }

  @Override
  public Set<Ipv4> dhcpServers() throws IOException {
    return probe.servers();
  }

  @Override
  public long space(Path path) throws IOException {
    Path there = path.toAbsolutePath();
    while (!Files.exists(there) && there.getParent() != null) {
      there = there.getParent();
    }
    return Files.getFileStore(there).getUsableSpace();
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  /** systemd-timesyncd leaves a file (systemd-timesyncd.service(8)), chrony is asked. */
  @Override
  public Synchronised synchronised() throws IOException {
    if (Files.exists(TIMESYNC)) {
      return new Synchronised(
          Optional.of(true), "systemd-timesyncd keeps it right (" + TIMESYNC + " is there)");
    }
    Output chrony = run(Map.of(), "chronyc", "-n", "tracking");
    if (chrony.status() == 0) {
      boolean normal =
          chrony.text().lines().anyMatch(line -> line.matches("Leap status *: Normal"));
      return new Synchronised(
          Optional.of(normal),
          normal
              ? "chrony keeps it right (chronyc tracking)"
              : "chrony says that it is not synchronised (chronyc tracking)");
    }
    return new Synchronised(
        Optional.empty(),
        "nobody says that it is kept right; looked at " + TIMESYNC + " and chronyc tracking");
  }

  @Override
  public Instant changed(Path file) throws IOException {
    return Files.getLastModifiedTime(file).toInstant();
  }

  @Override
  public long descriptors(OptionalLong pid) throws IOException {
    return processes.descriptors(pid.isPresent() ? pid.getAsLong() + "" : "self");
  }

  /**
   * Only the host's own namespace shows it. It is read at once, since Linux has nothing more to say
   * to who asks for the rest of such a number.
   */
  @Override
  public OptionalLong neighbours() throws IOException {
    Path most = Path.of("/proc/sys/net/ipv4/neigh/default/gc_thresh3");
    if (Files.notExists(most)) {
      return OptionalLong.empty();
    }
    try (InputStream in = Files.newInputStream(most)) {
      String number = new String(in.readNBytes(64), StandardCharsets.US_ASCII);
      return OptionalLong.of(Long.parseLong(number.strip()));
    }
  }

  @Override
  public Optional<String> unreachable(URI file) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(file)
            .method("HEAD", HttpRequest.BodyPublishers.noBody())
            .timeout(DEADLINE)
            .build();
    try (HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(DEADLINE)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build()) {
      int status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
      return status == 200 ? Optional.empty() : Optional.of("it answers " + status);
    } catch (IOException e) {
      String message = e.getMessage();
      return Optional.of(message == null ? "no connection (" + e + ")" : message);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped while it waited for " + file);
    }
  }

  @Override
  public Committed committed(Path file) throws IOException {
    Path folder = file.toAbsolutePath().resolveSibling("");
    String name = file.getFileName().toString();
    Output inside = git(folder, "rev-parse", "--is-inside-work-tree");
    if (inside.status() != 0) {
      if (inside.text().contains("not a git repository")) {
        return Committed.NO_REPOSITORY;
      }
      throw new IOException("git says: " + inside.text().strip());
    }
    if (git(folder, "ls-files", "--error-unmatch", "--", name).status() != 0
        || git(folder, "rev-parse", "--verify", "--quiet", "HEAD:./" + name).status() != 0) {
      return Committed.NEVER;
    }
    return git(folder, "diff", "--quiet", "HEAD", "--", name).status() == 0
        ? Committed.YES
        : Committed.CHANGED;
  }

  private static Output git(Path folder, String... words) throws IOException {
    String[] all = new String[words.length + 3];
    all[0] = "git";
    all[1] = "-C";
    all[2] = folder.toString();
    System.arraycopy(words, 0, all, 3, words.length);
    Output output = run(Map.of("LC_ALL", "C", "GIT_OPTIONAL_LOCKS", "0"), all);
    if (output.status() < 0) {
      throw new IOException(output.text());
    }
    return output;
  }

  /**
   * How a program ended.
   *
   * @param status negative if it did not run to its end
   */
  private record Output(int status, String text) {}

  private static Output run(Map<String, String> environment, String... words) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      return new Output(-1, words[0] + " is not installed");
    }
    try {
      process.getOutputStream().close();
      if (!process.waitFor(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
        return new Output(-1, words[0] + " does not answer");
      }
      return new Output(
          process.exitValue(),
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("stopped while it waited for " + words[0]);
    } finally {
      process.destroyForcibly();
    }
  }
}
