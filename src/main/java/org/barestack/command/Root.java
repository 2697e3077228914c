package org.barestack.command;

import picocli.CommandLine.Command;

/** {@code barestack} itself. */
@Command(
    name = "barestack",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "From blank metal to a working Apache CloudStack, out of one Git repository.",
      ""
    },
    footer = {"", "Exit codes: 0 done; 1 not done, with the reason; 2 bad command line or site."})
public final class Root {}
