package org.barestack.command;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.barestack.secrets.SecretName;

/** Names of secrets on command lines. */
final class SecretNames {
  private SecretNames() {}

  /** The secret of that name. */
  static SecretName named(String text) {
    return SecretName.named(text)
        .orElseThrow(() ->
            Failure.badInput(
                "no secret is called '"
                    + text
                    + "'; there are "
                    + Arrays.stream(SecretName.values())
                        .map(SecretName::toString)
                        .collect(Collectors.joining(", "))));
  }
}
