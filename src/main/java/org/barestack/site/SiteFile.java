package org.barestack.site;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.barestack.model.Role;
import org.barestack.model.Site;
import org.barestack.model.Trust;
import org.barestack.site.SiteProblem.Severity;

/** A site file, and where a repository keeps them. */
public final class SiteFile {
  private static final String NAME = "site.yaml";

  private SiteFile() {}

  /**
   * Reads a site file, the scripts that it names, and {@code secrets.pub.yaml} beside it.
   *
   * @param knownRoles the roles for which there are templates
   * @return the site, or everything that is wrong with it; also when the file cannot be read
   */
  public static SiteResult load(Path file, Set<Role> knownRoles) {
    return load(file, reading -> bytes(file, reading), knownRoles);
  }

  /** The same as if that were what stands in the file. */
  public static SiteResult load(Path file, byte[] text, Set<Role> knownRoles) {
    return load(file, reading -> text, knownRoles);
  }

  private static SiteResult load(Path file, Function<Reading, byte[]> text, Set<Role> knownRoles) {
    Reading reading = new Reading(file.toString());
    Optional<Site> site =
        reading.attempt(() -> {
          Value document = new YamlText(reading).parse(text.apply(reading));
          Value checked = new SchemaCheck(reading).check(document);
          Path folder = file.resolveSibling("");
          return new SiteReader(reading, checked, folder, knownRoles).read();
        });
    Path publicParts = trustFile(file);
    Reading second = new Reading(publicParts.toString());
    Optional<Trust> trust = second.attempt(() -> new TrustFile(second).read(publicParts));
    List<SiteProblem> problems =
        Stream.of(reading, second).flatMap(one -> one.problems().stream()).toList();
    return site.isPresent() && trust.isPresent() && !reading.hasErrors() && !second.hasErrors()
        ? new SiteResult.Good(site.get().with(trust.get()), problems)
        : new SiteResult.Bad(
            problems.stream().filter(one -> one.severity() != Severity.NOTE).toList());
  }

  /** Where the public parts of that site's secrets are, if it has any. */
  static Path trustFile(Path file) {
    return file.resolveSibling(TrustFile.NAME);
  }

  /**
   * The site files of a repository: {@code site.yaml} and {@code sites/<name>/site.yaml}, sorted.
   *
   * @throws IOException if a folder cannot be read
   */
  public static List<Path> find(Path repository) throws IOException {
    List<Path> files = new ArrayList<>();
    files.add(repository.resolve(NAME));
    Path sites = repository.resolve("sites");
    if (Files.isDirectory(sites)) {
      try (Stream<Path> folders = Files.list(sites)) {
        folders.sorted().map(folder -> folder.resolve(NAME)).forEach(files::add);
      }
    }
    return files.stream().filter(Files::isRegularFile).toList();
  }

  private static byte[] bytes(Path file, Reading reading) {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(YamlText.MAX_SIZE + 1);
    } catch (IOException e) {
      throw reading.fatal(
          Place.START, "the file cannot be read (" + e + ")", "name a site.yaml that can be");
    }
  }
}
