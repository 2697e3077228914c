package org.barestack.wire.dhcp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.barestack.model.Ipv4;

/**
 * A packet that a client or a server really sent.
 *
 * @param origin the comment in its file: who sent it
 */
record Capture(String name, String origin, Endpoint from, int port, Octets octets) {
  static final Path FOLDER = Path.of("src/test/resources/org/barestack/wire/dhcp");

  private static final Pattern HEADER = Pattern.compile("# (.*); (\\S+):(\\d+) > \\S+:(\\d+)");

  static Stream<Capture> all() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .filter(it -> it.toString().endsWith(".hex"))
          .sorted()
          .map(Capture::read)
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Capture of(String name) {
    return read(FOLDER.resolve(name + ".hex"));
  }

  private static Capture read(Path file) {
    try {
      List<String> lines = Files.readAllLines(file, UTF_8);
      MatchResult header =
          HEADER
              .matcher(lines.getFirst())
              .results()
              .findFirst()
              .orElseThrow(() ->
                  new IOException(file + " does not begin with '# who; from:port > to:port'"));
      return new Capture(
          file.getFileName().toString().replace(".hex", ""),
          header.group(1),
          new Endpoint(Ipv4.parse(header.group(2)), Integer.parseInt(header.group(3))),
          Integer.parseInt(header.group(4)),
          Octets.of(HexFormat.of().parseHex(String.join("", lines.subList(1, lines.size())))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  DhcpPacket packet() {
    try {
      return DhcpPacket.parse(octets.toArray());
    } catch (MalformedPacketException e) {
      throw new IllegalStateException(name, e);
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
