package org.barestack.storm;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * HTTP/1.1 as boot loaders and curl speak it, from an address of its own. What is only counted is
 * read into one array that all machines share: a thousand buffers would be the generator's memory
 * and not the server's load.
 */
final class HttpClient implements Closeable {
  private static final byte[] TRASH = new byte[1 << 17];
  private static final int LARGEST_TEXT = 4 << 20;
  private static final int LONGEST_LINE = 8192;
  private static final Duration CONNECT = Duration.ofSeconds(60);
  private static final Duration SILENCE = Duration.ofSeconds(90);

  private final InetAddress local;
  private final List<String> headers;
  private final boolean keepsOpen;
  private @Nullable Open open;

  private record Open(InetSocketAddress peer, Socket socket, InputStream in) {}

  /**
   * @param headers of each request, as lines
   * @param keepsOpen whether one connection serves all requests to a server, as iPXE has it
   */
  HttpClient(InetAddress local, List<String> headers, boolean keepsOpen) {
    this.local = local;
    this.headers = List.copyOf(headers);
    this.keepsOpen = keepsOpen;
  }

  /**
   * An answer.
   *
   * @param octets of the body
   * @param text the body, if it was asked for; else empty
   */
  record Answer(int status, Map<String, String> headers, long octets, String text) {
    boolean good() {
      return status / 100 == 2;
    }
  }

  /** Nobody listens. */
  static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
      super(message);
    }
  }

  Answer head(URI place) throws IOException {
    return exchange("HEAD", place, null, false);
  }

  /** Loads a file, and only counts it. */
  Answer count(URI place) throws IOException {
    return exchange("GET", place, null, false);
  }

  /** Loads a text. */
  Answer text(URI place) throws IOException {
    return exchange("GET", place, null, true);
  }

  /** Sends form fields, already encoded. */
  Answer post(URI place, String form) throws IOException {
    return exchange("POST", place, form.getBytes(StandardCharsets.US_ASCII), true);
  }

  private Answer exchange(String method, URI place, byte @Nullable [] body, boolean asText)
      throws IOException {
    int port = place.getPort() < 0 ? 80 : place.getPort();
    InetSocketAddress peer = new InetSocketAddress(InetAddress.ofLiteral(place.getHost()), port);
    Open connection = connection(peer);
    boolean good = false;
    try {
      connection.socket().getOutputStream().write(request(method, place, body));
      if (body != null) {
        connection.socket().getOutputStream().write(body);
      }
      Answer answer = answer(connection.in(), method, asText);
      good =
          keepsOpen && !"close".equalsIgnoreCase(answer.headers().getOrDefault("connection", ""));
      return answer;
    } finally {
      if (!good) {
        close();
      }
    }
  }

  private Open connection(InetSocketAddress peer) throws IOException {
    Open known = open;
    if (known != null && known.peer().equals(peer)) {
      return known;
    }
    close();
    Socket socket = new Socket();
    try {
      socket.bind(new InetSocketAddress(local, 0));
      socket.setSoTimeout((int) SILENCE.toMillis());
      socket.setTcpNoDelay(true);
      socket.connect(peer, (int) CONNECT.toMillis());
      Open made = new Open(peer, socket, new HeadReader(socket.getInputStream()));
      open = made;
      return made;
    } catch (ConnectException e) {
      socket.close();
      throw new RefusedException(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  private byte[] request(String method, URI place, byte @Nullable [] body) {
    String path =
        place.getRawPath() == null || place.getRawPath().isEmpty() ? "/" : place.getRawPath();
    StringBuilder text = new StringBuilder(method).append(' ').append(path);
    if (place.getRawQuery() != null) {
      text.append('?').append(place.getRawQuery());
    }
    text.append(" HTTP/1.1\r\nHost: ").append(place.getRawAuthority()).append("\r\n");
    headers.forEach(header -> text.append(header).append("\r\n"));
    if (body != null) {
      text.append("Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ")
          .append(body.length)
          .append("\r\n");
    }
    return text.append("\r\n").toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static Answer answer(InputStream in, String method, boolean asText) throws IOException {
    String first = line(in);
    if (!first.matches("HTTP/1\\.[01] [0-9]{3}.*")) {
      throw new IOException("no HTTP");
    }
    int status = Integer.parseInt(first.substring(9, 12));
    Map<String, String> headers = new HashMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
    }
    ByteArrayOutputStream text = asText ? new ByteArrayOutputStream() : null;
    long octets = 0;
    if (!method.equals("HEAD") && status != 204 && status != 304) {
      if ("chunked".equalsIgnoreCase(headers.getOrDefault("transfer-encoding", ""))) {
        octets = chunks(in, text);
      } else {
        String length = headers.get("content-length");
        octets = length == null ? rest(in, text) : body(in, Long.parseLong(length), text);
      }
    }
    return new Answer(
        status, headers, octets, text == null ? "" : text.toString(StandardCharsets.UTF_8));
  }

  private static long chunks(InputStream in, @Nullable ByteArrayOutputStream text)
      throws IOException {
    long all = 0;
    while (true) {
      long length = Long.parseLong(line(in).replaceFirst(";.*", "").strip(), 16);
      if (length == 0) {
        while (!line(in).isEmpty()) {}
        return all;
      }
      all += body(in, length, text);
      line(in);
    }
  }

  /** Exactly that many octets. */
  private static long body(InputStream in, long length, @Nullable ByteArrayOutputStream text)
      throws IOException {
    long left = length;
    byte[] into = text == null ? TRASH : new byte[(int) Math.min(8192, Math.max(1, length))];
    while (left > 0) {
      int read = in.read(into, 0, (int) Math.min(into.length, left));
      if (read < 0) {
        throw new EOFException("the body ended too early");
      }
      keep(into, read, text);
      left -= read;
    }
    return length;
  }

  private static long rest(InputStream in, @Nullable ByteArrayOutputStream text)
      throws IOException {
    byte[] into = text == null ? TRASH : new byte[8192];
    long all = 0;
    for (int read = in.read(into); read >= 0; read = in.read(into)) {
      keep(into, read, text);
      all += read;
    }
    return all;
  }

  private static void keep(byte[] from, int length, @Nullable ByteArrayOutputStream text)
      throws IOException {
    if (text != null) {
      if (text.size() + length > LARGEST_TEXT) {
        throw new IOException("a text of more than " + LARGEST_TEXT + " octets");
      }
      text.write(from, 0, length);
    }
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the answer ended too early");
      }
      if (c != '\r') {
        line.append((char) c);
      }
      if (line.length() > LONGEST_LINE) {
        throw new IOException("a header of more than " + LONGEST_LINE + " characters");
      }
    }
    return line.toString();
  }

  /** Small reads (heads) go through a small buffer, large ones (bodies) past it. */
  private static final class HeadReader extends InputStream {
    private final InputStream in;
    private final byte[] buffer = new byte[1024];
    private int from;
    private int to;

    HeadReader(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      if (from == to) {
        from = 0;
        to = Math.max(0, in.read(buffer, 0, buffer.length));
        if (to == 0) {
          return -1;
        }
      }
      return buffer[from++] & 0xff;
    }

    @Override
    public int read(byte[] into, int at, int length) throws IOException {
      if (from == to) {
        return in.read(into, at, length);
      }
      int count = Math.min(length, to - from);
      System.arraycopy(buffer, from, into, at, count);
      from += count;
      return count;
    }
  }

  /** Whether a fault is one that curl takes for passing: no answer in time. */
  static boolean isTimeout(IOException fault) {
    return fault instanceof SocketTimeoutException;
  }

  @Override
  public void close() throws IOException {
    Open known = open;
    open = null;
    if (known != null) {
      known.socket().close();
    }
  }
}
