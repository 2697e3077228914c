package org.barestack.cloud;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.barestack.model.Secret;

/**
 * One call of CloudStack's API.
 *
 * @param command its name, {@code listZones}
 * @param parameters by name, as CloudStack's API documentation has them; without those that every
 *     call has
 */
public record Call(String command, Map<String, String> parameters) {
  private static final Set<String> HIDDEN = Set.of("password", "currentpassword", "usersecretkey");

  public Call {
    parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
  }

  /**
   * A call with those parameters.
   *
   * @param namesAndValues by turns
   */
  public static Call of(String command, String... namesAndValues) {
    Map<String, String> parameters = new TreeMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      parameters.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return new Call(command, parameters);
  }

  /** The same call with one more parameter. */
  public Call with(String name, String value) {
    Map<String, String> more = new TreeMap<>(parameters);
    more.put(name, value);
    return new Call(command, more);
  }

  /** Whether it only looks. */
  public boolean reads() {
    return command.startsWith("list") || command.startsWith("query") || command.startsWith("get");
  }

  /** The values of its parameters that nobody may see. */
  List<Secret> secrets() {
    return HIDDEN.stream()
        .filter(parameters::containsKey)
        .map(parameters::get)
        .map(Secret::new)
        .toList();
  }

  /** For people and logs: without the values of passwords. */
  @Override
  public String toString() {
    Map<String, String> shown = new TreeMap<>(parameters);
    shown.replaceAll((name, value) -> HIDDEN.contains(name) ? "…" : value);
    return command + " " + shown;
  }
}
