package org.barestack.command;

import picocli.CommandLine.Command;

/** {@code barestack cloud}. */
@Command(
    name = "cloud",
    synopsisSubcommandLabel = "COMMAND",
    description = "Works on the site's cloud in CloudStack.",
    footer = {"", "Example:", "  barestack cloud plan"})
public final class CloudCommand {}
