package org.barestack.content;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An image that comes from a web server, into a file that keeps what came: {@code
 * .import-NAME.part}, and beside it where it is from and by what the server knows that version. The
 * next run asks for the rest of that same version (RFC 9110 §13.1.5); where it is another one, all
 * of it comes anew.
 */
final class Download {
  /** Octets of an image; a DVD has 13 GB. */
  private static final long LARGEST = 64L << 30;

  private final Http http;
  private final URI url;
  private final Path part;
  private final Path note;

  Download(Http http, URI url, Path releases) {
    this.http = http;
    this.url = url;
    String name = url.getPath().substring(url.getPath().lastIndexOf('/') + 1);
    String plain = name.replaceAll("[^A-Za-z0-9._-]", "_");
    this.part = releases.resolve(".import-" + plain + ".part");
    this.note = releases.resolve(".import-" + plain + ".part.from");
  }

  /** What is known of what came already. */
  private record Begun(long octets, @Nullable String validator, long total) {}

  private Begun begun() throws IOException {
    try {
      List<String> lines = Files.readString(note, StandardCharsets.UTF_8).lines().toList();
      if (lines.size() == 3
          && lines.getFirst().equals(url.toString())
          && lines.getLast().matches("[0-9]{1,18}")
          && Files.isRegularFile(part, LinkOption.NOFOLLOW_LINKS)) {
        return new Begun(Files.size(part), lines.get(1), Long.parseLong(lines.getLast()));
      }
    } catch (NoSuchFileException e) {
      // nothing was begun
    }
    return new Begun(0, null, Entry.UNTOLD);
  }

  /**
   * All of it.
   *
   * @param progress is told
   * @return the file, on the disk; {@link #remove} takes it away
   * @throws ImportException if it cannot be had, or has no room
   */
  Path file(Progress progress) throws IOException {
    Begun begun = begun();
    if (begun.octets() > 0 && begun.octets() == begun.total()) {
      return part;
    }
    long from = begun.octets() < begun.total() ? begun.octets() : 0;
    try (Http.Body body = http.open(url, from, begun.validator(), LARGEST)) {
      if (body.total() != Entry.UNTOLD) {
        Room.check(part.resolveSibling(""), Http.shown(url), body.total() - body.begin());
      }
      if (body.begin() == 0) {
        Files.deleteIfExists(part);
        note(body);
      }
      progress.begin(
          "fetching "
              + part.getFileName()
                  .toString()
                  .replaceFirst("^.import-", "")
                  .replaceFirst(".part$", ""),
          body.total());
      progress.passed(body.begin());
      try (FileChannel out =
          FileChannel.open(
              part,
              StandardOpenOption.WRITE,
              StandardOpenOption.CREATE,
              LinkOption.NOFOLLOW_LINKS)) {
        out.truncate(body.begin());
        out.position(body.begin());
        byte[] buffer = new byte[1 << 18];
        for (int length = body.read(buffer); length >= 0; length = body.read(buffer)) {
          ByteBuffer chunk = ByteBuffer.wrap(buffer, 0, length);
          while (chunk.hasRemaining()) {
            out.write(chunk);
          }
          progress.passed(length);
        }
        out.force(true);
      }
      progress.end();
      return part;
    } catch (Http.NotThere e) {
      throw new ImportException(
          e.getMessage() + ". Is the URL right, and the release still there?");
    }
  }

  /** Without a validator the rest could be another file's, so that nothing is noted. */
  private void note(Http.Body body) throws IOException {
    if (body.validator() != null && body.total() != Entry.UNTOLD) {
      Files.writeString(note, url + "\n" + body.validator() + "\n" + body.total() + "\n");
    } else {
      Files.deleteIfExists(note);
    }
  }

  /** Takes away what came. */
  void remove() throws IOException {
    Files.deleteIfExists(note);
    Files.deleteIfExists(part);
  }
}
