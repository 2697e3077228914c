package org.barestack.content;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.barestack.model.Site;

/** The trees of Rocky Linux below {@code http-root/releases}, one folder a release. */
public final class Releases {
  private static final String TREEINFO = ".treeinfo";

  /** What the stand-in's tree has, and no other; all else of it is as in a real one. */
  private static final String STAND_IN = ".standin";

  private final Path httpRoot;

  /** The trees below that {@code http-root}. */
  public Releases(Path httpRoot) {
    this.httpRoot = httpRoot;
  }

  /**
   * A tree that an installer can run from.
   *
   * @param path below {@code http-root}, with slashes: {@code releases/rocky-9.7-x86_64}
   * @param version as {@code .treeinfo} tells it
   * @param standIn whether it only plays a release in rehearsals: {@value #STAND_IN} is in it
   */
  public record Tree(
      String path,
      String version,
      String arch,
      boolean standIn,
      Path vmlinuz,
      Path initrd,
      Path installImage) {
    /** Where a server has it that serves {@code http-root}. */
    public URI at(URI server) {
      return URI.create(server + "/" + path);
    }
  }

  /** What there is of a release. */
  public sealed interface Answer {
    /** It is there, and is what it should be. */
    record Found(Tree tree) implements Answer {}

    /** The site takes it from another server, which has its kernel and initrd too. */
    record Elsewhere(URI tree) implements Answer {}

    /** It is not there, or is not whole, or is another; the message says what to do. */
    record Missing(String message) implements Answer {}
  }

  /** Signals what a tree lacks. */
  private static final class Lack extends Exception {
    private static final long serialVersionUID = 1;

    private final String what;

    Lack(String what) {
      super(what);
      this.what = what;
    }
  }

  /**
   * The names of the folders that are there, sorted; whether each is whole, {@link #find} tells.
   *
   * @throws IOException if the folder cannot be read
   */
  public List<String> list() throws IOException {
    Path releases = httpRoot.resolve("releases");
    if (!Files.exists(releases)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(releases)) {
      return folders
          .filter(Files::isDirectory)
          .map(folder -> folder.getFileName().toString())
          .filter(name -> !name.startsWith(".")) // an import that is under way
          .sorted()
          .toList();
    }
  }

  /**
   * Where files of a release may lie, whether it is there or not: its folder, and in that the tree
   * of a mirror.
   */
  public List<Path> roots(Site.Rocky rocky) {
    return List.of(folder(rocky), mirrored(rocky));
  }

  /**
   * Looks for the tree of the site's release.
   *
   * @throws IOException if something is there and cannot be read
   */
  public Answer find(Site.Rocky rocky) throws IOException {
    if (rocky.tree() != null) {
      return new Answer.Elsewhere(rocky.tree());
    }
    try {
      return new Answer.Found(tree(rocky));
    } catch (Lack lack) {
      return new Answer.Missing(lack.what);
    }
  }

  /**
   * Why a tree's kernel or initrd is not what its {@code .treeinfo} says; empty if they are, or if
   * that names no digests. Reads both files; {@code install.img} is left to the installer.
   *
   * @throws IOException if a file cannot be read
   */
  public Optional<String> damage(Tree tree) throws IOException {
    Path root = httpRoot.resolve(tree.path());
    Treeinfo info =
        Treeinfo.parse(Files.readString(root.resolve(TREEINFO), StandardCharsets.UTF_8));
    for (Path file : List.of(tree.vmlinuz(), tree.initrd())) {
      Optional<String> wanted =
          info.value("checksums", root.relativize(file).toString())
              .filter(digest -> digest.startsWith("sha256:"))
              .map(digest -> digest.substring("sha256:".length()));
      if (wanted.isPresent()
          && !wanted.get().equalsIgnoreCase(FileList.sha256(file.toRealPath(), _ -> {}))) {
        return Optional.of(file + " is not what " + root.resolve(TREEINFO) + " says");
      }
    }
    return Optional.empty();
  }

  private Tree tree(Site.Rocky rocky) throws IOException, Lack {
    Path folder = folder(rocky);
    if (!Files.isDirectory(folder)) {
      throw new Lack("there is no " + folder + ". " + remedy(rocky));
    }
    // Links out of http-root are not served, so a tree behind one would fail on the node.
    if (!folder.toRealPath().startsWith(httpRoot.toRealPath())) {
      throw new Lack(
          folder + " is a link to a place outside " + httpRoot + ": mount or copy the tree there");
    }
    Path root = root(rocky, folder);
    Treeinfo info =
        Treeinfo.parse(Files.readString(root.resolve(TREEINFO), StandardCharsets.UTF_8));
    String version =
        info.value("general", "version")
            .or(() -> info.value("release", "version"))
            .orElse("(untold)");
    String arch = info.value("general", "arch").orElse("(untold)");
    if (!version.equals(rocky.release()) || !arch.equals(rocky.arch().toString())) {
      throw new Lack(
          root.resolve(TREEINFO)
              + " says release "
              + version
              + " for "
              + arch
              + ", but the site installs "
              + rocky.release()
              + " for "
              + rocky.arch()
              + ": put the right tree there, or change rocky in site.yaml");
    }
    String images = "images-" + arch;
    return new Tree(
        httpRoot.relativize(root).toString(),
        version,
        arch,
        Files.exists(root.resolve(STAND_IN)),
        file(rocky, root, info, images, "kernel"),
        file(rocky, root, info, images, "initrd"),
        file(rocky, root, info, "stage2", "mainimage"));
  }

  /** A DVD has its tree at the top; a mirror has it in BaseOS, with AppStream as a neighbour. */
  private Path root(Site.Rocky rocky, Path folder) throws Lack {
    Path mirrored = mirrored(rocky);
    return Stream.of(folder, mirrored)
        .filter(root -> Files.isRegularFile(root.resolve(TREEINFO)))
        .findFirst()
        .orElseThrow(() ->
            new Lack(
                "neither " + folder + " nor " + mirrored + " has a .treeinfo. " + remedy(rocky)));
  }

  private Path file(Site.Rocky rocky, Path root, Treeinfo info, String section, String key)
      throws Lack {
    String named =
        info.value(section, key)
            .orElseThrow(() ->
                new Lack(
                    root.resolve(TREEINFO)
                        + " has no "
                        + key
                        + " in ["
                        + section
                        + "]. "
                        + remedy(rocky)));
    Optional<Path> file = below(root, named);
    if (file.isEmpty()) {
      throw new Lack(root.resolve(TREEINFO) + " names a file outside its tree: " + named);
    }
    if (!Files.isRegularFile(file.get())) {
      throw new Lack(file.get() + " is missing. " + remedy(rocky));
    }
    return file.get();
  }

  private static Optional<Path> below(Path root, String named) {
    try {
      return Optional.of(root.resolve(named).normalize()).filter(file -> file.startsWith(root));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  private Path mirrored(Site.Rocky rocky) {
    return folder(rocky).resolve("BaseOS").resolve(rocky.arch().toString()).resolve("os");
  }

  private Path folder(Site.Rocky rocky) {
    return httpRoot.resolve("releases").resolve(rocky.folder());
  }

  private String remedy(Site.Rocky rocky) {
    return String.format(
        """
        Import it: barestack import Rocky-%1$s-%2$s-dvd.iso (an image, a folder or a URL); or \
        copy, mount or rsync the content of the DVD, or a mirror's BaseOS and AppStream, to %3$s\
        """,
        rocky.release(), rocky.arch(), folder(rocky));
  }
}
