package org.barestack.command;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.Callable;
import org.barestack.format.image.Medium;
import org.barestack.media.Inspection;
import org.barestack.media.InspectionText;
import org.barestack.media.Inspector;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code barestack inspect-iso}. */
@Command(
    name = "inspect-iso",
    description = {
      "Shows what of an ISO image boots how, and what then starts: catalog, partitions, EFI files,"
          + " menus, kernel arguments, kickstarts. Any image will do, ours or not.",
      "Ends with 0 if nothing was found wrong, with 1 if something was."
    },
    footer = {
      "",
      "Examples:",
      "  barestack inspect-iso Rocky-10.1-x86_64-dvd1.iso",
      "  barestack inspect-iso --check kvm1.iso",
      "  barestack inspect-iso --json kvm1.iso"
    })
public final class InspectIsoCommand implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "The image, or a device that holds one.")
  private String file = "";

  @Option(
      names = "--check",
      description = "Read all of it, and verify the check sum of the installer's media check.")
  private boolean check;

  @Option(names = "--json", description = "Print it as JSON.")
  private boolean json;

  @Spec private CommandSpec command = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    Path path = Path.of(file);
    if (Files.isDirectory(path)) {
      throw Failure.badInput(file + " is a folder; name an image");
    }
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      Medium medium = Medium.of(channel);
      Inspection inspection =
          check ? Inspector.verify(medium, progress()) : Inspector.inspect(medium);
      Print out = new Print(command);
      if (json) {
        out.json(InspectionText.fields(file, inspection));
      } else {
        out.text(InspectionText.of(file, inspection, Print.colour()));
      }
      return inspection.findings().isEmpty() ? 0 : Failure.NOT_DONE;
    } catch (NoSuchFileException e) {
      throw Failure.badInput(file + ": there is no such file");
    }
  }

  private ProgressLine progress() {
    return new ProgressLine(
        command.commandLine().getErr(), Print.terminal(), Print.width(), System::nanoTime);
  }
}
