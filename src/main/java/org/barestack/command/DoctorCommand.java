package org.barestack.command;

import java.util.concurrent.Callable;
import org.barestack.doctor.Doctor;
import org.barestack.doctor.Report;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code barestack doctor}. */
@Command(
    name = "doctor",
    description = {
      "Checks this host: what serve needs of it, and what to do about what is not so.",
      "As root it also sees whose ports are, and asks for other DHCP servers. Ends with 1 if serve"
          + " would not do its work."
    },
    footer = {"", "Examples:", "  sudo barestack doctor", "  barestack doctor --offline --json"})
public final class DoctorCommand implements Callable<Integer> {
  /** Looks at this host. */
  @FunctionalInterface
  public interface Examiner {
    Report examine(Doctor.Order order);
  }

  private final Examiner examiner;

  @Mixin private final JournalOptions options = new JournalOptions();

  @Mixin private final HttpRootOption httpRoot = new HttpRootOption();

  @Mixin private final IdentityOption identity = new IdentityOption();

  @Option(names = "--offline", description = "Ask no server elsewhere for the release.")
  private boolean offline;

  @Option(names = "--json", description = "Print it as JSON.")
  private boolean json;

  @Spec private CommandSpec command = CommandSpec.create();

  public DoctorCommand(Examiner examiner) {
    this.examiner = examiner;
  }

  @Override
  public Integer call() {
    Report report =
        examiner.examine(
            new Doctor.Order(
                options.load(),
                options.file(),
                options.journal().resolveSibling(""),
                httpRoot.folder(options.folder()),
                identity.file(),
                offline));
    Print out = new Print(command);
    if (json) {
      out.json(report.fields());
    } else {
      out.text(report.text(Print.colour()));
    }
    return report.good() ? 0 : Failure.NOT_DONE;
  }
}
