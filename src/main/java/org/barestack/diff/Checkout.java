package org.barestack.diff;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.barestack.diff.Git.Answer;
import org.barestack.model.PlainText;
import org.jspecify.annotations.Nullable;

/**
 * A site's folder as it was in a revision, in a private folder that is deleted again, also when the
 * program is interrupted. Working tree, index and references stay as they are.
 */
public final class Checkout implements AutoCloseable {
  /** Links may lead to links. */
  private static final int MOST_ROUNDS = 10;

  /** What a site is read from, beside its site file: files, or whole folders. */
  private static final List<String> READ =
      List.of("secrets.pub.yaml", "kickstart-templates", "pxe");

  /** Install trees and other large things that are served as they lie there. */
  private static final String NOT_READ = "http-root";

  private final Path folder;
  private final Thread atExit;
  private final String revision;
  private final String commit;
  private final String prefix;
  private final String fileName;
  private final List<String> leftOut;

  private Checkout(
      Path folder,
      Thread atExit,
      String revision,
      String commit,
      String prefix,
      String fileName,
      List<String> leftOut) {
    this.folder = folder;
    this.atExit = atExit;
    this.revision = revision;
    this.commit = commit;
    this.prefix = prefix;
    this.fileName = fileName;
    this.leftOut = List.copyOf(leftOut);
  }

  /** What came of asking for a revision. */
  public sealed interface Opening {
    /** It is there; to be closed. */
    record Open(Checkout checkout) implements Opening {}

    /**
     * It is not.
     *
     * @param reason where, what, and what to do
     */
    record NotOpen(String reason) implements Opening {}
  }

  /** Ends the opening with a reason. */
  private static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    Refusal(String reason) {
      super(reason);
    }
  }

  /**
   * Takes a site's folder out of Git.
   *
   * @param git how the git program is called
   * @param siteFile in the working tree of a repository
   * @param revision anything by which git names a commit
   * @throws IOException if the private folder cannot be written
   */
  public static Opening open(List<String> git, Path siteFile, String revision) throws IOException {
    Path siteFolder = siteFile.toAbsolutePath().resolveSibling("").toRealPath();
    String fileName = String.valueOf(siteFile.getFileName());
    try {
      wellFormed(revision);
      Git here = new Git(git, siteFolder);
      Git top = here.in(topLevel(here, siteFolder));
      String prefix =
          done(
              here.text("rev-parse", "--show-prefix"),
              "git cannot say where " + siteFolder + " is");
      String commit = commit(top, revision);
      Tree tree = new Tree(top, revision, commit, prefix, fileName);
      tree.check();
      return new Opening.Open(unpacked(tree));
    } catch (Refusal e) {
      return new Opening.NotOpen(String.valueOf(e.getMessage()));
    } catch (Git.NotThere e) {
      return new Opening.NotOpen(
          String.join(" ", git)
              + " cannot be run, and old revisions come from it; install git, or put it into PATH");
    }
  }

  /** Git takes no reference that begins with a hyphen; here it would be one of its options. */
  private static void wellFormed(String revision) throws Refusal {
    if (revision.isBlank()
        || revision.startsWith("-")
        || revision.codePoints().anyMatch(Character::isISOControl)) {
      throw new Refusal(
          quoted(revision)
              + " is no revision; name a branch, a tag or a commit, like HEAD~1 (git log --oneline"
              + " lists commits)");
    }
  }

  private static Path topLevel(Git here, Path siteFolder) throws IOException, Refusal {
    switch (here.text("rev-parse", "--is-inside-work-tree")) {
      case Answer.Done<String>(String inside) when inside.equals("true") -> {}
      case Answer.Done<String> _ ->
          throw new Refusal(
              siteFolder
                  + " lies in a Git repository without a working tree (a bare one, or inside of"
                  + " .git); clone it, and run this in the clone");
      case Answer.Refused<String>(String words) when words.contains("not a git repository") ->
          throw new Refusal(
              siteFolder
                  + " is in no Git repository, so there is nothing to compare with; git init, git"
                  + " add and git commit make it one");
      case Answer.Refused<String>(String words) ->
          throw new Refusal(siteFolder + ": " + said(words) + "; mend that, and try again");
    }
    return Path.of(
        done(
            here.text("rev-parse", "--show-toplevel"), "git cannot say where its working tree is"));
  }

  private static String commit(Git top, String revision) throws IOException, Refusal {
    // In two steps: what :/text finds is not what :/text^{commit} finds (gitrevisions(7)).
    if (top.text("rev-parse", "--verify", revision) instanceof Answer.Done<String>(String object)
        && object.matches("[0-9a-f]{40,64}")) {
      return done(
          top.text("rev-parse", "--verify", "--quiet", object + "^{commit}"),
          quoted(revision) + " is no commit; name a branch, a tag or a commit",
          "");
    }
    if (!(top.text("rev-parse", "--verify", "--quiet", "HEAD") instanceof Answer.Done<String>)) {
      throw new Refusal(
          "the Git repository has no commit yet, so there is nothing to compare with; git commit"
              + " makes the first");
    }
    if (revision.contains("..")) {
      throw new Refusal(
          quoted(revision)
              + " is a range; name both ends: barestack diff "
              + revision.replaceFirst("\\.{2,3}", " "));
    }
    boolean shallow =
        top.text("rev-parse", "--is-shallow-repository")
                instanceof Answer.Done<String>(String answer)
            && answer.equals("true");
    throw new Refusal(
        quoted(revision)
            + ": git knows no such revision; "
            + (shallow
                ? "this clone is shallow: git fetch --unshallow gets the rest of its history"
                : "git log --oneline lists commits, git branch --all branches, git tag tags"));
  }

  /** A commit's files, as far as they lie in the site's folder or a link leads to them. */
  private record Tree(Git git, String revision, String commit, String prefix, String fileName) {
    private static final String SUBMODULE = "160000";

    /** What Java makes of an octet that is none; such a name cannot be looked for. */
    private static final char NOT_UTF_8 = '\ufffd';

    /** What git says of one name. */
    private record Entry(String mode, String name) {}

    String path(String name) {
      return prefix + name;
    }

    boolean has(String path) throws IOException {
      return git.text("rev-parse", "--verify", "--quiet", commit + ":" + path)
          instanceof Answer.Done<String>;
    }

    void check() throws IOException, Refusal {
      String file = path(fileName);
      if (!has(file)) {
        throw new Refusal(notThere(file));
      }
      for (Entry entry : entries(prefix)) {
        if (entry.mode().equals(SUBMODULE) && isRead(entry.name())) {
          throw new Refusal(
              revision
                  + ":"
                  + path(entry.name())
                  + " is a submodule, whose files this repository does not have; render the site of"
                  + " both revisions with barestack render --out, and compare the folders");
        }
      }
    }

    private String notThere(String file) throws IOException {
      if (!(git.text("ls-files", "--error-unmatch", "--", ":(top,literal)" + file)
              instanceof Answer.Done<String>)
          && !(git.text("rev-parse", "--verify", "--quiet", "HEAD:" + file)
              instanceof Answer.Done<String>)) {
        return file
            + " is not in Git, so there is nothing to compare with; git add and git commit put it"
            + " there";
      }
      List<String> others =
          entries("").stream()
              .map(Entry::name)
              .filter(name -> name.equals(fileName) || name.endsWith("/" + fileName))
              .toList();
      return file
          + " is not in "
          + revision
          + "; "
          + (others.isEmpty()
              ? "name a later revision: git log --oneline -- "
                  + file
                  + " lists those that change it"
              : "if the folder was renamed, render the site of both revisions with barestack render"
                  + " --out, and compare the folders; there it has "
                  + others.stream().limit(5).map(Checkout::plain).collect(Collectors.joining(", "))
                  + (others.size() > 5 ? " and " + (others.size() - 5) + " more" : ""));
    }

    /** All below a folder, by names relative to it. */
    private List<Entry> entries(String folder) throws IOException {
      String name = folder.endsWith("/") ? folder.substring(0, folder.length() - 1) : folder;
      Answer<String> answer = git.text("ls-tree", "-r", "-z", "--full-tree", commit + ":" + name);
      if (!(answer instanceof Answer.Done<String>(String text))) {
        return List.of();
      }
      return Stream.of(text.split("\0", -1))
          .filter(line -> !line.isEmpty())
          .map(line -> new Entry(line.split(" ", 2)[0], line.substring(line.indexOf('\t') + 1)))
          .toList();
    }

    /** Whether a site is read from what has that name in its folder. */
    boolean isRead(String name) {
      return name.equals(fileName)
          || READ.stream().anyMatch(one -> name.equals(one) || name.startsWith(one + "/"));
    }

    /**
     * Unpacks a folder or a file. It names a tree, not a commit, so that git puts no words of its
     * own into files (export-subst of gitattributes(5)); line ends are as in a working tree.
     */
    void unpack(Unpacked into, String path) throws IOException, Refusal {
      List<String> words = new ArrayList<>(List.of("archive", "--format=tar", commit + "^{tree}"));
      words.add("--");
      String name = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
      if (!name.isEmpty()) {
        words.add(":(top,literal)" + name);
      }
      words.add(":(top,exclude,literal)" + prefix + NOT_READ);
      Answer<Boolean> answer =
          git.run(
              (InputStream output) -> {
                into.add(output);
                return true;
              },
              words.toArray(String[]::new));
      if (answer instanceof Answer.Refused<Boolean>(String said)) {
        throw new Refusal(
            revision
                + ":"
                + name
                + " cannot be read: "
                + said(said)
                + "; git fsck looks for damage");
      }
    }

    /** Files that git leaves out of archives, a line each. */
    List<String> missing(Path root) throws IOException, Refusal {
      List<String> missing = new ArrayList<>();
      for (Entry entry : entries(prefix)) {
        String path = path(entry.name());
        if (!entry.name().startsWith(NOT_READ + "/")
            && entry.mode().startsWith("100")
            && path.indexOf(NOT_UTF_8) < 0
            && !Files.exists(root.resolve(path))) {
          String line =
              revision
                  + ":"
                  + plain(path)
                  + " is left out of archives by export-ignore in .gitattributes; the line '"
                  + plain(path)
                  + " -export-ignore' in .git/info/attributes takes that back";
          if (isRead(entry.name())) {
            throw new Refusal(line);
          }
          missing.add(line);
        }
      }
      return missing;
    }
  }

  private static Checkout unpacked(Tree tree) throws IOException, Refusal {
    Path root = Files.createTempDirectory("barestack-diff").toRealPath(); // for us alone: 0700
    Thread atExit = Thread.ofPlatform().unstarted(() -> deleteAtExit(root));
    Runtime.getRuntime().addShutdownHook(atExit);
    boolean good = false;
    try {
      Unpacked files = new Unpacked(root);
      tree.unpack(files, tree.prefix());
      Unpacked.Links links = files.link();
      Set<String> asked = new TreeSet<>(Set.of(tree.prefix()));
      for (int round = 0; round < MOST_ROUNDS; round++) {
        boolean more = false;
        for (Map.Entry<String, String> link : links.dangling().entrySet()) {
          Optional<String> target = target(link.getKey(), link.getValue());
          if (target.isPresent() && asked.add(target.get()) && tree.has(target.get())) {
            tree.unpack(files, target.get());
            more = true;
          }
        }
        if (!more) {
          break;
        }
        links = files.link();
      }
      Map<String, String> lost = new TreeMap<>(links.outside());
      lost.putAll(links.dangling());
      refuseLost(tree, lost);
      List<String> leftOut = new ArrayList<>(tree.missing(root));
      links
          .outside()
          .forEach((link, target) ->
              leftOut.add(
                  tree.revision()
                      + ":"
                      + plain(link)
                      + " is a link that leads out of the repository, to "
                      + plain(target)
                      + "; keep a copy in the site's folder instead"));
      good = true;
      return new Checkout(
          root, atExit, tree.revision(), tree.commit(), tree.prefix(), tree.fileName(), leftOut);
    } catch (Unpacked.Refused e) {
      throw new Refusal(
          tree.revision()
              + ":"
              + tree.prefix()
              + " is not unpacked: "
              + plain(String.valueOf(e.getMessage()))
              + "; keep the site in a folder of its own");
    } finally {
      if (!good) {
        Runtime.getRuntime().removeShutdownHook(atExit);
        delete(root);
      }
    }
  }

  /** Without them templates would quietly be others than they were. */
  private static void refuseLost(Tree tree, Map<String, String> lost) throws Refusal {
    for (Map.Entry<String, String> link : lost.entrySet()) {
      if (link.getKey().startsWith(tree.prefix())
          && tree.isRead(link.getKey().substring(tree.prefix().length()))) {
        throw new Refusal(
            tree.revision()
                + ":"
                + plain(link.getKey())
                + " is a link to "
                + plain(link.getValue())
                + ", which that revision does not have; keep what a site is read from in its"
                + " repository");
      }
    }
  }

  /** Where a link leads to by its words alone, from the top; empty if out of the repository. */
  private static Optional<String> target(String link, String words) {
    Path folder = Path.of("/").resolve(link).resolveSibling("");
    int depth = folder.getNameCount();
    for (Path step : Path.of(words)) {
      depth += step.toString().equals("..") ? -1 : 1;
      if (depth < 0) {
        return Optional.empty();
      }
    }
    return Optional.of(folder.resolve(words).normalize().toString().substring(1));
  }

  /** The site's file as it was. */
  public Path file() {
    return folder.resolve(prefix).resolve(fileName);
  }

  /** The site's folder as it was. */
  public Path siteFolder() {
    return folder.resolve(prefix).normalize();
  }

  /** The revision as it was asked for. */
  public String revision() {
    return revision;
  }

  /** The commit that it names, in hexadecimal digits. */
  public String commit() {
    return commit;
  }

  /** What could not be taken along, for a message about something missing; a line each. */
  List<String> leftOut() {
    return leftOut;
  }

  /** A message about these files, with the names that they have in the revision. */
  String named(String text) {
    return text.replace(folder + "/", revision + ":");
  }

  @Override
  public void close() throws IOException {
    delete(folder);
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // the program ends, and the hook finds nothing
    }
  }

  /** Ends of the program come at any time, so somebody may still be writing there. */
  private static void deleteAtExit(Path root) {
    for (int attempt = 0; attempt < 20 && Files.exists(root); attempt++) {
      try {
        delete(root);
      } catch (IOException | UncheckedIOException e) {
        // once more; what is left at last lies in the folder for temporary files
      }
    }
  }

  private static void delete(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    List<Path> deepestFirst;
    try (Stream<Path> files = Files.walk(root)) {
      deepestFirst = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : deepestFirst) {
      Files.deleteIfExists(file);
    }
  }

  private static String done(Answer<String> answer, String otherwise) throws Refusal {
    return done(answer, otherwise, null);
  }

  private static String done(Answer<String> answer, String otherwise, @Nullable String words)
      throws Refusal {
    return switch (answer) {
      case Answer.Done<String>(String text) -> text;
      case Answer.Refused<String>(String said) ->
          throw new Refusal(otherwise + (words == null ? ": " + said(said) : words));
    };
  }

  private static String said(String words) {
    return words.isEmpty() ? "git failed and said nothing" : "git says " + plain(words);
  }

  private static String plain(String text) {
    return PlainText.of(text);
  }

  private static String quoted(String text) {
    return "'" + plain(text) + "'";
  }
}
