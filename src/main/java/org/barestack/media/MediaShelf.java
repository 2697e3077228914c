package org.barestack.media;

import java.io.IOException;
import java.util.Optional;
import org.barestack.model.Token;

/** Which media there are to be served: one for each install that is open. */
public interface MediaShelf {
  /**
   * What the medium of an install is made of. Asked for every request, so it must be quick: what
   * takes time is in {@link MediumPlan.Making}.
   *
   * @return empty if no install is open that has that token
   * @throws MediumException if there is one and its medium cannot be made; says what to do
   */
  Optional<MediumPlan> plan(Token token) throws IOException;
}
