package org.barestack.media;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.barestack.format.image.Overlay;
import org.barestack.format.iso.IsoException;
import org.barestack.format.iso.IsoImage;
import org.barestack.model.Journal;
import org.barestack.model.Node;
import org.barestack.model.NodeState;
import org.barestack.model.Site;
import org.barestack.model.Token;
import org.barestack.render.FromMedium;
import org.barestack.render.LiveRenderer;
import org.barestack.render.Renderer;
import org.jspecify.annotations.Nullable;

/**
 * The media of installs that are under way, each made of the release's image when it is asked for.
 */
public final class InFlight implements MediaShelf {
  private final Function<Token, Optional<Open>> installs;
  private final Journal journal;
  private final LiveRenderer live;
  private final Path httpRoot;
  private final Supplier<URI> tree;

  private @Nullable Site seen;
  private long edits;

  /**
   * @param installs those under way, by their tokens
   * @param tree where packages come from if the image has none
   */
  public InFlight(
      Function<Token, Optional<Open>> installs,
      Journal journal,
      LiveRenderer live,
      Path httpRoot,
      Supplier<URI> tree) {
    this.installs = installs;
    this.journal = journal;
    this.live = live;
    this.httpRoot = httpRoot;
    this.tree = tree;
  }

  /**
   * An install under way.
   *
   * @param permit whether an order permits it to wipe a disk
   */
  public record Open(Site site, Node node, NodeState.Install install, boolean permit) {}

  /** Where the image of a release is looked for. */
  public static Path source(Path httpRoot, Site.Rocky rocky) {
    return httpRoot.resolve("media").resolve(rocky.folder() + ".iso");
  }

  @Override
  public Optional<MediumPlan> plan(Token token) throws IOException {
    Optional<Open> open = installs.apply(token);
    if (open.isEmpty()) {
      return Optional.empty();
    }
    Path source = source(httpRoot, open.get().site().rocky());
    if (!Files.isRegularFile(source)) {
      throw new MediumException(
          source
              + " is not there: put the image of Rocky Linux "
              + open.get().site().rocky().release()
              + " there, or a link to it");
    }
    return Optional.of(
        new MediumPlan(state(open.get()), source, () -> overlay(open.get(), source)));
  }

  /** The kickstart is pinned; only the menu follows the site, and says what is permitted. */
  @SuppressWarnings("ReferenceEquality") // comparing two sites of a thousand nodes takes longer
  private synchronized String state(Open open) {
    if (seen != open.site()) {
      seen = open.site();
      edits++;
    }
    return open.install().id() + " " + edits + " " + open.permit();
  }

  private Overlay overlay(Open open, Path source) throws IOException {
    try (IsoImage image = IsoImage.open(source)) {
      return overlay(open, image, RockyImage.of(image, source.toString()));
    } catch (IsoException e) {
      throw new MediumException(source + " is no whole image of a medium: " + e.getMessage(), e);
    }
  }

  private Overlay overlay(Open open, IsoImage image, RockyImage rocky) throws IOException {
    rocky.fits(open.site().rocky());
    Renderer renderer = live.now(open.site());
    FromMedium from = new FromMedium(rocky.packages() ? null : tree.get(), List.of(), false);
    BootMedium.Install install =
        new OpenInstalls(open.site(), journal, renderer)
            .of(open.node(), open.install(), open.permit(), from);
    return new BootMedium(List.of(install), "", List.of(), Map.of(), false)
        .over(image, rocky, open.site(), renderer);
  }
}
