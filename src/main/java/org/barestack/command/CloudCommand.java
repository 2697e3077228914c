package org.barestack.command;

import picocli.CommandLine.Command;

/** {@code barestack cloud}. */
@Command(
    name = "cloud",
    synopsisSubcommandLabel = "COMMAND",
    description = "Works on the site's cloud in CloudStack.")
public final class CloudCommand {}
