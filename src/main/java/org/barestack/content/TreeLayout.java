package org.barestack.content;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.barestack.model.Architecture;
import org.barestack.model.PlainText;

/**
 * Where the parts of a tree lie. On a medium they are below it; on a mirror the tree is {@code
 * BaseOS/ARCH/os} and names {@code ../../../AppStream/ARCH/os}, so that a release must begin three
 * folders further up for these relative paths to hold.
 */
final class TreeLayout {
  private TreeLayout() {}

  /**
   * The path of the tree below its release: empty, or {@code BaseOS/ARCH/os/}.
   *
   * @param at where the tree is: an absolute path
   * @throws ImportException if its {@code .treeinfo} leads further than that
   */
  static String root(String source, String at, Treeinfo info) throws ImportException {
    boolean leaves = false;
    for (String repository : info.repositories()) {
      leaves |= normal(repository).isEmpty();
    }
    if (!leaves) {
      return "";
    }
    String plain = at.endsWith("/") ? at.substring(0, at.length() - 1) : at;
    for (Architecture arch : Architecture.values()) {
      String root = "BaseOS/" + arch + "/os";
      if (plain.endsWith("/" + root)) {
        return root + "/";
      }
    }
    throw new ImportException(
        source
            + ": .treeinfo names repositories outside of its tree ("
            + PlainText.cut(PlainText.of(String.join(", ", info.repositories())), 200)
            + "), and only a mirror's BaseOS/ARCH/os may");
  }

  /** How many folders it goes down. */
  static int depth(String root) {
    return (int) root.chars().filter(one -> one == '/').count();
  }

  /**
   * A relative path that {@code .treeinfo} names, below the release.
   *
   * @throws ImportException if it leads out of the release
   */
  static String below(String source, String root, String relative) throws ImportException {
    Optional<String> path = relative.startsWith("/") ? Optional.empty() : normal(root + relative);
    if (path.isEmpty() || (!path.get().isEmpty() && Listing.fault(path.get()).isPresent())) {
      throw new ImportException(
          source
              + ": .treeinfo names a path outside of the release: "
              + PlainText.cut(PlainText.of(relative), 200));
    }
    return path.get();
  }

  /** Without {@code .} and {@code ..}; empty if it goes above where it begins. */
  private static Optional<String> normal(String path) {
    List<String> parts = new ArrayList<>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..")) {
        if (parts.isEmpty()) {
          return Optional.empty();
        }
        parts.removeLast();
      } else if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return Optional.of(String.join("/", parts));
  }
}
