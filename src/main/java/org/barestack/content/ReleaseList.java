package org.barestack.content;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The releases below {@code http-root/releases}, as they came there. */
public final class ReleaseList {
  private static final int MOST_NAMED = 20;

  private ReleaseList() {}

  /**
   * A release.
   *
   * @param manifest null if it was put there by hand
   */
  public record Release(String name, Path folder, @Nullable Manifest manifest) {}

  /**
   * All that are there, by name.
   *
   * @throws IOException if a folder cannot be read, or a manifest is none
   */
  public static List<Release> of(Path httpRoot) throws IOException {
    List<Release> releases = new ArrayList<>();
    for (String name : new Releases(httpRoot).list()) {
      Path folder = httpRoot.resolve("releases").resolve(name);
      releases.add(new Release(name, folder, Manifest.read(folder).orElse(null)));
    }
    return releases;
  }

  /**
   * Reads all files of a release that was imported, and compares them with what they were.
   *
   * @return what is wrong, a line each; empty if nothing is
   * @throws IOException if something cannot be read
   */
  public static List<String> faults(Release release, Progress progress) throws IOException {
    Manifest manifest = release.manifest();
    if (manifest == null) {
      return List.of("nothing is known of what it was: it was put there by hand");
    }
    byte[] octets;
    try {
      octets = Files.readAllBytes(release.folder().resolve(FileList.FILE));
    } catch (NoSuchFileException e) {
      return List.of(FileList.FILE + " is missing, which lists its files");
    }
    if (!Digest.sha256(octets).equals(manifest.content().sha256())) {
      return List.of(FileList.FILE + " is not what was written at the import");
    }
    Map<String, FileList.One> files =
        FileList.parse(new String(octets, StandardCharsets.UTF_8)).files();
    List<String> faults = new ArrayList<>();
    progress.begin("verifying " + release.name(), manifest.content().octets());
    for (var file : files.entrySet()) {
      Optional<String> fault =
          FileList.fault(release.folder(), file.getKey(), file.getValue(), progress::passed);
      fault.ifPresent(faults::add);
    }
    Files.walkFileTree(
        release.folder(),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            String path = release.folder().relativize(file).toString();
            if (!attributes.isSymbolicLink()
                && !files.containsKey(path)
                && !path.startsWith(Listing.OURS + "/")) {
              faults.add(path + " was not there at the import");
            }
            return FileVisitResult.CONTINUE;
          }
        });
    progress.end();
    return faults.size() <= MOST_NAMED
        ? faults
        : Stream.concat(
                faults.stream().limit(MOST_NAMED),
                Stream.of((faults.size() - MOST_NAMED) + " more"))
            .toList();
  }
}
