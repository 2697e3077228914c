package org.barestack.status;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.barestack.model.Disk;
import org.barestack.model.InstallId;
import org.barestack.model.MachineReport;
import org.barestack.model.NodeEvent;
import org.barestack.model.Octets;
import org.barestack.model.PlainText;
import org.jspecify.annotations.Nullable;

/** An event as a line for people, or as fields for programs. Neither ever shows a token. */
public final class EventText {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);

  private EventText() {}

  /** Local time, machine, what happened. */
  public static String line(NodeEvent event, ZoneId zone) {
    return String.format(
        "%s  %-17s  %s", TIME.format(event.at().atZone(zone)), event.subject(), words(event));
  }

  /** What happened, in words. */
  static String words(NodeEvent event) {
    Detail detail = new Detail(event.detail());
    String words =
        switch (event.kind()) {
          case STRANGER_SEEN ->
              "unknown machine asked"
                  + detail.after(": ", "client")
                  + detail.after(", ", "product")
                  + detail.after(", serial ", "serial")
                  + detail.after(", UUID ", "uuid");
          case ASKED ->
              "asked"
                  + detail.after(" ", "asked")
                  + detail.or("answer", ": ", ": got nothing")
                  + detail.reason();
          case INSTALL_OPENED ->
              "install "
                  + event.install()
                  + " opened"
                  + (event.detail().containsKey("medium") ? " for a medium" : "")
                  + detail.after(": Rocky ", "release");
          case IMAGE_SEEDED ->
              "install "
                  + event.install()
                  + " opened for an image"
                  + detail.after(": Rocky ", "release");
          case INSTALL_OFFERED -> "told to install" + detail.offer();
          case LOCAL_BOOT_OFFERED -> "told to boot its disk" + detail.offer();
          case FETCHED -> "fetched" + detail.after(" ", "file") + detail.size();
          case CLAIM_GRANTED ->
              "may write" + detail.after(" ", "disks") + detail.reason() + detail.disks();
          case CLAIM_REFUSED -> "refused" + detail.reason() + detail.disks();
          case FOUND_INSTALLED ->
              "is installed already"
                  + detail.after(", label ", "label")
                  + detail.reason()
                  + detail.disks();
          case INSTALL_PROGRESS -> "installer" + detail.after(": ", "step");
          case INSTALL_FINISHED -> "installer finished";
          case INSTALL_FAILED -> "install failed" + detail.reason();
          case LOGS_KEPT ->
              "left logs" + detail.size() + "; barestack logs " + event.subject() + " shows them";
          case STEP_STARTED -> "running" + detail.after(" ", "step");
          case STEP_FINISHED -> "done" + detail.after(": ", "step");
          case STEP_FAILED -> "failed" + detail.after(": ", "step") + detail.reason();
          case CONFIGURED -> "all firstboot steps are done";
          case SECRETS_GRANTED ->
              "got its secrets" + detail.after(" at ", "peer") + detail.reason();
          case SECRETS_FROZEN ->
              "ALARM: a second key asked for its secrets"
                  + detail.after(" from ", "peer")
                  + detail.reason();
          case CLOUD_WAITS ->
              "not up in CloudStack" + detail.reason() + detail.after("; to do: ", "remedy");
          case READY -> "CloudStack says that it is up";
          case CLOUD_APPLIED ->
              "cloud applied"
                  + detail.after(": ", "changes")
                  + detail.after("; waits for ", "waiting")
                  + detail.after("; FAULT: ", "faults");
          case REINSTALL_ORDERED ->
              "reinstall ordered"
                  + detail.after(", with permission to wipe ", "wipe")
                  + detail.after(", to restore the backup ", "restore");
          case FORGOTTEN -> "forgotten by an operator";
          case RELEASE_IMPORTED ->
              "release imported"
                  + detail.after(": ", "release")
                  + detail.after(" from ", "source")
                  + detail.after(", trust: ", "trust")
                  + detail.after(", key ", "key")
                  + detail.after("; NOT VERIFIED: ", "unverified");
        };
    return PlainText.of(words);
  }

  /** For programs: plain maps, texts and numbers. */
  public static Map<String, @Nullable Object> fields(NodeEvent event) {
    Map<String, String> detail = new TreeMap<>(event.detail());
    detail.remove("token");
    InstallId install = event.install();
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("sequence", event.sequence());
    fields.put("at", event.at().toString());
    fields.put("subject", event.subject().toString());
    fields.put("kind", event.kind().name().toLowerCase(Locale.ROOT));
    fields.put("install", install == null ? null : install.label());
    fields.put("detail", detail);
    return fields;
  }

  /** What more an event has to say; what it does not say leaves no trace in the line. */
  private record Detail(Map<String, String> fields) {
    String after(String words, String key) {
      String value = fields.getOrDefault(key, "");
      return value.isEmpty() ? "" : words + value;
    }

    /** After words if it is there, else other words. */
    String or(String key, String words, String otherwise) {
      String value = after(words, key);
      return value.isEmpty() ? otherwise : value;
    }

    String reason() {
      return after(": ", "reason");
    }

    String offer() {
      String client = after(" (", "client");
      return (client.isEmpty() ? "" : client + ")") + reason();
    }

    String size() {
      String octets = fields.getOrDefault("bytes", "");
      return octets.matches("[0-9]{1,18}")
          ? " (" + Octets.words(Long.parseLong(octets)) + ")"
          : after(" ", "bytes");
    }

    String disks() {
      try {
        String disks =
            MachineReport.parse(fields).disks().stream()
                .map(Disk::describe)
                .collect(Collectors.joining(", "));
        if (!disks.isEmpty() && fields.getOrDefault("reason", "").contains(disks)) {
          return "";
        }
        return disks.isEmpty() ? "; it has no disk" : "; it has " + disks;
      } catch (IllegalArgumentException e) {
        return "; its report cannot be read: " + e.getMessage();
      }
    }
  }
}
