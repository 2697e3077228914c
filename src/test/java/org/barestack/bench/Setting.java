package org.barestack.bench;

import java.nio.file.Path;

/**
 * How a part is to be run.
 *
 * @param full with the sizes that are published; else small ones, which show that it works
 * @param rounds how often each contestant comes to its turn
 * @param folder an empty one for the part, removed afterwards
 */
record Setting(boolean full, int rounds, Path folder) {
  /** Of two sizes the one to take. */
  int size(int published, int small) {
    return full ? published : small;
  }
}
