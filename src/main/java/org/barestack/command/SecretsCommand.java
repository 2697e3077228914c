package org.barestack.command;

import picocli.CommandLine.Command;

/** {@code barestack secrets}, which its subcommands do. */
@Command(
    name = "secrets",
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Keeps a site's passwords and keys, and makes new ones.",
      "They stand in secrets.age, encrypted; what everybody may know, in secrets.pub.yaml."
    },
    footer = {"", "Examples:", "  barestack secrets init", "  barestack secrets list"})
public final class SecretsCommand {}
