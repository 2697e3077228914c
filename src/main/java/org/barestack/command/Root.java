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
    footer = {
      "",
      "Exit codes: 0 done, 1 not done or not valid, 2 bad command line or site.",
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
