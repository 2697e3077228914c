package org.barestack.diff;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/**
 * Files out of tar archives, in a folder that nobody else uses. Whatever an archive says, nothing
 * is written outside of the folder, and no link leads out of it once {@link #link} has run.
 */
final class Unpacked {
  private static final int MOST_FILES = 100_000;
  private static final long MOST_OCTETS = 1L << 30;

  private final Path root;
  private final Map<String, String> links = new LinkedHashMap<>();
  private int files;
  private long octets;

  /**
   * @param root an empty folder
   */
  Unpacked(Path root) throws IOException {
    this.root = root.toRealPath();
  }

  /** An archive that is not unpacked further. */
  static final class Refused extends IOException {
    private static final long serialVersionUID = 1L;

    Refused(String message) {
      super(message);
    }
  }

  /**
   * What became of the links; those of both kinds are not there.
   *
   * @param outside those that lead out of the folder or in a circle, and what to
   * @param dangling those that lead to nothing, and what to
   */
  record Links(Map<String, String> outside, Map<String, String> dangling) {}

  /**
   * Takes the files of one more archive. What is there already stays. Links are kept back, so that
   * nothing can be written through one.
   *
   * @throws Refused if it names a place outside of the folder, or holds too much
   */
  void add(InputStream archive) throws IOException {
    unlink();
    TarArchiveInputStream tar = new TarArchiveInputStream(archive, "UTF-8");
    for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
      String name = name(entry);
      if (name.isEmpty()) {
        continue;
      }
      if (++files > MOST_FILES) {
        throw new Refused("more than " + MOST_FILES + " files");
      }
      if (entry.isSymbolicLink()) {
        links.putIfAbsent(name, entry.getLinkName());
      } else if (entry.isDirectory()) {
        Files.createDirectories(root.resolve(name));
      } else if (entry.getLinkFlag() == TarConstants.LF_NORMAL
          || entry.getLinkFlag() == TarConstants.LF_OLDNORM) {
        write(tar, root.resolve(name));
      } else {
        throw new Refused("'" + name + "' is neither file, folder nor link");
      }
    }
  }

  private void write(InputStream from, Path file) throws IOException {
    Files.createDirectories(file.resolveSibling(""));
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    byte[] buffer = new byte[1 << 16];
    try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
      for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
        octets += read;
        if (octets > MOST_OCTETS) {
          throw new Refused("more than 1 GiB");
        }
        out.write(buffer, 0, read);
      }
    }
  }

  /** The name as a relative one without dots; empty for the folder itself. */
  private String name(TarArchiveEntry entry) throws Refused {
    String name = entry.getName();
    List<String> parts = new ArrayList<>();
    for (String part :
        (name.endsWith("/") ? name.substring(0, name.length() - 1) : name).split("/", -1)) {
      if (part.equals("..") || part.isEmpty() || part.indexOf('\0') >= 0) {
        throw new Refused("'" + name + "' is no name below the folder");
      }
      if (!part.equals(".")) {
        parts.add(part);
      }
    }
    String joined = String.join("/", parts);
    try {
      if (!root.resolve(joined).startsWith(root)) {
        throw new Refused("'" + name + "' is no name below the folder");
      }
    } catch (InvalidPathException e) {
      throw new Refused("'" + joined + "' cannot be written in this locale (LC_ALL=C.UTF-8 can)");
    }
    return joined;
  }

  /**
   * Makes the links, looks where each really leads, and takes away those that lead out or nowhere.
   * May be called again after {@link #add}, which may bring what a link led to.
   */
  Links link() throws IOException {
    unlink();
    Map<String, String> outside = new TreeMap<>();
    Map<String, String> dangling = new TreeMap<>();
    for (Map.Entry<String, String> link : links.entrySet()) {
      Path place = root.resolve(link.getKey());
      Path folder = place.resolveSibling("");
      Files.createDirectories(folder);
      if (!folder.toRealPath().equals(folder)) {
        throw new Refused("'" + link.getKey() + "' lies below a link");
      }
      Files.createSymbolicLink(place, Path.of(link.getValue()));
    }
    links.forEach((name, target) -> {
      try {
        if (!root.resolve(name).toRealPath().startsWith(root)) {
          outside.put(name, target);
        }
      } catch (NoSuchFileException e) {
        (Path.of(target).isAbsolute() ? outside : dangling).put(name, target);
      } catch (IOException e) {
        outside.put(name, target); // a circle
      }
    });
    for (Map<String, String> bad : List.of(outside, dangling)) {
      for (String name : bad.keySet()) {
        Files.deleteIfExists(root.resolve(name));
      }
    }
    return new Links(outside, dangling);
  }

  /** Nothing is ever written while there are links to write through. */
  private void unlink() throws IOException {
    for (String name : links.keySet()) {
      Path place = root.resolve(name);
      if (Files.isSymbolicLink(place)) {
        Files.delete(place);
      }
    }
  }
}
