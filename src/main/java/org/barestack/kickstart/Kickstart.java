package org.barestack.kickstart;

import java.util.List;

/**
 * A kickstart, taken apart.
 *
 * @param lines its commands, in order; what could not be taken apart is not among them
 * @param scripts the scripts in its sections, in order
 * @param whole whether all that it includes was there to be read
 * @param findings what the installer's parser finds wrong with it, in order
 */
record Kickstart(List<Parsed> lines, List<Script> scripts, boolean whole, List<Finding> findings) {
  Kickstart {
    lines = List.copyOf(lines);
    scripts = List.copyOf(scripts);
    findings = List.copyOf(findings);
  }
}
