package org.barestack.command;

import java.util.concurrent.Callable;
import org.barestack.site.SiteSchema;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code barestack schema}. */
@Command(
    name = "schema",
    description = {
      "Prints the JSON Schema of the site file, by which editors complete and check it."
    },
    footer = {"", "Example:", "  barestack schema > site.schema.json"})
public final class SchemaCommand implements Callable<Integer> {
  @Spec private CommandSpec command = CommandSpec.create();

  @Override
  public Integer call() {
    command.commandLine().getOut().println(SiteSchema.text().strip());
    return 0;
  }
}
