package org.barestack.doctor;

import java.util.List;
import java.util.Map;
import org.barestack.doctor.Finding.Level;

/** All findings, in the order in which they were looked for. */
public record Report(List<Finding> findings) {
  public Report {
    findings = List.copyOf(findings);
  }

  /** Whether {@code serve} can do its work. */
  public boolean good() {
    return count(Level.FAULT) == 0;
  }

  private long count(Level level) {
    return findings.stream().filter(one -> one.level() == level).count();
  }

  /** A line a finding, one more for its remedy, and a sum. */
  public String text(boolean colour) {
    StringBuilder text = new StringBuilder();
    for (Finding one : findings) {
      String level = "%-9s".formatted(one.level());
      text.append(colour ? coloured(one.level(), level) : level)
          .append("%-11s".formatted(one.check()))
          .append(one.message())
          .append('\n');
      if (!one.remedy().isEmpty()) {
        text.append(" ".repeat(20)).append("to do: ").append(one.remedy()).append('\n');
      }
    }
    return text.append(counted(count(Level.FAULT), "fault"))
        .append(", ")
        .append(counted(count(Level.WARNING), "warning"))
        .append('\n')
        .toString();
  }

  private static String counted(long number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  private static String coloured(Level level, String text) {
    String colour =
        switch (level) {
          case OK -> "\033[32m";
          case WARNING -> "\033[33m";
          case FAULT -> "\033[31m";
        };
    return colour + text + "\033[0m";
  }

  /** For programs. */
  public List<Map<String, String>> fields() {
    return findings.stream().map(Finding::fields).toList();
  }
}
