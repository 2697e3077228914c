package org.barestack.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.barestack.render.Renderer;
import org.barestack.site.FactSource;
import org.barestack.site.SiteDraft;
import org.barestack.site.SiteFile;
import org.barestack.site.SiteResult;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code barestack init [FOLDER]}. */
@Command(
    name = "init",
    description = {
      "Writes a first site.yaml, from this machine's own interfaces; asks nothing.",
      "It is valid as it is; lines with REPLACE hold what this machine cannot know."
    },
    footer = {
      "",
      "Examples:",
      "  barestack init lab",
      "  barestack init --interface eno2 --stdout"
    })
public final class InitCommand implements Callable<Integer> {
  private final FactSource host;

  @Parameters(
      paramLabel = "FOLDER",
      arity = "0..1",
      description = "Where to; made if it is not there (default: here).")
  private Path folder = Path.of("");

  @Option(
      names = "--interface",
      paramLabel = "NAME",
      description = "The interface from which machines boot (default: chosen).")
  private @Nullable String networkInterface;

  @Option(names = "--stdout", description = "Print the file instead of writing it.")
  private boolean stdout;

  @Spec private CommandSpec command = CommandSpec.create();

  public InitCommand(FactSource host) {
    this.host = host;
  }

  @Override
  public Integer call() throws IOException {
    if (Files.exists(folder.toAbsolutePath()) && !Files.isDirectory(folder.toAbsolutePath())) {
      throw Failure.badInput(folder + " is no folder; name another one");
    }
    Path file = folder.resolve("site.yaml");
    if (!stdout && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw isThere(file);
    }
    SiteDraft draft = draft();
    check(file, draft);
    PrintWriter err = command.commandLine().getErr();
    Print out = new Print(command);
    if (stdout) {
      out.text(draft.text());
    } else {
      write(file, draft);
      out.line(file + " is written, for " + draft.taken());
    }
    draft.notes().forEach(note -> err.println("barestack: warning: " + note));
    if (!stdout) {
      next(out);
    }
    return 0;
  }

  private static Failure isThere(Path file) {
    return Failure.badInput(
        file
            + " is there already and is left as it is; edit it, or name another folder. --stdout"
            + " prints a new one");
  }

  private SiteDraft draft() throws IOException {
    String name =
        Optional.ofNullable(folder.toAbsolutePath().normalize().getFileName())
            .map(Path::toString)
            .orElse("");
    try {
      return SiteDraft.of(host.facts(), name, networkInterface);
    } catch (IllegalArgumentException e) {
      throw Failure.badInput(String.valueOf(e.getMessage()));
    }
  }

  /** What is written is valid, or a fault of ours that nobody has to find out later. */
  private static void check(Path file, SiteDraft draft) {
    byte[] text = draft.text().getBytes(StandardCharsets.UTF_8);
    if (SiteFile.load(file, text, new Renderer(List.of()).roles()) instanceof SiteResult.Bad bad) {
      throw new IllegalStateException("the drafted site is not valid: " + bad.problems());
    }
  }

  private static void write(Path file, SiteDraft draft) throws IOException {
    Files.createDirectories(file.toAbsolutePath().resolveSibling(""));
    try {
      NewFile.create(file, "rw-r--r--", NewFile.text(draft.text()));
    } catch (FileAlreadyExistsException e) {
      throw isThere(file);
    }
  }

  private void next(Print out) {
    out.line("Next:");
    if (!folder.toString().isEmpty()) {
      out.line("  cd " + folder);
    }
    out.line("  $EDITOR site.yaml            # look for " + SiteDraft.REPLACE);
    out.line("  barestack validate           # says what is still wrong or missing");
    out.line("  barestack secrets init");
    out.line("  git add -A && git commit     # git init before, if this is no repository");
    out.line("  sudo barestack serve         # and switch the machines on");
  }
}
