package org.barestack.media;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import org.barestack.content.Progress;
import org.barestack.content.Room;
import org.barestack.format.image.Medium;
import org.barestack.format.image.Overlay;
import org.barestack.format.image.OverlayMedium;
import org.barestack.format.image.Run;
import org.barestack.model.Octets;
import org.jspecify.annotations.Nullable;

/**
 * An image to be, written into a file: whole or not at all, in the place of what was called so. It
 * is put together beside its place, in a file that is locked as long as somebody writes it: so what
 * a killed run left can be told, and the next one removes it.
 */
public final class ImageFile {
  /** What a file that is not whole yet is called, before its number. */
  static final String UNFINISHED = ".barestack-image-";

  /**
   * File systems share blocks only where both files have their begin: 64 KiB is the largest block
   * that Linux knows.
   */
  private static final int BLOCK = 1 << 16;

  /** Octets that are copied at once: small enough to show that something moves. */
  private static final int PIECE = 16 << 20;

  /** What this process writes: to open such a file again, and close it, would drop its lock. */
  private static final Set<Path> OURS = new HashSet<>();

  private ImageFile() {}

  /**
   * Writes one. Nobody but the owner may read it: media carry tokens.
   *
   * @param source the image below, which stays as it is
   * @param file where to; what is there goes when the new one is whole and on the disk
   * @param sum whether it gets a check sum
   * @throws MediumException if it cannot be written; says what to do
   * @throws IOException if a file is not what the overlay says, or a disk fails; what was there is
   *     there still
   */
  public static void write(Overlay overlay, Path source, Path file, boolean sum, Progress progress)
      throws IOException {
    Path folder = file.toAbsolutePath().resolveSibling("");
    if (!Files.isDirectory(folder)) {
      throw new MediumException(folder + " is no folder; make it, or name another place");
    }
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        && !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      throw new MediumException(
          file + " is there and is no regular file; name another place, or a device by --write");
    }
    if (Files.exists(file) && Files.isSameFile(file, source)) {
      throw new MediumException(
          file + " is the image that this one is made of; name another place");
    }
    removeLeftOver(folder);
    try (FileChannel below = FileChannel.open(source, StandardOpenOption.READ);
        OverlayMedium image = OverlayMedium.open(overlay, Medium.of(below))) {
      checkSpace(overlay, source, folder);
      write(image, folder, file, sum, progress);
    } catch (MediumException e) {
      throw e;
    } catch (IOException e) {
      // These have no class of their own in Java: ENOSPC, EDQUOT, EFBIG
      String message = String.valueOf(e.getMessage());
      if (message.contains("No space left on device") || message.contains("Disk quota exceeded")) {
        throw new MediumException(
            folder + " is full; nothing was left there. Make room, or name another place", e);
      }
      if (message.contains("File too large")) {
        throw new MediumException(
            folder
                + " takes no file of "
                + overlay.length()
                + " octets (FAT has 4 GiB at the most, and ulimit -f may say less); nothing was"
                + " left there. Name another place",
            e);
      }
      throw e;
    } finally {
      progress.end();
    }
  }

  /** So that it ends before the first octet, not after gigabytes. */
  private static void checkSpace(Overlay overlay, Path source, Path folder) throws IOException {
    boolean shares = Room.sharesBlocks(source, folder);
    long needed = 0;
    for (Run run : overlay.runs()) {
      needed +=
          switch (run) {
            case Run.Zeros _ -> 0;
            case Run.OfSource below -> shares ? 0 : below.length();
            default -> run.length();
          };
    }
    long free = Files.getFileStore(folder).getUsableSpace();
    if (needed > free) {
      throw new MediumException(
          folder
              + " has room for "
              + Octets.words(free)
              + ", and "
              + Octets.words(needed)
              + " are needed; make room, or name another place");
    }
  }

  private static void write(
      OverlayMedium image, Path folder, Path place, boolean sum, Progress progress)
      throws IOException {
    Path fresh = create(folder);
    // Not a FileChannel.open: a channel cannot make a file longer without writing into it.
    try (RandomAccessFile file = new RandomAccessFile(fresh.toFile(), "rw");
        FileChannel out = file.getChannel();
        FileLock _ = lock(out, fresh)) {
      progress.begin(place.getFileName().toString(), image.size());
      file.setLength(image.size());
      try (WriteBehind _ = WriteBehind.start(out)) {
        fill(image, out, sum, progress);
      }
      out.force(true);
      progress.end();
      Files.move(fresh, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      try (FileChannel entry = FileChannel.open(folder, StandardOpenOption.READ)) {
        entry.force(true);
      }
    } finally {
      Files.deleteIfExists(fresh);
      synchronized (OURS) {
        OURS.remove(fresh);
      }
    }
  }

  private static Path create(Path folder) throws IOException {
    synchronized (OURS) {
      Path fresh =
          Files.createTempFile(
              folder,
              UNFINISHED,
              "",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      OURS.add(fresh);
      return fresh;
    }
  }

  /** A file system without locks has no runs beside each other either, so far as is known. */
  private static @Nullable FileLock lock(FileChannel channel, Path fresh) throws IOException {
    FileLock lock;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      throw new IllegalStateException(fresh + " is new", e);
    } catch (IOException e) {
      return null;
    }
    // Between its making and its lock, another run may have taken it for one that is left over.
    if (lock == null || !Files.exists(fresh)) {
      throw new MediumException(
          fresh.resolveSibling("") + ": another run began at the same moment; run it again");
    }
    return lock;
  }

  /** Removes what killed runs left; what another one writes just now is locked, and stays. */
  private static void removeLeftOver(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, UNFINISHED + "*")) {
      for (Path left : files) {
        synchronized (OURS) {
          if (!OURS.contains(left) && Files.isRegularFile(left, LinkOption.NOFOLLOW_LINKS)) {
            removeUnlocked(left);
          }
        }
      }
    }
  }

  private static void removeUnlocked(Path left) throws IOException {
    try (FileChannel channel =
            FileChannel.open(left, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        FileLock lock = channel.tryLock()) {
      if (lock != null) {
        Files.deleteIfExists(left);
      }
    } catch (NoSuchFileException e) {
      // its run ended just now
    } catch (IOException e) {
      // another one's, or without locks: it may be in use
    }
  }

  /**
   * Copies, and takes the check sum of what is read meanwhile: behind the copy, so that it comes
   * out of the page cache.
   */
  private static void fill(OverlayMedium image, FileChannel out, boolean sum, Progress progress)
      throws IOException {
    if (!sum) {
      copy(image, out, progress::passed);
      return;
    }
    try (Alongside alongside = Alongside.start(image, progress::passed)) {
      copy(image, out, alongside::copied);
      CheckSum taken = alongside.sum();
      ByteBuffer field = ByteBuffer.wrap(taken.octets());
      while (field.hasRemaining()) {
        out.write(field, taken.field() + field.position());
      }
    }
  }

  /** Is told octets as they are there. */
  interface Copied {
    void more(long octets) throws IOException;
  }

  private static void copy(OverlayMedium image, FileChannel out, Copied copied) throws IOException {
    long at = 0;
    while (at < image.size()) {
      Run run = image.runAt(at);
      long end = at + run.length();
      if (run instanceof Run.Zeros) { // a hole is there already
        copied.more(end - at);
        at = end;
      }
      while (at < end) {
        out.position(at);
        long moved = image.transferTo(at, piece(at, end), out);
        if (moved == 0) {
          throw new EOFException("a file of which the image is made has become shorter");
        }
        at += moved;
        copied.more(moved);
      }
    }
  }

  /** As many octets as go at once, up to where a block ends. */
  private static long piece(long at, long end) {
    long next = at % BLOCK == 0 ? at + PIECE : at + BLOCK - at % BLOCK;
    return Math.min(end, next) - at;
  }
}
