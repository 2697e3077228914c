package org.barestack.model;

import java.util.Map;
import java.util.Optional;

/**
 * A backup that an operator handed over with an order, for the node to load when it is installed.
 *
 * @param name what the operator's file was called, for people
 * @param octets its size
 * @param sha256 of its content, in lower-case hex; by it the file is found, and known to be that
 *     one
 */
public record RestoreFile(String name, long octets, String sha256) {
  /** What a digest looks like. */
  public static final String DIGEST = "[0-9a-f]{64}";

  public RestoreFile {
    if (octets < 0 || !sha256.matches(DIGEST)) {
      throw new IllegalArgumentException("no size or no digest: " + octets + " " + sha256);
    }
  }

  /** As an order names it: {@code restore}, {@code restore.octets}, {@code restore.sha256}. */
  public Map<String, String> detail() {
    return Map.of(
        "restore", name, "restore.octets", Long.toString(octets), "restore.sha256", sha256);
  }

  /** The one that an order names, if it names one. */
  static Optional<RestoreFile> of(NodeEvent order) {
    String octets = order.detail().getOrDefault("restore.octets", "");
    String sha256 = order.detail().getOrDefault("restore.sha256", "");
    return octets.matches("[0-9]{1,18}") && sha256.matches(DIGEST)
        ? Optional.of(
            new RestoreFile(
                order.detail().getOrDefault("restore", ""), Long.parseLong(octets), sha256))
        : Optional.empty();
  }
}
