package org.barestack.content;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.barestack.model.PlainText;
import org.jspecify.annotations.Nullable;

/**
 * Files of web servers: whole, or from an octet on (RFC 9110 §14). A connection that breaks is made
 * again where it stopped, if the server can say that the file is still the same.
 */
final class Http {
  private static final int MOST_REDIRECTS = 10;
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes ([0-9]{1,18})-[0-9]{1,18}/([0-9]{1,18})");

  private final Patience patience;

  /**
   * How long to wait for a server.
   *
   * @param answer for a connection, and for each next octets
   * @param attempts in a row that bring nothing, before it is given up
   * @param pause before the second one
   */
  record Patience(Duration answer, int attempts, Duration pause) {
    static final Patience USUAL = new Patience(Duration.ofSeconds(60), 5, Duration.ofSeconds(2));
  }

  Http(Patience patience) {
    this.patience = patience;
  }

  /** There is no such file on the server. */
  static final class NotThere extends FileNotFoundException {
    private static final long serialVersionUID = 1L;

    NotThere(URI uri, int status) {
      super(shown(uri) + " is not there (" + status + ")");
    }
  }

  /**
   * What a server began to send.
   *
   * @param from the octet that comes first
   * @param total octets of the whole file; {@link Entry#UNTOLD}
   * @param validator by which it can be seen whether the file changed: a strong ETag, or else a
   *     date; null if there is none
   */
  record Answer(
      HttpURLConnection connection,
      InputStream body,
      long from,
      long total,
      @Nullable String validator) {}

  /**
   * A URL without user and password, for messages and records.
   *
   * @return at most 300 characters
   */
  static String shown(URI uri) {
    String text = uri.toString();
    String user = uri.getRawUserInfo();
    return PlainText.cut(PlainText.of(user == null ? text : text.replace(user + "@", "")), 300);
  }

  /**
   * The URL of a path below a folder's.
   *
   * @param folder ends with a slash
   * @param path relative, not encoded
   */
  static URI below(URI folder, String path) {
    try {
      return new URI(
          folder.getScheme(), folder.getAuthority(), folder.getPath() + path, null, null);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /**
   * Asks once, and follows redirects.
   *
   * @param from the first octet that is wanted
   * @param validator of the file that was begun; null where it is asked for from its beginning
   * @throws NotThere if the server has no such file
   */
  Answer get(URI asked, long from, @Nullable String validator) throws IOException {
    URI uri = asked;
    for (int i = 0; i <= MOST_REDIRECTS; i++) {
      HttpURLConnection connection = connect(uri);
      if (from > 0 && validator != null) {
        connection.setRequestProperty("Range", "bytes=" + from + "-");
        connection.setRequestProperty("If-Range", validator);
      }
      int status = connection.getResponseCode();
      switch (status) {
        case 200 -> {
          return new Answer(
              connection,
              connection.getInputStream(),
              0,
              connection.getContentLengthLong(),
              validator(connection));
        }
        case 206 -> {
          return part(uri, connection, from);
        }
        case 301, 302, 303, 307, 308 -> uri = redirect(uri, connection);
        // Object stores say 403 of what they do not have.
        case 401, 403, 404, 410 -> {
          connection.disconnect();
          throw new NotThere(uri, status);
        }
        default -> {
          connection.disconnect();
          throw new Refused(shown(uri) + ": the server answers with status " + status, status);
        }
      }
    }
    throw new ImportException(shown(asked) + ": redirects without an end");
  }

  /** An answer that another attempt does not change, or may. */
  private static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;

    Refused(String message, int status) {
      super(message);
      this.status = status;
    }
  }

  private HttpURLConnection connect(URI uri) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setConnectTimeout((int) patience.answer().toMillis());
    connection.setReadTimeout((int) patience.answer().toMillis());
    connection.setRequestProperty("User-Agent", "Barestack");
    return connection;
  }

  private static Answer part(URI uri, HttpURLConnection connection, long from) throws IOException {
    String range = Optional.ofNullable(connection.getHeaderField("Content-Range")).orElse("");
    Matcher matcher = CONTENT_RANGE.matcher(range);
    if (!matcher.matches() || Long.parseLong(matcher.group(1)) != from) {
      connection.disconnect();
      throw new ImportException(
          shown(uri)
              + ": asked from octet "
              + from
              + " on, the server sends "
              + PlainText.of(range));
    }
    return new Answer(
        connection,
        connection.getInputStream(),
        from,
        Long.parseLong(matcher.group(2)),
        validator(connection));
  }

  /** If-Range takes no weak ETag (RFC 9110 §13.1.5). */
  private static @Nullable String validator(HttpURLConnection connection) {
    String etag = connection.getHeaderField("ETag");
    if (etag != null && etag.startsWith("\"") && etag.length() < 1000) {
      return etag;
    }
    String date = connection.getHeaderField("Last-Modified");
    return date != null && date.length() < 100 ? date : null;
  }

  private static URI redirect(URI from, HttpURLConnection connection) throws IOException {
    String location = Optional.ofNullable(connection.getHeaderField("Location")).orElse("");
    connection.disconnect();
    URI to;
    try {
      to = from.resolve(new URI(location));
    } catch (URISyntaxException e) {
      throw new ImportException(
          shown(from) + ": redirects to no URL: " + PlainText.of(location), e);
    }
    String scheme = String.valueOf(to.getScheme()).toLowerCase(Locale.ROOT);
    boolean secure = "https".equalsIgnoreCase(from.getScheme());
    if (!scheme.equals("https") && (secure || !scheme.equals("http"))) {
      throw new ImportException(
          shown(from)
              + ": redirects to "
              + shown(to)
              + (scheme.equals("http") ? ", without TLS" : "")
              + "; that is not followed");
    }
    return to;
  }

  /**
   * A file that is small.
   *
   * @return empty if it is not there
   * @throws ImportException if it has more octets than that
   */
  Optional<byte[]> small(URI uri, int most) throws IOException {
    try (InputStream in = open(uri, most)) {
      byte[] octets = in.readNBytes(most + 1);
      return Optional.of(octets);
    } catch (NotThere e) {
      return Optional.empty();
    }
  }

  /**
   * A file as one stream, whatever the connection does.
   *
   * @param most octets that it may have
   * @throws NotThere if the server has no such file
   * @throws ImportException if it says that it has more octets than that
   */
  InputStream open(URI uri, long most) throws IOException {
    return open(uri, 0, null, most);
  }

  /** The same from an octet on; {@link Body#begin} tells whether the server agreed to that. */
  Body open(URI uri, long from, @Nullable String validator, long most) throws IOException {
    for (int failed = 1; ; failed++) {
      try {
        return new Body(uri, get(uri, from, validator), most);
      } catch (NotThere | ImportException e) {
        throw e;
      } catch (IOException e) {
        pause(uri, failed, e);
      }
    }
  }

  private void pause(URI uri, int failed, IOException fault) throws IOException {
    boolean meant =
        fault instanceof Refused refused && refused.status < 500 && refused.status != 429;
    if (failed >= patience.attempts() || meant) {
      throw new ImportException(
          shown(uri)
              + " cannot be had: "
              + (fault instanceof Refused
                  ? String.valueOf(fault.getMessage()).replaceFirst("^.*: ", "")
                  : fault)
              + ". Run it again to go on where it stopped",
          fault);
    }
    try {
      Thread.sleep(patience.pause().multipliedBy(failed));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ImportException("stopped while it waited for " + shown(uri), e);
    }
  }

  /** The octets of a file; asks again from where a connection broke. */
  final class Body extends InputStream {
    private final URI uri;
    private final long begin;
    private final long total;
    private final long most;
    private final @Nullable String validator;
    private Answer answer;
    private long position;
    private int failed;

    private Body(URI uri, Answer answer, long most) throws IOException {
      this.uri = uri;
      this.answer = answer;
      this.begin = answer.from();
      this.position = answer.from();
      this.total = answer.total();
      this.most = most;
      this.validator = answer.validator();
      if (total > most) {
        answer.connection().disconnect();
        throw tooLarge(Long.toString(total));
      }
    }

    private ImportException tooLarge(String octets) {
      return new ImportException(
          shown(uri) + " has " + octets + " octets, more than the " + most + " that it may have");
    }

    /** The octet with which it began. */
    long begin() {
      return begin;
    }

    /** Octets of the whole file; {@link Entry#UNTOLD}. */
    long total() {
      return total;
    }

    @Nullable String validator() {
      return validator;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      int length = read(one, 0, 1);
      return length < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      while (true) {
        IOException fault;
        try {
          int read = answer.body().read(buffer, offset, length);
          if (read > 0) {
            position += read;
            failed = 0;
            if (position > most) {
              throw tooLarge("at least " + position);
            }
            return read;
          }
          if (total < 0 || position >= total) {
            return -1;
          }
          fault = new IOException("ended after " + position + " of " + total + " octets");
        } catch (ImportException e) {
          throw e;
        } catch (IOException e) {
          fault = e;
        }
        again(fault);
      }
    }

    private void again(IOException broken) throws IOException {
      answer.connection().disconnect();
      IOException fault = broken;
      while (true) {
        pause(uri, ++failed, fault);
        if (position > 0 && validator == null) {
          throw new ImportException(
              shown(uri)
                  + " broke off after "
                  + position
                  + " octets, and its server does not say whether it is still the same file. Run it"
                  + " again",
              fault);
        }
        try {
          answer = get(uri, position, validator);
          if (answer.from() != position || answer.total() != total) {
            throw new ImportException(
                shown(uri) + " changed while it was fetched. Run it again to begin anew with it");
          }
          return;
        } catch (NotThere | ImportException e) {
          throw e;
        } catch (IOException e) {
          fault = e;
        }
      }
    }

    @Override
    public void close() throws IOException {
      if (position == total) {
        answer.body().close(); // which keeps the connection for the next file
      } else {
        answer.connection().disconnect();
      }
    }
  }
}
