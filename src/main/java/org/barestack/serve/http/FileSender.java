package org.barestack.serve.http;

import io.undertow.server.HttpServerExchange;
import io.undertow.util.ByteRange;
import io.undertow.util.DateUtils;
import io.undertow.util.ETag;
import io.undertow.util.ETagUtils;
import io.undertow.util.HeaderMap;
import io.undertow.util.Headers;
import io.undertow.util.Methods;
import io.undertow.util.StatusCodes;
import java.io.Closeable;
import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import org.barestack.media.ServedMedia;
import org.jspecify.annotations.Nullable;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;

/**
 * Sends a file, an image to be, or a range of such. No thread waits for a slow reader: the I/O
 * thread goes on whenever its socket takes more. What is in a file goes by sendfile(2). Undertow's
 * own handler copies ranges through a buffer, and redirects from folders to a URL made from Host.
 */
final class FileSender implements ChannelListener<StreamSinkChannel> {
  /** Octets after which other connections have their turn. */
  private static final long TURN = 4 << 20;

  private final HttpServerExchange exchange;
  private final Octets octets;
  private final Runnable sent;
  private final long end;
  private long position;
  private boolean headersSent;

  /** What is sent; read by I/O threads, one at a time. */
  interface Octets extends Closeable {
    /** How many there are. */
    long size();

    /**
     * Gives the sink as many as it takes now.
     *
     * @return how many it took; none if it takes none now
     * @throws IOException if they are not there any more
     */
    long move(long position, long count, StreamSinkChannel sink) throws IOException;
  }

  /** What tells them from others. */
  private record Validators(ETag tag, Date date) {}

  private FileSender(
      HttpServerExchange exchange, Octets octets, long start, long end, Runnable sent) {
    this.exchange = exchange;
    this.octets = octets;
    this.position = start;
    this.end = end;
    this.sent = sent;
  }

  /**
   * Answers a GET or HEAD with that regular file, as RFC 9110 §13 and §14 say.
   *
   * @param sent runs on an I/O thread when all of the file was sent in one answer
   * @throws IOException if the file cannot be opened; nothing was answered then
   */
  static void send(HttpServerExchange exchange, Reply.StoredFile stored, Runnable sent)
      throws IOException {
    OpenedFile opened = OpenedFile.open(stored.folder(), stored.file());
    FileOctets octets = new FileOctets(opened.channel(), opened.channel().size());
    Instant modified = opened.modified();
    String tag = Long.toHexString(modified.toEpochMilli()) + "-" + Long.toHexString(octets.size());
    // UEFI HTTP Boot goes by the type where the URL has no suffix that it knows.
    boolean efi = stored.file().toString().endsWith(".efi");
    send(
        exchange,
        octets,
        new Validators(new ETag(false, tag), Date.from(modified.truncatedTo(ChronoUnit.SECONDS))),
        efi ? "application/efi" : "application/octet-stream",
        sent);
  }

  /** The same with a medium, which is given back when it is sent. */
  static void send(HttpServerExchange exchange, ServedMedia.Lent medium) throws IOException {
    send(
        exchange,
        new MediumOctets(medium),
        new Validators(new ETag(false, medium.tag()), Date.from(medium.since())),
        MediumOctets.TYPE,
        () -> {});
  }

  private static void send(
      HttpServerExchange exchange, Octets octets, Validators validators, String type, Runnable sent)
      throws IOException {
    ETag tag = validators.tag();
    Date date = validators.date();
    long size = octets.size();
    HeaderMap headers = exchange.getResponseHeaders();
    headers.put(Headers.ETAG, tag.toString());
    headers.put(Headers.LAST_MODIFIED, DateUtils.toDateString(date));
    headers.put(Headers.ACCEPT_RANGES, "bytes");
    if (unchanged(exchange, tag, date)) {
      octets.close();
      exchange.setStatusCode(StatusCodes.NOT_MODIFIED);
      exchange.endExchange();
      return;
    }
    headers.put(Headers.CONTENT_TYPE, type);
    ByteRange.@Nullable RangeResponseResult range = range(exchange, size, date, tag);
    if (range != null) {
      exchange.setStatusCode(range.getStatusCode());
      headers.put(Headers.CONTENT_RANGE, range.getContentRange());
    }
    long start = range == null ? 0 : range.getStart();
    long length = range == null ? size : range.getContentLength();
    headers.put(Headers.CONTENT_LENGTH, length);
    if (length == 0 || exchange.getRequestMethod().equals(Methods.HEAD)) {
      octets.close();
      exchange.endExchange();
      return;
    }
    StreamSinkChannel sink = exchange.getResponseChannel();
    sink.getWriteSetter()
        .set(
            new FileSender(
                exchange, octets, start, start + length, length == size ? sent : () -> {}));
    sink.resumeWrites();
  }

  /** If-None-Match alone decides where both are there (RFC 9110 §13.2.2). */
  private static boolean unchanged(HttpServerExchange exchange, ETag tag, Date date) {
    return exchange.getRequestHeaders().contains(Headers.IF_NONE_MATCH)
        ? !ETagUtils.handleIfNoneMatch(exchange, tag, true)
        : !DateUtils.handleIfModifiedSince(exchange, date);
  }

  /** One range; several in one request are answered with the whole file, which is allowed. */
  private static ByteRange.@Nullable RangeResponseResult range(
      HttpServerExchange exchange, long size, Date date, ETag tag) {
    ByteRange asked = ByteRange.parse(exchange.getRequestHeaders().getFirst(Headers.RANGE));
    if (asked == null
        || asked.getRanges() != 1
        || !exchange.getRequestMethod().equals(Methods.GET)) {
      return null;
    }
    String ifRange = exchange.getRequestHeaders().getFirst(Headers.IF_RANGE);
    return asked.getResponseResult(size, ifRange, date, tag.toString());
  }

  @Override
  public void handleEvent(StreamSinkChannel sink) {
    try {
      // With its headers still unsent, Undertow 2.4.4 reads the file from its own position and past
      // the range, so they go first.
      if (!headersSent && !sink.flush()) {
        return;
      }
      headersSent = true;
      long turn = Math.min(end, position + TURN);
      while (position < turn) {
        long moved = octets.move(position, turn - position, sink);
        position += moved;
        if (moved == 0) {
          return;
        }
      }
      if (position == end) {
        octets.close();
        exchange.endExchange();
        sent.run();
      }
    } catch (IOException e) {
      // The length is promised already: only a broken connection tells the client.
      IoUtils.safeClose(octets, exchange.getConnection());
    }
  }
}
