package org.barestack.render;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an install from a medium differs from one by network.
 *
 * @param tree where packages come from; null if the medium has them
 * @param repositories names of the repositories that were added to it, in {@link #REPOSITORIES}
 * @param restarts whether the machine restarts at the end; else it switches itself off
 */
public record FromMedium(@Nullable URI tree, List<String> repositories, boolean restarts) {
  /** What we put on a medium lies below this folder. */
  public static final String FOLDER = "barestack";

  /** Repositories of packages, a folder each. */
  public static final String REPOSITORIES = FOLDER + "/repos";

  /** A medium that brings its packages, after which the machine switches itself off. */
  public static final FromMedium PLAIN = new FromMedium(null, List.of(), false);

  public FromMedium {
    repositories = List.copyOf(repositories);
  }

  /** The path of a node's kickstart on the medium, from its root. */
  public static String kickstart(String node) {
    return FOLDER + "/" + node + ".ks";
  }

  /** Names the variant, so that each has its own pinned text. */
  public String variant() {
    return "medium"
        + (tree == null ? "" : "," + tree)
        + (restarts ? ",restarts" : "")
        + (repositories.isEmpty() ? "" : "," + String.join(",", repositories));
  }
}
