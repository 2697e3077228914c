package org.barestack.storm;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What became of one machine.
 *
 * @param end how it ended
 * @param reached the last phase that was begun
 * @param reason why, if it was lost or sent to its disk; else empty
 * @param nanos what each phase took that was finished
 * @param retries requests that were made again, since no answer or a bad one came
 * @param octets of files that it was sent
 * @param total from switch-on to its end, nanoseconds
 */
record Course(
    End end,
    Phase reached,
    String reason,
    Map<Phase, Long> nanos,
    int retries,
    long octets,
    long total) {
  Course {
    EnumMap<Phase, Long> copy = new EnumMap<>(Phase.class);
    copy.putAll(nanos);
    nanos = Collections.unmodifiableMap(copy);
  }

  /** How a machine ended. */
  enum End {
    /** It got all that it asked for. */
    DONE,
    /** The server told it to boot its own disk. */
    TO_DISK,
    /** It gave up, or was out of time. */
    LOST
  }
}
