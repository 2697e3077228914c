package org.barestack.media;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32;
import java.util.zip.CRC32C;
import org.barestack.format.image.Medium;
import org.barestack.format.image.Overlay;
import org.barestack.format.image.OverlayMedium;
import org.barestack.format.image.Run;
import org.barestack.model.Token;

/**
 * Media that are served without being anywhere. An overlay is made at the first request of its
 * token, and kept while there is room, since firmware asks for some sectors at a time, hundreds of
 * times.
 */
public final class ServedMedia implements Closeable {
  /**
   * Octets in memory that all overlays may have together. One has some hundred KiB: directories,
   * and what is new on the EFI partition.
   */
  private static final long MOST_OCTETS = 48 << 20;

  /** Overlays at a time; each holds its source open. */
  private static final int MOST = 256;

  private final MediaShelf shelf;
  private final InstantSource clock;
  private final long mostOctets;
  private final Object making = new Object();

  /** By their tokens' digests, the one that was asked for last at the end. */
  private final LinkedHashMap<String, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);

  /** Octets of those that are kept, and of those that are not any more but still sent. */
  private long octets;

  private int count;
  private boolean closed;

  /** Media of that shelf. */
  public ServedMedia(MediaShelf shelf, InstantSource clock) {
    this(shelf, clock, MOST_OCTETS);
  }

  ServedMedia(MediaShelf shelf, InstantSource clock, long mostOctets) {
    this.shelf = shelf;
    this.clock = clock;
    this.mostOctets = mostOctets;
  }

  /** Too many media are sent at the same time; it passes. */
  public static final class BusyException extends IOException {
    private static final long serialVersionUID = 1L;

    BusyException() {
      super("many media are sent at once; try again");
    }
  }

  /** What an overlay was made of. */
  private record Origin(String state, Path source, String stamp) {}

  private static final class Kept {
    private final Origin origin;
    private final OverlayMedium image;
    private final FileChannel source;
    private final String tag;
    private final Instant since;
    private final long octets;
    private int users;
    private boolean unkept;

    Kept(Origin origin, OverlayMedium image, FileChannel source, Instant since) throws IOException {
      this.origin = origin;
      this.image = image;
      this.source = source;
      this.tag = tag(image.overlay(), origin.stamp());
      this.since = since;
      this.octets = weight(image.overlay());
    }
  }

  /** A medium that is sent; whoever took it closes it, once. */
  public static final class Lent implements Closeable {
    private final ServedMedia media;
    private final Kept kept;
    private boolean closed;

    private Lent(ServedMedia media, Kept kept) {
      this.media = media;
      this.kept = kept;
    }

    /** Its octets. */
    public OverlayMedium image() {
      return kept.image;
    }

    /** The image of which its runs are ranges, to be sent by the kernel. */
    public FileChannel source() {
      return kept.source;
    }

    /** The same for the same octets, after a restart too; another one for others. */
    public String tag() {
      return kept.tag;
    }

    /** Not before its octets became what they are; in whole seconds. */
    public Instant since() {
      return kept.since;
    }

    @Override
    public void close() throws IOException {
      media.giveBack(this);
    }
  }

  /**
   * The medium of an install.
   *
   * @return empty if no install is open that has that token
   * @throws BusyException if there is no room for it just now
   * @throws MediumException if it cannot be made; says what to do
   */
  public Optional<Lent> take(Token token) throws IOException {
    Optional<MediumPlan> plan = shelf.plan(token);
    String name = token.digest();
    if (plan.isEmpty()) {
      forget(name);
      return Optional.empty();
    }
    Origin origin = origin(plan.get());
    Optional<Lent> there = lend(name, origin);
    if (there.isPresent()) {
      return there;
    }
    // One at a time: so that what is made and not yet counted is one at the most.
    synchronized (making) {
      there = lend(name, origin);
      return there.isPresent() ? there : Optional.of(make(name, origin, plan.get()));
    }
  }

  private static Origin origin(MediumPlan plan) throws IOException {
    BasicFileAttributes now;
    try {
      now = Files.readAttributes(plan.source(), BasicFileAttributes.class);
    } catch (NoSuchFileException e) {
      throw new MediumException(
          plan.source()
              + " is not there: barestack import IMAGE --keep-image puts it there, or copy it",
          e);
    }
    if (!now.isRegularFile()) {
      throw new MediumException(plan.source() + " is no regular file: put an image there");
    }
    return new Origin(
        plan.state(), plan.source(), now.size() + " " + now.lastModifiedTime().toInstant());
  }

  private synchronized Optional<Lent> lend(String name, Origin origin) throws IOException {
    if (closed) {
      throw new IOException("the server ends");
    }
    Kept one = kept.get(name);
    if (one == null || !one.origin.equals(origin)) {
      return Optional.empty();
    }
    one.users++;
    return Optional.of(new Lent(this, one));
  }

  private Lent make(String name, Origin origin, MediumPlan plan) throws IOException {
    Overlay overlay = plan.making().make();
    FileChannel source = FileChannel.open(plan.source(), StandardOpenOption.READ);
    try {
      if (!origin(plan).equals(origin)) {
        throw new MediumException(plan.source() + " changed just now; ask again");
      }
      OverlayMedium image = OverlayMedium.open(overlay, Medium.of(source));
      return keep(
          name, new Kept(origin, image, source, clock.instant().truncatedTo(ChronoUnit.SECONDS)));
    } catch (IOException | RuntimeException e) {
      source.close();
      throw e;
    }
  }

  private synchronized Lent keep(String name, Kept fresh) throws IOException {
    forget(name);
    Iterator<Map.Entry<String, Kept>> oldest = kept.entrySet().iterator();
    while (!fits(fresh) && oldest.hasNext()) {
      Kept old = oldest.next().getValue();
      if (old.users == 0) {
        oldest.remove();
        unkeep(old);
      }
    }
    if (closed || !fits(fresh)) {
      fresh.image.close();
      throw new BusyException();
    }
    octets += fresh.octets;
    count++;
    kept.put(name, fresh);
    fresh.users++;
    return new Lent(this, fresh);
  }

  private boolean fits(Kept fresh) {
    return count == 0 || (count < MOST && octets + fresh.octets <= mostOctets);
  }

  private synchronized void forget(String name) throws IOException {
    Kept old = kept.remove(name);
    if (old != null) {
      unkeep(old);
    }
  }

  private void unkeep(Kept old) throws IOException {
    old.unkept = true;
    if (old.users == 0) {
      octets -= old.octets;
      count--;
      try (old.source) {
        old.image.close();
      }
    }
  }

  private synchronized void giveBack(Lent lent) throws IOException {
    if (lent.closed) {
      return;
    }
    lent.closed = true;
    lent.kept.users--;
    if (lent.kept.unkept) {
      unkeep(lent.kept);
    }
  }

  private static long weight(Overlay overlay) {
    return overlay.runs().stream()
        .mapToLong(run -> run instanceof Run.Octets ? run.length() : 0)
        .sum();
  }

  /**
   * By what the octets are made of, not by all of them, which would have to be read for that. New
   * ones count by two check sums: a digest takes as long as all else before the first octet is
   * sent, and twelve times that in a server that has just begun.
   */
  private static String tag(Overlay overlay, String stamp) throws IOException {
    StringBuilder parts = new StringBuilder(stamp);
    byte[] chunk = new byte[1 << 16];
    for (Run run : overlay.runs()) {
      switch (run) {
        case Run.Octets octets -> {
          CRC32 one = new CRC32();
          CRC32C other = new CRC32C();
          for (long at = 0; at < octets.length(); at += chunk.length) {
            int length = Math.toIntExact(Math.min(chunk.length, octets.length() - at));
            octets.copy(at, chunk, 0, length);
            one.update(chunk, 0, length);
            other.update(chunk, 0, length);
          }
          parts.append('\n').append(octets.length()).append(' ').append(one.getValue());
          parts.append(' ').append(other.getValue());
        }
        case Run.OfFile part ->
            parts.append('\n').append(part).append(Files.getLastModifiedTime(part.file()));
        default -> parts.append('\n').append(run);
      }
    }
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(parts.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** What is sent just now is sent to its end. */
  @Override
  public synchronized void close() throws IOException {
    closed = true;
    for (String name : kept.keySet().toArray(String[]::new)) {
      forget(name);
    }
  }
}
