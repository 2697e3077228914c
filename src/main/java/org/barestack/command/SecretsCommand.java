package org.barestack.command;

import picocli.CommandLine.Command;

/** {@code barestack secrets}, which its subcommands do. */
@Command(
    name = "secrets",
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Keeps a site's passwords and keys: encrypted in secrets.age, to be committed.",
      "What everybody may know of them stands in secrets.pub.yaml."
    })
public final class SecretsCommand {}
