package org.barestack.command;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** {@code barestack} itself. */
@Command(
    name = "barestack",
    synopsisSubcommandLabel = "COMMAND",
    versionProvider = Root.Version.class,
    description = {
      "From blank metal to a working Apache CloudStack, out of one Git repository.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:Done; what was looked at is as it should be.",
      "1:Not done, or something was found; the output says what to do.",
      "2:The command line or the site is wrong; nothing was done.",
      "3:Only of cloud plan: there is something to do.",
      "70:A fault of Barestack itself; BARESTACK_TRACE=1 shows where."
    },
    footer = {
      "",
      "Examples:",
      "  barestack validate",
      "  barestack why kvm1",
      "  barestack render --out rendered/",
      "",
      "barestack COMMAND --help says more of one command."
    })
public final class Root {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Print this help.")
  boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Print the version.")
  boolean version;

  /** Asks the jar, into which Maven puts the version. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
      Properties maven = new Properties();
      try (InputStream in =
          Root.class.getResourceAsStream(
              "/META-INF/maven/org.barestack/barestack/pom.properties")) {
        if (in != null) {
          maven.load(in);
        }
      }
      return new String[] {"barestack " + maven.getProperty("version", "(not packaged)")};
    }
  }
}
