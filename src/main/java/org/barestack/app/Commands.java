package org.barestack.app;

import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import org.barestack.cloud.CloudClient;
import org.barestack.cloud.Credentials;
import org.barestack.cloud.Deadlines;
import org.barestack.command.AdoptCommand;
import org.barestack.command.BuildIsoCommand;
import org.barestack.command.CheckKickstartCommand;
import org.barestack.command.CloudApplyCommand;
import org.barestack.command.CloudCommand;
import org.barestack.command.CloudDestroyCommand;
import org.barestack.command.CloudPlanCommand;
import org.barestack.command.CompletionCommand;
import org.barestack.command.DhcpSnippetCommand;
import org.barestack.command.DiffCommand;
import org.barestack.command.DoctorCommand;
import org.barestack.command.EventsCommand;
import org.barestack.command.ForgetCommand;
import org.barestack.command.ImportCommand;
import org.barestack.command.InitCommand;
import org.barestack.command.InspectIsoCommand;
import org.barestack.command.LogsCommand;
import org.barestack.command.RebuildCommand;
import org.barestack.command.RehearseCommand;
import org.barestack.command.ReinstallCommand;
import org.barestack.command.ReleasesCommand;
import org.barestack.command.RenderCloudInitCommand;
import org.barestack.command.RenderCommand;
import org.barestack.command.RenderKickstartCommand;
import org.barestack.command.Root;
import org.barestack.command.SchemaCommand;
import org.barestack.command.SecretsApplyCommand;
import org.barestack.command.SecretsCommand;
import org.barestack.command.SecretsInitCommand;
import org.barestack.command.SecretsListCommand;
import org.barestack.command.SecretsRecipientsCommand;
import org.barestack.command.SecretsRotateCommand;
import org.barestack.command.SecretsSetCommand;
import org.barestack.command.SecretsShowCommand;
import org.barestack.command.SeedCommand;
import org.barestack.command.ServeCommand;
import org.barestack.command.StatusCommand;
import org.barestack.command.StormCommand;
import org.barestack.command.TeardownCommand;
import org.barestack.command.ValidateCommand;
import org.barestack.command.WatchCommand;
import org.barestack.command.WhyCommand;
import org.barestack.doctor.Doctor;
import org.barestack.doctor.LinuxHost;
import org.barestack.doctor.Report;
import org.barestack.model.Secret;
import org.barestack.secrets.SiteAuthority;
import org.barestack.serve.dhcp.ServerProbe;
import org.barestack.site.LinuxFacts;
import org.barestack.wire.dhcp.Clocks;
import org.barestack.wire.dhcp.DhcpSettings;
import org.barestack.wire.dhcp.OtherServers;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * The command line. To build what picocli must know of a command takes some milliseconds, and there
 * are thirty; so when the first word says which is meant, that one alone is built.
 */
final class Commands {
  /** A server may ping an address before it offers it: dnsmasq for 3 s. */
  private static final Duration DHCP_PATIENCE = Duration.ofSeconds(4);

  /** It writes of all the others. */
  private static final String COMPLETION = "completion";

  private static final List<String> NAMES =
      List.of(
          "init",
          "validate",
          "check-kickstart",
          "schema",
          "render-kickstart",
          "render-cloud-init",
          "render",
          "diff",
          "seed",
          "build-iso",
          "inspect-iso",
          "import",
          "releases",
          "storm",
          "serve",
          "dhcp-snippet",
          "status",
          "watch",
          "adopt",
          "events",
          "why",
          "logs",
          "doctor",
          "reinstall",
          "rebuild",
          "teardown",
          "forget",
          "cloud",
          "secrets",
          COMPLETION,
          "rehearse");

  private Commands() {}

  /** The whole program. */
  static CommandLine all() {
    CommandLine program = new CommandLine(new Root());
    NAMES.forEach(name -> program.addSubcommand(command(name)));
    return program;
  }

  /** As much of it as is needed to run that, or to say what is wrong with it. */
  static CommandLine of(String... arguments) {
    String first = arguments.length == 0 ? "" : arguments[0];
    return NAMES.contains(first) && !first.equals(COMPLETION)
        ? new CommandLine(new Root()).addSubcommand(command(first))
        : all();
  }

  /** A command, or a program of some. A switch, since thirty lambdas cost as much as a command. */
  private static Object command(String name) {
    return switch (name) {
      case "init" -> new InitCommand(new LinuxFacts(Path.of("/"), home()));
      case "validate" -> new ValidateCommand();
      case "check-kickstart" -> new CheckKickstartCommand();
      case "schema" -> new SchemaCommand();
      case "render-kickstart" -> new RenderKickstartCommand();
      case "render-cloud-init" -> new RenderCloudInitCommand();
      case "render" -> new RenderCommand();
      case "diff" -> new DiffCommand(List.of("git"));
      case "seed" -> new SeedCommand();
      case "build-iso" -> new BuildIsoCommand(Commands::cloud);
      case "inspect-iso" -> new InspectIsoCommand();
      case "import" -> new ImportCommand();
      case "releases" -> new ReleasesCommand();
      case "storm" -> new StormCommand();
      case "serve" -> new ServeCommand(Assembly::serve);
      case "dhcp-snippet" ->
          new DhcpSnippetCommand(folder -> Assembly.named(folder, List::of)::name);
      case "status" -> new StatusCommand();
      case "watch" -> new WatchCommand();
      case "adopt" -> new AdoptCommand();
      case "events" -> new EventsCommand();
      case "why" -> new WhyCommand();
      case "logs" -> new LogsCommand(System.out);
      case "doctor" -> new DoctorCommand(Commands::examine);
      case "reinstall" -> new ReinstallCommand(List.of("ssh"), Commands::cloud);
      case "rebuild" -> new RebuildCommand(List.of("ssh"), Commands::cloud);
      case "teardown" -> new TeardownCommand(Commands::cloud);
      case "forget" -> new ForgetCommand();
      case "cloud" -> cloudCommands();
      case "secrets" -> secrets();
      case COMPLETION -> new CompletionCommand();
      case "rehearse" -> new RehearseCommand();
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static CommandLine cloudCommands() {
    return new CommandLine(new CloudCommand())
        .addSubcommand(new CloudPlanCommand(Commands::cloud))
        .addSubcommand(new CloudApplyCommand(Commands::cloud))
        .addSubcommand(new CloudDestroyCommand(Commands::cloud));
  }

  private static Path home() {
    return Path.of(System.getProperty("user.home", "/"));
  }

  /** Commands ask a CloudStack that is up; they do not wait for one. */
  static CloudClient cloud(URI endpoint, @Nullable String authority, Secret password) {
    return new CloudClient(
        endpoint,
        authority == null ? null : SiteAuthority.parse(authority),
        new Credentials("admin", password),
        Deadlines.USUAL.ready(Duration.ZERO));
  }

  private static Report examine(Doctor.Order order) {
    DhcpSettings settings = Assembly.settings(order.site());
    return Doctor.examine(
        order,
        new LinuxHost(() ->
            ServerProbe.find(
                order.site().provisioning().networkInterface(),
                new OtherServers(settings, Clocks.system(), new SecureRandom()),
                DHCP_PATIENCE)));
  }

  private static CommandLine secrets() {
    return new CommandLine(new SecretsCommand())
        .addSubcommand(new SecretsInitCommand())
        .addSubcommand(new SecretsListCommand())
        .addSubcommand(new SecretsShowCommand())
        .addSubcommand(new SecretsSetCommand(System.in))
        .addSubcommand(new SecretsRotateCommand())
        .addSubcommand(new SecretsApplyCommand(List.of("ssh")))
        .addSubcommand(new SecretsRecipientsCommand());
  }
}
