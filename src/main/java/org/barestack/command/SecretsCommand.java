package org.barestack.command;

import picocli.CommandLine.Command;

/** {@code barestack secrets}, which its subcommands do. */
@Command(
    name = "secrets",
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Makes, shows and renews a site's passwords and keys.",
      "They stand in secrets.age, encrypted; what everybody may know, in secrets.pub.yaml."
    })
public final class SecretsCommand {}
