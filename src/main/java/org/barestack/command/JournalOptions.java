package org.barestack.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.barestack.journal.RestoreFiles;
import org.barestack.journal.StateLock;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options of a command that reads or writes a site's journal. */
final class JournalOptions extends SiteOptions {
  @Option(
      names = "--state",
      paramLabel = "DIR",
      description =
          "Where the journal and logs are kept (default: .barestack beside the site file).")
  private @Nullable Path state;

  /** The journal's file, which need not exist yet. */
  Path journal() {
    return state().resolve("journal.db");
  }

  /** Nobody adds workers to the cloud or takes them out until this is closed. */
  StateLock cloudLock(CommandSpec command) {
    try {
      return StateLock.ofCloud(
          journal(),
          () ->
              command
                  .commandLine()
                  .getErr()
                  .println("waiting: another apply or teardown of this site's cloud is under way"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The folder with the logs of installs, which need not exist yet. */
  Path logs() {
    return state().resolve("logs");
  }

  /** The backups that were handed over. */
  RestoreFiles backups() {
    return new RestoreFiles(backupFolder());
  }

  /** Where those are; need not exist yet. */
  Path backupFolder() {
    return state().resolve("restore");
  }

  private Path state() {
    return state != null ? state : folder().resolve(".barestack");
  }
}
