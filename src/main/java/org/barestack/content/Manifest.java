package org.barestack.content;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a release says of itself: {@code .barestack/release.json}.
 *
 * @param name of its folder
 * @param family as {@code .treeinfo} tells it
 * @param imported when, by our clock, ISO 8601
 * @param loaders what was taken out of its packages, into {@code .barestack/loaders}
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Manifest(
    String name,
    String version,
    String arch,
    String family,
    From source,
    Trust trust,
    String imported,
    Content content,
    List<Loader> loaders) {
  static final String FILE = Listing.OURS + "/release.json";

  /**
   * Where it comes from.
   *
   * @param kind {@code iso}, {@code folder} or {@code url}
   * @param from a path or URL, without a password
   * @param label of the volume; null where there is none
   * @param sha256 of the image; null for a tree
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record From(String kind, String from, @Nullable String label, @Nullable String sha256) {}

  /** What an import rests on. */
  public enum Level {
    /** A release key signed the digest of all of it. */
    @JsonProperty("signed")
    SIGNED,
    /** The operator named the digest. */
    @JsonProperty("vouched")
    VOUCHED,
    /** Nothing: {@code --insecure-no-verify}. */
    @JsonProperty("none")
    NONE;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * How much of it is known to be what it should be.
   *
   * @param key fingerprint of the key that signed; null if none did
   * @param verified what was, and by what
   * @param unverified what could not be
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Trust(
      Level level, @Nullable String key, List<String> verified, List<String> unverified) {
    public Trust {
      verified = List.copyOf(verified);
      unverified = List.copyOf(unverified);
    }
  }

  /**
   * What is in it.
   *
   * @param identity the same for each source of the same content
   * @param files how many
   * @param octets of all files together
   * @param sha256 of {@code .barestack/CHECKSUM}, which lists all files
   */
  public record Content(String identity, int files, long octets, String sha256) {}

  /**
   * A loader out of a package.
   *
   * @param file its name in {@code .barestack/loaders}
   * @param from the package, with version and architecture
   */
  public record Loader(String file, String from, String sha256) {}

  public Manifest {
    // a file that lacks one was not written here
    for (Object part : new Object[] {name, version, arch, source, trust, imported, content}) {
      Objects.requireNonNull(part);
    }
    loaders = List.copyOf(loaders);
  }

  private static JsonMapper json() {
    return JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();
  }

  byte[] octets() {
    try {
      return (json().writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n")
          .getBytes(StandardCharsets.UTF_8);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts and numbers are always JSON", e);
    }
  }

  /**
   * Reads that of a release.
   *
   * @param folder of the release
   * @return empty if it has none: it was put there by hand
   * @throws IOException if it cannot be read, or is none
   */
  static Optional<Manifest> read(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    try {
      return Optional.of(json().readValue(Files.readAllBytes(file), Manifest.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JsonProcessingException e) {
      throw new ImportException(
          file
              + " is no manifest that barestack import wrote; import the release anew with"
              + " --replace, or remove that file",
          e);
    }
  }
}
