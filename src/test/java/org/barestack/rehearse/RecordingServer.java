package org.barestack.rehearse;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** An HTTP/1.1 server that keeps what it was asked, with the headers in the order they came. */
final class RecordingServer implements AutoCloseable {
  /**
   * @param headers as "Name: value"
   */
  record Request(String method, String path, List<String> headers, String body) {}

  /** What to answer. */
  sealed interface Answer {
    record Text(String text) implements Answer {}

    record Served(Path file) implements Answer {}

    record Status(int code) implements Answer {}
  }

  private final ServerSocket socket;
  private final Function<Request, Answer> answers;
  private final List<Request> requests = new CopyOnWriteArrayList<>();

  RecordingServer(InetAddress address, Function<Request, Answer> answers) throws IOException {
    this.answers = answers;
    socket = new ServerSocket();
    socket.bind(new InetSocketAddress(address, 0));
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return socket.getLocalPort();
  }

  List<Request> requests() {
    return List.copyOf(requests);
  }

  private void accept() {
    try {
      while (true) {
        Socket client = socket.accept();
        Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException closed) {
      // close() ends the loop this way
    }
  }

  private void serve(Socket client) {
    try (client) {
      Request request = read(new BufferedInputStream(client.getInputStream()));
      requests.add(request);
      write(client.getOutputStream(), answers.apply(request), request.method().equals("HEAD"));
    } catch (IOException gone) {
      // a machine that was switched off in the middle of a request
    }
  }

  private static Request read(InputStream in) throws IOException {
    String[] start = line(in).split(" ", -1);
    List<String> headers = new ArrayList<>();
    int length = 0;
    for (String header = line(in); !header.isEmpty(); header = line(in)) {
      headers.add(header);
      if (header.regionMatches(true, 0, "Content-Length:", 0, 15)) {
        length = Integer.parseInt(header.substring(15).strip());
      }
    }
    String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    return new Request(start[0], start[1], List.copyOf(headers), body);
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int octet = in.read(); octet != '\n'; octet = in.read()) {
      if (octet < 0) {
        throw new IOException("the client closed the connection");
      }
      line.write(octet);
    }
    return line.toString(StandardCharsets.UTF_8).strip();
  }

  private static void write(OutputStream out, Answer answer, boolean head) throws IOException {
    switch (answer) {
      case Answer.Text(String text) -> {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        start(out, 200, bytes.length);
        if (!head) {
          out.write(bytes);
        }
      }
      case Answer.Served(Path file) -> {
        start(out, 200, Files.size(file));
        if (!head) {
          Files.copy(file, out);
        }
      }
      case Answer.Status(int code) -> start(out, code, 0);
    }
    out.flush();
  }

  private static void start(OutputStream out, int code, long length) throws IOException {
    String head =
        "HTTP/1.1 %d -\r\nContent-Length: %d\r\nConnection: close\r\n\r\n".formatted(code, length);
    out.write(head.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
