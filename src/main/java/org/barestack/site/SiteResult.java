package org.barestack.site;

import java.util.List;
import org.barestack.model.Site;

/** What became of a site file. */
public sealed interface SiteResult {
  /**
   * It can be used.
   *
   * @param warnings and notes, in the order of the file
   */
  record Good(Site site, List<SiteProblem> warnings) implements SiteResult {
    public Good {
      warnings = List.copyOf(warnings);
    }
  }

  /**
   * It cannot be used.
   *
   * @param problems all of them, warnings too but no notes, in the order of the file
   */
  record Bad(List<SiteProblem> problems) implements SiteResult {
    public Bad {
      problems = List.copyOf(problems);
    }
  }
}
