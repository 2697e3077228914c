package org.barestack.journal;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.barestack.model.Journal;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.Subject;

/** A second process that writes to the same journal. */
final class JournalProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;

  JournalProcess(String work, Path file) throws IOException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                JournalProcess.class.getName(),
                work,
                file.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    output = process.inputReader();
  }

  /** The next line it says, which is a number; -1 after the last. */
  int next() throws IOException {
    String line = output.readLine();
    return line == null ? -1 : Integer.parseInt(line);
  }

  /** SIGKILL; returns when it is gone. What it said before can still be read. */
  void kill() throws InterruptedException {
    process.toHandle().destroyForcibly();
    process.waitFor();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  public static void main(String[] args) {
    try (Journal journal = SqliteJournal.open(Path.of(args[1]))) {
      switch (args[0]) {
        case "share" -> {
          System.out.println(0);
          System.out.println(share(journal));
        }
        case "write" -> {
          for (int written = 1; ; written++) {
            journal.append(JournalTest.event(subject(written), Kind.FETCHED, Map.of("n", "x")));
            System.out.println(written);
          }
        }
        default -> throw new IllegalArgumentException(List.of(args).toString());
      }
    }
  }

  static Subject subject(int number) {
    return new Subject.OfNode(new NodeName("kvm" + number % 50));
  }

  /** 1,000 decisions over 50 nodes; how many of them appended something. */
  static int share(Journal journal) {
    int appended = 0;
    for (int i = 0; i < 1000; i++) {
      appended += JournalTest.appendOnce(journal, subject(i), i / 50) ? 1 : 0;
    }
    return appended;
  }
}
