package org.barestack.render;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.barestack.model.Site;
import org.jspecify.annotations.Nullable;

/**
 * For a server, which goes over the nodes of a site in the order in which they happen to ask. As
 * long as neither the site nor one of its templates changes, nothing is done twice that is the same
 * for all nodes; what changes is seen by the next request.
 */
public final class LiveRenderer {
  /** What any change of a file changes; its date of change cannot be set by hand. */
  private static final String CHANGED = "ctime";

  private static final String ATTRIBUTES = "unix:ino,size," + CHANGED;

  /**
   * What changed that lately may change once more and have the same date: file systems' clocks tick
   * some hundred times a second, and those of other hosts may be off.
   */
  private static final Duration LATELY = Duration.ofSeconds(2);

  private final List<Path> siteRoots;
  private final InstantSource clock;
  private volatile @Nullable Made made;

  private record Made(Site site, Map<Path, Map<String, Object>> files, Renderer renderer) {}

  /**
   * @param siteRoots as in {@link Renderer#Renderer}
   */
  public LiveRenderer(List<Path> siteRoots) {
    this(siteRoots, InstantSource.system());
  }

  LiveRenderer(List<Path> siteRoots, InstantSource clock) {
    this.siteRoots = List.copyOf(siteRoots);
    this.clock = clock;
  }

  /** The one for that site and the templates as they are now. */
  @SuppressWarnings("ReferenceEquality") // comparing two sites of a thousand nodes takes longer
  public Renderer now(Site site) {
    Made known = made;
    // Before anything is read, so that what changes while it is read is seen the next time.
    Map<Path, Map<String, Object>> files = files();
    if (known == null || known.site() != site || !known.files().equals(files)) {
      known = new Made(site, files, Renderer.forOnePass(siteRoots));
      made = settled(files) ? known : null;
    }
    return known.renderer();
  }

  private boolean settled(Map<Path, Map<String, Object>> files) {
    Instant since = clock.instant().minus(LATELY);
    return files.values().stream()
        .allMatch(
            file -> file.get(CHANGED) instanceof FileTime date && date.toInstant().isBefore(since));
  }

  private Map<Path, Map<String, Object>> files() {
    Map<Path, Map<String, Object>> files = new HashMap<>();
    try {
      for (Path root : siteRoots) {
        for (String folder : Renderer.FOLDERS) {
          put(files, root.resolve(folder));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  /**
   * Links are looked at, not followed: no template is read from outside of its folder, so where a
   * link leads is among the files itself.
   */
  private static void put(Map<Path, Map<String, Object>> files, Path folder) throws IOException {
    if (Files.notExists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder.toRealPath())) {
      for (Path file : (Iterable<Path>) all::iterator) {
        try {
          files.put(file, Files.readAttributes(file, ATTRIBUTES, LinkOption.NOFOLLOW_LINKS));
        } catch (NoSuchFileException e) {
          // it goes just now, which changes its folder
        }
      }
    }
  }
}
