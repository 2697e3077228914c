package org.barestack.doctor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.barestack.doctor.Host.Listener;
import org.barestack.doctor.Host.Transport;
import org.barestack.serve.device.Descriptors;

/**
 * Who listens, and what runs, as Linux shows it in {@code /proc} (proc(5)).
 *
 * @param proc that folder
 */
record Processes(Path proc) {
  /** What an IPv4 address begins with where it is mapped to IPv6 (RFC 4291 §2.5.5.2). */
  private static final String MAPPED = "0000000000000000FFFF0000";

  /** What {@code /proc/net} says of a socket that listens. */
  private static String listening(Transport transport) {
    return switch (transport) {
      case TCP -> "0A";
      case UDP -> "07";
    };
  }

  /** Lines of /proc/net/udp: number, local address:port, remote, state, ..., tenth: the inode. */
  List<Listener> listeners(Transport transport, int port) throws IOException {
    List<Listener> listeners = new ArrayList<>();
    String end = ":%04X".formatted(port);
    for (String version : List.of("", "6")) {
      Path table = proc.resolve("net").resolve(transport.name().toLowerCase(Locale.ROOT) + version);
      if (Files.exists(table)) {
        for (String line : Files.readAllLines(table)) {
          String[] words = line.strip().split("\\s+", -1);
          if (words.length > 9 && words[1].endsWith(end) && words[3].equals(listening(transport))) {
            OptionalLong pid = owner("socket:[" + words[9] + "]");
            listeners.add(
                new Listener(
                    address(words[1].substring(0, words[1].length() - end.length())),
                    pid,
                    pid.isPresent() ? name(pid.getAsLong()) : ""));
          }
        }
      }
    }
    return listeners;
  }

  /**
   * Each 32 bits in the byte order of the host, which is little-endian on all that we run on. Java
   * listens on IPv4 by IPv6 sockets, at ::ffff:a.b.c.d.
   */
  private static String address(String hex) {
    if (hex.startsWith(MAPPED)) {
      return address(hex.substring(MAPPED.length()));
    }
    byte[] octets = HexFormat.of().parseHex(hex);
    if (octets.length == 4) {
      return "%d.%d.%d.%d"
          .formatted(octets[3] & 255, octets[2] & 255, octets[1] & 255, octets[0] & 255);
    }
    return hex.matches("0*") ? "::" : "IPv6 " + hex;
  }

  private OptionalLong owner(String socket) throws IOException {
    for (Path process : all()) {
      try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
        if (descriptors.anyMatch(one -> target(one).equals(socket))) {
          return OptionalLong.of(Long.parseLong(process.getFileName().toString()));
        }
      } catch (IOException _) {
        // another user's, or gone since it was listed
      }
    }
    return OptionalLong.empty();
  }

  private List<Path> all() throws IOException {
    try (Stream<Path> entries = Files.list(proc)) {
      return entries.filter(one -> one.getFileName().toString().matches("[0-9]+")).toList();
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return ""; // closed since it was listed
    }
  }

  private String name(long pid) throws IOException {
    return Files.readString(proc.resolve(pid + "/comm")).strip();
  }

  /** The process that a {@code serve.lock} names, if it is still a serve. */
  OptionalLong server(Path lock) throws IOException {
    String pid;
    try {
      pid = Files.readString(lock).strip();
    } catch (NoSuchFileException e) {
      return OptionalLong.empty();
    }
    if (!pid.matches("[0-9]{1,10}")) {
      return OptionalLong.empty();
    }
    Path line = proc.resolve(pid).resolve("cmdline");
    if (!Files.exists(line)) {
      return OptionalLong.empty();
    }
    List<String> words = List.of(Files.readString(line).split("\0", -1));
    boolean serve =
        words.contains("serve") && words.stream().anyMatch(word -> word.contains("barestack"));
    return serve ? OptionalLong.of(Long.parseLong(pid)) : OptionalLong.empty();
  }

  /** How many files a process may have open: the soft limit. */
  long descriptors(String process) throws IOException {
    return Descriptors.most(proc.resolve(process));
  }
}
