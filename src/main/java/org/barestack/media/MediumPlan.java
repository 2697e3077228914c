package org.barestack.media;

import java.io.IOException;
import java.nio.file.Path;
import org.barestack.format.image.Overlay;

/**
 * What a medium would be made of.
 *
 * @param state another text whenever the overlay would be another one, if the source were the same;
 *     as long as it stays, an overlay that was made is used again
 * @param source the image below
 * @param making makes the overlay over it
 */
public record MediumPlan(String state, Path source, Making making) {
  /** Makes an overlay; may read the source, and take its time. */
  public interface Making {
    Overlay make() throws IOException;
  }
}
