package org.barestack.site;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.barestack.model.Role;
import org.barestack.model.Site;

/**
 * The site as its file says now: a {@code git pull} is taken at the next look. A file with errors
 * is not taken; the last good site goes on.
 */
public final class LiveSite implements Supplier<Site> {
  /** How long a look at the file holds: a storm of requests must not become a storm of stats. */
  private static final Duration LOOK = Duration.ofSeconds(1);

  private final Path file;
  private final Set<Role> roles;
  private final InstantSource clock;
  private final Consumer<SiteResult> changed;
  private Site site;
  private List<FileTime> read;
  private Instant looked;

  /**
   * Begins with a site that was read from that file.
   *
   * @param changed told what came of reading it again
   * @throws IOException if the file cannot be looked at
   */
  public LiveSite(
      Path file, Set<Role> roles, Site site, InstantSource clock, Consumer<SiteResult> changed)
      throws IOException {
    this.file = file;
    this.roles = roles;
    this.site = site;
    this.clock = clock;
    this.changed = changed;
    this.read = modified();
    this.looked = clock.instant();
  }

  @Override
  public synchronized Site get() {
    Instant now = clock.instant();
    if (!now.isBefore(looked.plus(LOOK))) {
      looked = now;
      look();
    }
    return site;
  }

  /** Of the site file, and of the public parts of its secrets where it has some. */
  private List<FileTime> modified() throws IOException {
    FileTime edited = Files.getLastModifiedTime(file);
    try {
      return List.of(edited, Files.getLastModifiedTime(SiteFile.trustFile(file)));
    } catch (NoSuchFileException e) {
      if (site.trust().isThere()) {
        throw e; // git takes a file away before it puts the new one
      }
      return List.of(edited);
    }
  }

  private void look() {
    List<FileTime> modified;
    try {
      modified = modified();
    } catch (IOException e) {
      // An editor or git replaces the file: it is there again at the next look.
      return;
    }
    if (!modified.equals(read)) {
      read = modified;
      SiteResult result = SiteFile.load(file, roles);
      if (result instanceof SiteResult.Good good) {
        site = good.site();
      }
      changed.accept(result);
    }
  }
}
