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
import java.net.InetAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.concurrent.atomic.AtomicBoolean;
import org.barestack.media.ServedMedia;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xnio.ChannelListener;
import org.xnio.IoUtils;
import org.xnio.channels.StreamSinkChannel;

/**
 * Sends a file, an image to be, or a range of such. No thread waits for a slow reader: the I/O
 * thread goes on whenever its socket takes more. What is in a file goes by sendfile(2). Undertow's
 * own handler copies ranges through a buffer, and redirects from folders to a URL made from Host.
 */
final class FileSender implements ChannelListener<StreamSinkChannel>, Downloads.Load {
  private static final Logger log = LoggerFactory.getLogger(FileSender.class);

  /** Octets after which other connections have their turn. */
  private static final long TURN = 1 << 20;

  /** Octets that one is sent while it waits: enough to show that the server lives. */
  private static final long LITTLE = 4 << 10;

  private final HttpServerExchange exchange;
  private final Octets octets;
  private final Downloads downloads;
  private final StreamSinkChannel sink;
  private final Runnable sent;
  private final long start;
  private final long end;
  private volatile long position;

  /** Up to where it may go; {@link #end} once it is its turn. */
  private volatile long limit;

  private final AtomicBoolean closed = new AtomicBoolean();
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
      HttpServerExchange exchange,
      Octets octets,
      Downloads downloads,
      StreamSinkChannel sink,
      long start,
      long end,
      Runnable sent) {
    this.exchange = exchange;
    this.octets = octets;
    this.downloads = downloads;
    this.sink = sink;
    this.start = start;
    this.position = start;
    this.end = end;
    this.limit = start;
    this.sent = sent;
  }

  @Override
  public InetAddress peer() {
    return exchange.getSourceAddress().getAddress();
  }

  @Override
  public long sent() {
    return position - start;
  }

  @Override
  public boolean open() {
    return exchange.getConnection().isOpen();
  }

  @Override
  public void go() {
    limit = end;
    sink.resumeWrites();
  }

  @Override
  public void trickle() {
    limit = Math.min(end, position + LITTLE);
    sink.resumeWrites();
  }

  /**
   * Answers a GET or HEAD with that regular file, as RFC 9110 §13 and §14 say.
   *
   * @param sent runs on an I/O thread when all of the file was sent in one answer
   * @throws IOException if the file cannot be opened; nothing was answered then
   */
  static void send(
      HttpServerExchange exchange, Downloads downloads, Reply.StoredFile stored, Runnable sent)
      throws IOException {
    OpenedFile opened = OpenedFile.open(stored.folder(), stored.file());
    FileOctets octets = new FileOctets(opened.channel(), opened.channel().size());
    Instant modified = opened.modified();
    String tag = Long.toHexString(modified.toEpochMilli()) + "-" + Long.toHexString(octets.size());
    // UEFI HTTP Boot goes by the type where the URL has no suffix that it knows.
    boolean efi = stored.file().toString().endsWith(".efi");
    send(
        exchange,
        downloads,
        octets,
        new Validators(new ETag(false, tag), Date.from(modified.truncatedTo(ChronoUnit.SECONDS))),
        efi ? "application/efi" : "application/octet-stream",
        sent);
  }

  /** The same with a medium, which is given back when it is sent. */
  static void send(HttpServerExchange exchange, Downloads downloads, ServedMedia.Lent medium)
      throws IOException {
    send(
        exchange,
        downloads,
        new MediumOctets(medium),
        new Validators(new ETag(false, medium.tag()), Date.from(medium.since())),
        MediumOctets.TYPE,
        () -> {});
  }

  private static void send(
      HttpServerExchange exchange,
      Downloads downloads,
      Octets octets,
      Validators validators,
      String type,
      Runnable sent)
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
    FileSender sender =
        new FileSender(
            exchange,
            octets,
            downloads,
            sink,
            start,
            start + length,
            length == size ? sent : () -> {});
    sink.getWriteSetter().set(sender);
    downloads.enter(sender, length);
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
      long at = position;
      long turn = Math.min(limit, at + TURN);
      while (at < turn) {
        long moved = octets.move(at, turn - at, sink);
        at += moved;
        position = at;
        if (moved == 0) {
          return;
        }
      }
      if (at == end) {
        downloads.leave(this);
        close();
        exchange.endExchange();
        sent.run();
      } else if (at == limit) {
        waits();
      }
    } catch (IOException e) {
      downloads.leave(this);
      // The length is promised already: only a broken connection tells the client.
      abandon();
      IoUtils.safeClose(exchange.getConnection());
    }
  }

  /** A connection that is closed by its timer calls no listener, so this is not left to those. */
  @Override
  public void abandon() {
    try {
      close();
    } catch (IOException e) {
      log.debug("{}: {}", peer(), e.toString());
    }
  }

  /** Once only: what was lent is given back once. */
  private void close() throws IOException {
    if (!closed.getAndSet(true)) {
      octets.close();
    }
  }

  /** Until it is its turn. That may come between two looks, so it looks again. */
  private void waits() {
    sink.suspendWrites();
    if (position < limit) {
      sink.resumeWrites();
    }
  }
}
