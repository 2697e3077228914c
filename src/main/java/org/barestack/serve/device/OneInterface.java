package org.barestack.serve.device;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.barestack.serve.device.CLibrary.NativeException;

/**
 * Keeps a listening socket of Java's on one interface (Linux, SO_BINDTODEVICE).
 *
 * <p>To listen at the address of an interface is not enough: Linux answers for every address of its
 * own on every interface, so a machine in another network of this host could ask for it there (the
 * weak host model, RFC 1122 §3.3.4.2). Java has no option for it and shows no descriptor, so this
 * finds the socket where Linux shows it, in {@code /proc/self/fd} and {@code /proc/self/net}. What
 * a TCP socket accepts inherits the interface.
 */
public final class OneInterface {
  private static final int SOL_SOCKET = 1;
  private static final int SO_BINDTODEVICE = 25;

  /** What listens. The number is the state that Linux shows of it. */
  public enum Kind {
    TCP("0A"),
    UDP("07");

    private final String state;

    Kind(String state) {
      this.state = state;
    }
  }

  private OneInterface() {}

  /**
   * From now on the sockets of this process that listen on that port hear only that interface.
   *
   * @param device name of the interface, such as eno1
   * @throws IOException if there is no such interface or no such socket
   */
  public static void hold(Kind kind, int port, String device) throws IOException {
    if (NetworkInterface.getByName(device) == null) {
      throw missing(device);
    }
    List<Integer> sockets = sockets(inodes(kind, port));
    if (sockets.isEmpty()) {
      throw new SocketException(
          kind + " port " + port + " is not among the sockets that /proc/self/net shows");
    }
    for (int socket : sockets) {
      try {
        bind(socket, device);
      } catch (NativeException e) {
        throw new SocketException(
            "cannot be kept on "
                + device
                + " ("
                + e.getMessage()
                + "): run as root, or with the capability CAP_NET_RAW");
      }
    }
  }

  /** Lines of /proc/net/tcp: number, local address:port, remote, state, ..., tenth: the inode. */
  private static Set<String> inodes(Kind kind, int port) throws IOException {
    String end = ":%04X".formatted(port);
    Set<String> inodes = new HashSet<>();
    for (String version : List.of("", "6")) {
      Path table = Path.of("/proc/self/net", kind.name().toLowerCase(Locale.ROOT) + version);
      if (Files.exists(table)) {
        Files.readAllLines(table).stream()
            .map(line -> line.strip().split("\\s+"))
            .filter(words -> words[1].endsWith(end) && words[3].equals(kind.state))
            .forEach(words -> inodes.add("socket:[" + words[9] + "]"));
      }
    }
    return inodes;
  }

  private static List<Integer> sockets(Set<String> inodes) throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.filter(one -> inodes.contains(target(one)))
          .map(one -> Integer.parseInt(one.getFileName().toString()))
          .toList();
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return ""; // closed since it was listed
    }
  }

  /** Binds a socket to an interface: it then hears nothing else. */
  public static void bind(int socket, String device) throws NativeException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment name = arena.allocateFrom(device);
      CLibrary.call(errno ->
          (int)
              CLibrary.SETSOCKOPT.invokeExact(
                  errno, socket, SOL_SOCKET, SO_BINDTODEVICE, name, (int) name.byteSize()));
    }
  }

  /** Says that there is no such interface, and which there are. */
  public static SocketException missing(String device) throws SocketException {
    return new SocketException(
        "there is no interface %s; there are: %s"
            .formatted(
                device,
                NetworkInterface.networkInterfaces()
                    .map(NetworkInterface::getName)
                    .sorted()
                    .collect(Collectors.joining(", "))));
  }
}
