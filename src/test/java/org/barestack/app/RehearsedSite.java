package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.barestack.journal.SqliteJournal;
import org.barestack.model.InstallId;
import org.barestack.model.Journal;
import org.barestack.model.Node;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeName;
import org.barestack.model.Role;
import org.barestack.model.Site;
import org.barestack.model.Subject;
import org.barestack.rehearse.Accelerator;
import org.barestack.rehearse.Firmware;
import org.barestack.rehearse.Rehearsal;
import org.barestack.site.SiteFile;
import org.barestack.site.SiteResult;
import org.barestack.testing.Command;

/** The site of {@code examples/lab} in a folder of its own, with its machines and its server. */
final class RehearsedSite implements AutoCloseable {
  private static final Path HOME = Path.of("").toAbsolutePath();
  private static final Path HTTP_ROOT = HOME.resolve("target/standin/http-root");

  private final Path folder;
  private final Rehearsal rehearsal;

  /**
   * Starts the server; the machines are still off.
   *
   * @param work the folder of this rehearsal
   * @param dhcp the site's DHCP mode
   * @param neighbours started before the server
   */
  RehearsedSite(Path work, String dhcp, Rehearsal.Neighbours neighbours) throws IOException {
    this(work, lab -> withMode(lab, dhcp), neighbours);
  }

  /**
   * @param edit what is other than in the lab's site file
   */
  RehearsedSite(Path work, UnaryOperator<String> edit, Rehearsal.Neighbours neighbours)
      throws IOException {
    this(work, edit, neighbours, Rehearsal::firmware);
  }

  /**
   * @param edit what is other than in the lab's site file
   * @param firmware what each machine has, whatever the site says
   */
  RehearsedSite(
      Path work,
      UnaryOperator<String> edit,
      Rehearsal.Neighbours neighbours,
      Function<Node, Firmware> firmware)
      throws IOException {
    folder = Files.createDirectories(work.resolve("site"));
    Path file = folder.resolve("site.yaml");
    String lab = Files.readString(Path.of("examples/lab/site.yaml"));
    Files.writeString(file, edit.apply(lab));
    barestack(folder, "secrets", "init", "--identity=" + work.resolve("identity"));
    Site site = read(file);
    Site.Rocky rocky = site.rocky();
    Path standIn = HTTP_ROOT.resolve("releases").resolve(rocky.folder());
    run("src/standin/build.sh", standIn.toString(), rocky.release());
    rehearsal =
        Rehearsal.open(
            site,
            List.of(
                HOME.resolve("barestack").toString(),
                "serve",
                "--identity=" + work.resolve("identity"),
                "--site=" + file,
                "--http-root=" + HTTP_ROOT),
            new JournalFile(folder.resolve(".barestack/journal.db")),
            work.resolve("machines"),
            Accelerator.TCG,
            neighbours,
            new Rehearsal.Hardware(firmware, 1024),
            site.nodes());
  }

  /** The lab's site file with that DHCP mode. */
  static String withMode(String lab, String dhcp) {
    return dhcp.equals("full")
        ? lab
        : lab.replaceFirst("(?m)^  dhcp: full.*$", "  dhcp: " + dhcp)
            .replaceFirst("(?m)^  pool: .*\\R", "");
  }

  private static Site read(Path file) {
    return ((SiteResult.Good) SiteFile.load(file, Set.of(Role.MANAGEMENT, Role.KVM_WORKER))).site();
  }

  Rehearsal rehearsal() {
    return rehearsal;
  }

  void awaitServing(Duration limit) throws Exception {
    rehearsal.awaitServing(limit);
  }

  /** The folder of the server's state. */
  Path state() {
    return folder.resolve(".barestack");
  }

  Path journal() {
    return state().resolve("journal.db");
  }

  /** All events, oldest first; each is read from the file as it is now. */
  List<NodeEvent> events() {
    return new JournalFile(journal()).since(0);
  }

  List<NodeEvent> events(NodeName node) {
    return new JournalFile(journal()).events(new Subject.OfNode(node));
  }

  /** What a command of ours prints. */
  String barestack(String... arguments) {
    return barestack(folder, arguments);
  }

  static String barestack(Path site, String... arguments) {
    List<String> line = new ArrayList<>(List.of(HOME.resolve("barestack").toString()));
    line.addAll(List.of(arguments));
    line.add("--site=" + site);
    return run(line.toArray(String[]::new));
  }

  static String run(String... line) {
    Command.Result result = Command.of(line).run();
    assertThat(result.status()).as(result.all()).isZero();
    return result.output();
  }

  @Override
  public void close() throws IOException {
    rehearsal.close();
  }

  /** Opened for each look: by the next one it may be another file. */
  private record JournalFile(Path file) implements Journal {
    private <T> T read(Function<Journal, T> look) {
      try (Journal journal = SqliteJournal.readOnly(file)) {
        return look.apply(journal);
      }
    }

    @Override
    public List<NodeEvent> events(Subject subject) {
      return read(journal -> journal.events(subject));
    }

    @Override
    public List<NodeEvent> since(long sequence) {
      return read(journal -> journal.since(sequence));
    }

    @Override
    public <T> T decide(Subject subject, Function<List<NodeEvent>, Decision<T>> decide) {
      return read(journal -> journal.decide(subject, decide));
    }

    @Override
    public String pin(InstallId install, String name, Supplier<String> text) {
      return read(journal -> journal.pin(install, name, text));
    }

    @Override
    public void close() {}
  }
}
