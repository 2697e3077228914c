package org.barestack.format.image;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Files that are read as parts of an image, however many they are: only some are open at a time.
 * Each must stay what it was when it was first looked at.
 */
final class OpenFiles implements Closeable {
  /** Besides those that a thread reads just now. */
  private static final int MOST_OPEN = 16;

  private final Map<Path, Stamp> stamps = new HashMap<>();
  private final LinkedHashMap<Path, Lent> open = new LinkedHashMap<>(32, 0.75f, true);
  private boolean closed;

  /** By what a file that changed is known. */
  private record Stamp(long size, FileTime modified, @Nullable Object key) {
    static Stamp of(Path file) throws IOException {
      BasicFileAttributes attributes;
      try {
        attributes = Files.readAttributes(file, BasicFileAttributes.class);
      } catch (NoSuchFileException e) {
        throw new NoSuchFileException(file.toString(), null, "it is not there any more");
      }
      // To open a named pipe would wait for its writer.
      if (!attributes.isRegularFile()) {
        throw new IOException(file + " is no regular file");
      }
      return new Stamp(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
    }
  }

  /** A channel, by how many it is used, and whether the last one closes it. */
  private static final class Lent {
    private final FileChannel channel;
    private int users;
    private boolean unkept;

    Lent(FileChannel channel) {
      this.channel = channel;
    }
  }

  /** What is done with an open file. */
  interface Use {
    long use(FileChannel channel) throws IOException;
  }

  /**
   * Looks at a file for the first time.
   *
   * @param end octets that it must have
   */
  void look(Path file, long end) throws IOException {
    Stamp stamp = stamps.get(file);
    if (stamp == null) {
      stamp = Stamp.of(file);
      stamps.put(file, stamp);
    }
    if (stamp.size() < end) {
      throw changed(file);
    }
  }

  /**
   * Does something with a file that was looked at; threads may at the same time.
   *
   * @throws IOException if the file is not what it was; what was read is not to be used then
   */
  long with(Path file, Use use) throws IOException {
    Lent lent = take(file);
    try {
      long moved = use.use(lent.channel);
      if (!Stamp.of(file).equals(stamps.get(file))) {
        throw changed(file);
      }
      return moved;
    } finally {
      giveBack(lent);
    }
  }

  private static IOException changed(Path file) {
    return new IOException(
        file + " has changed since it was looked at; leave it as it is, and begin again");
  }

  private synchronized Lent take(Path file) throws IOException {
    if (closed) {
      throw new IOException("the image is closed");
    }
    Lent lent = open.get(file);
    if (lent == null || !lent.channel.isOpen()) { // a thread's interrupt closes what it reads
      lent = new Lent(FileChannel.open(file, StandardOpenOption.READ));
      open.put(file, lent);
      if (open.size() > MOST_OPEN) {
        unkeep(open.pollFirstEntry().getValue());
      }
    }
    lent.users++;
    return lent;
  }

  private synchronized void giveBack(Lent lent) throws IOException {
    lent.users--;
    if (lent.unkept && lent.users == 0) {
      lent.channel.close();
    }
  }

  private static void unkeep(Lent lent) throws IOException {
    lent.unkept = true;
    if (lent.users == 0) {
      lent.channel.close();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    while (!open.isEmpty()) {
      unkeep(open.pollFirstEntry().getValue());
    }
  }
}
