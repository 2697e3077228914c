package org.barestack.app;

import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Supplier;
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

  private static final SequencedMap<String, Supplier<CommandLine>> COMMANDS = new LinkedHashMap<>();

  static {
    COMMANDS.put(
        "init", () -> new CommandLine(new InitCommand(new LinuxFacts(Path.of("/"), home()))));
    COMMANDS.put("validate", () -> new CommandLine(new ValidateCommand()));
    COMMANDS.put("check-kickstart", () -> new CommandLine(new CheckKickstartCommand()));
    COMMANDS.put("schema", () -> new CommandLine(new SchemaCommand()));
    COMMANDS.put("render-kickstart", () -> new CommandLine(new RenderKickstartCommand()));
    COMMANDS.put("render-cloud-init", () -> new CommandLine(new RenderCloudInitCommand()));
    COMMANDS.put("render", () -> new CommandLine(new RenderCommand()));
    COMMANDS.put("diff", () -> new CommandLine(new DiffCommand(List.of("git"))));
    COMMANDS.put("seed", () -> new CommandLine(new SeedCommand()));
    COMMANDS.put("build-iso", () -> new CommandLine(new BuildIsoCommand(Commands::cloud)));
    COMMANDS.put("inspect-iso", () -> new CommandLine(new InspectIsoCommand()));
    COMMANDS.put("import", () -> new CommandLine(new ImportCommand()));
    COMMANDS.put("releases", () -> new CommandLine(new ReleasesCommand()));
    COMMANDS.put("storm", () -> new CommandLine(new StormCommand()));
    COMMANDS.put("serve", () -> new CommandLine(new ServeCommand(Assembly::serve)));
    COMMANDS.put(
        "dhcp-snippet",
        () ->
            new CommandLine(
                new DhcpSnippetCommand(folder -> Assembly.named(folder, List::of)::name)));
    COMMANDS.put("status", () -> new CommandLine(new StatusCommand()));
    COMMANDS.put("watch", () -> new CommandLine(new WatchCommand()));
    COMMANDS.put("adopt", () -> new CommandLine(new AdoptCommand()));
    COMMANDS.put("events", () -> new CommandLine(new EventsCommand()));
    COMMANDS.put("why", () -> new CommandLine(new WhyCommand()));
    COMMANDS.put("logs", () -> new CommandLine(new LogsCommand(System.out)));
    COMMANDS.put("doctor", () -> new CommandLine(new DoctorCommand(Commands::examine)));
    COMMANDS.put(
        "reinstall", () -> new CommandLine(new ReinstallCommand(List.of("ssh"), Commands::cloud)));
    COMMANDS.put(
        "rebuild", () -> new CommandLine(new RebuildCommand(List.of("ssh"), Commands::cloud)));
    COMMANDS.put("teardown", () -> new CommandLine(new TeardownCommand(Commands::cloud)));
    COMMANDS.put("forget", () -> new CommandLine(new ForgetCommand()));
    COMMANDS.put("cloud", Commands::cloudCommands);
    COMMANDS.put("secrets", Commands::secrets);
    COMMANDS.put(COMPLETION, () -> new CommandLine(new CompletionCommand()));
    COMMANDS.put("rehearse", () -> new CommandLine(new RehearseCommand()));
  }

  private Commands() {}

  /** The whole program. */
  static CommandLine all() {
    CommandLine program = new CommandLine(new Root());
    COMMANDS.values().forEach(command -> program.addSubcommand(command.get()));
    return program;
  }

  /** As much of it as is needed to run that, or to say what is wrong with it. */
  static CommandLine of(String... arguments) {
    Supplier<CommandLine> one = arguments.length == 0 ? null : COMMANDS.get(arguments[0]);
    return one == null || arguments[0].equals(COMPLETION)
        ? all()
        : new CommandLine(new Root()).addSubcommand(one.get());
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
