package org.barestack.serve.tftp;

import java.io.IOException;

/** Decides what stands behind each name. Called from many threads. */
@FunctionalInterface
public interface TftpFiles {
  /**
   * Looks a name up.
   *
   * @param name as {@link org.barestack.wire.tftp.TftpName#normalise} leaves it
   * @throws IOException if there is no telling; the client then gets an error other than "not
   *     found"
   */
  Answer find(String name) throws IOException;

  /** What was found. */
  sealed interface Answer {
    /** The file, open; the server closes it. */
    record Found(Content content) implements Answer {}

    /** No such file; the reason goes to the client and to the log, in ASCII. */
    record NotFound(String reason) implements Answer {}

    /** No such file, and whoever asks goes on without it: nobody else is told of it. */
    record Absent() implements Answer {}
  }
}
