package org.barestack.command;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.barestack.model.Role;
import org.barestack.secrets.SecretName;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code barestack secrets list}. */
@Command(
    name = "list",
    description = "Shows which secrets a site has, what for, and who gets them; no values.",
    footer = {"", "Example:", "  barestack secrets list"})
public final class SecretsListCommand implements Callable<Integer> {
  /** Who holds what no node gets. */
  private static final String NO_NODE = "none";

  @Mixin private final SecretsOptions options = new SecretsOptions();

  @Option(names = "--json", description = "Print it as JSON.")
  private boolean json;

  @Spec private CommandSpec command = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    options.open(command);
    List<SecretName> names = Arrays.asList(SecretName.values());
    Print out = new Print(command);
    if (json) {
      out.json(names.stream().map(SecretsListCommand::fields).toList());
    } else {
      out.line(row("NAME", "NODES", "WHAT FOR"));
      names.forEach(name -> out.line(row(name.toString(), nodes(name), name.purpose())));
    }
    return 0;
  }

  private static String nodes(SecretName name) {
    return name.role().map(Role::name).orElse(NO_NODE);
  }

  private static String row(String name, String nodes, String purpose) {
    return String.format(Locale.ROOT, "%-16s  %-10s  %s", name, nodes, purpose);
  }

  private static Map<String, Object> fields(SecretName name) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("name", name.toString());
    fields.put("role", name.role().map(Role::name).orElse(""));
    fields.put("purpose", name.purpose());
    return fields;
  }
}
