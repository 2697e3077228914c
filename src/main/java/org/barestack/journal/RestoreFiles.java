package org.barestack.journal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.barestack.model.NodeName;
import org.barestack.model.RestoreFile;
import org.jspecify.annotations.Nullable;

/**
 * Backups that operators handed over: files {@code NODE/SHA256.cms} beside the journal. The events
 * say which one a node may have; a file that no order names counts for nothing. Since each is named
 * by its content, a new one never changes what an earlier order named: a crash before the new order
 * leaves the old one whole, and a server in another process never sends one in another's place.
 */
public final class RestoreFiles {
  private final Path root;

  /** Files in that folder, which need not be there yet. */
  public RestoreFiles(Path root) {
    this.root = root.toAbsolutePath();
  }

  /**
   * Keeps a copy, which is on the disk when this returns.
   *
   * @throws IOException if that fails, as when the disk is full; nothing is left of it then
   */
  public RestoreFile keep(NodeName node, Path file) throws IOException {
    Path folder = root.resolve(node.text());
    for (Path each : List.of(root, folder)) {
      StateFiles.makeFolder(each);
      if (!Files.isDirectory(each, LinkOption.NOFOLLOW_LINKS)) {
        // root would write for the owner of the site wherever that link leads
        throw new IOException(each + " is no folder; move it away");
      }
    }
    // two commands at once must not write into one file
    Path unfinished = folder.resolve("." + ProcessHandle.current().pid() + ".new");
    try {
      Files.deleteIfExists(unfinished);
      StateFiles.makeFile(unfinished);
      RestoreFile kept = copied(file, unfinished);
      Files.move(unfinished, path(node, kept), StandardCopyOption.ATOMIC_MOVE);
      for (Path each : List.of(folder, root, root.resolveSibling(""))) {
        try (FileChannel entry = FileChannel.open(each, StandardOpenOption.READ)) {
          entry.force(true);
        }
      }
      return kept;
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  private static RestoreFile copied(Path from, Path to) throws IOException {
    MessageDigest digest = sha256();
    try (InputStream in = new DigestInputStream(Files.newInputStream(from), digest);
        FileChannel channel =
            FileChannel.open(to, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
      long octets = in.transferTo(Channels.newOutputStream(channel));
      channel.force(true);
      return new RestoreFile(
          from.toAbsolutePath().getFileName().toString(),
          octets,
          HexFormat.of().formatHex(digest.digest()));
    }
  }

  /**
   * Where it is, if it is there and still what it was.
   *
   * @return a path without symbolic links
   * @throws UncheckedIOException if it cannot be read
   */
  public Optional<Path> find(NodeName node, RestoreFile wanted) {
    try {
      Path path = path(node, wanted).toRealPath();
      if (!Files.isRegularFile(path) || Files.size(path) != wanted.octets()) {
        return Optional.empty();
      }
      MessageDigest digest = sha256();
      try (InputStream in = new DigestInputStream(Files.newInputStream(path), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest()).equals(wanted.sha256())
          ? Optional.of(path)
          : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("the backup of " + node + " cannot be read", e);
    }
  }

  /**
   * Drops what was kept for a node but for that one.
   *
   * @param wanted null to drop all
   * @throws IOException if one cannot be removed
   */
  public void keepOnly(NodeName node, @Nullable RestoreFile wanted) throws IOException {
    Path folder = root.resolve(node.text());
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    List<Path> kept;
    try (Stream<Path> files = Files.list(folder)) {
      kept = files.toList();
    }
    for (Path file : kept) {
      String name = file.getFileName().toString();
      boolean old = wanted == null || !file.equals(path(node, wanted));
      if (old && name.matches(RestoreFile.DIGEST + "[.]cms|[.][0-9]+[.]new")) {
        Files.deleteIfExists(file);
      }
    }
  }

  private Path path(NodeName node, RestoreFile file) {
    return root.resolve(node.text()).resolve(file.sha256() + ".cms");
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e); // every Java has it
    }
  }
}
