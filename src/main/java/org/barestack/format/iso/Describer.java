package org.barestack.format.iso;

import java.io.IOException;

/** A way of naming what is in directories. */
interface Describer {
  /** Of any record but those of the directory itself and its parent. */
  Description describe(ParsedRecord record) throws IOException, IsoException;

  /** Permissions of a directory by its own record; what it has no name for is named "". */
  Description describeSelf(ParsedRecord record) throws IOException, IsoException;
}
