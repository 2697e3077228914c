package org.barestack.status;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.barestack.model.Node;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeState;
import org.barestack.model.PlainText;
import org.barestack.model.Site;
import org.barestack.model.Subject;
import org.jspecify.annotations.Nullable;

/**
 * Every decision that was taken for one machine, with its reason, and what is to come.
 *
 * @param subject a node, or the MAC address of a machine that is none
 * @param lines oldest first; empty if nothing was ever heard of it
 * @param expected what the machine does next
 * @param remedy what to do if it does not; empty if nothing is expected of it
 */
public record Why(Subject subject, Instant now, List<Line> lines, String expected, String remedy) {
  private static final DateTimeFormatter DATE_TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT);

  /** The widest that the column of questions gets, in characters. */
  private static final int WIDEST = 44;

  private static final String NO_NODE = "no node of the site has its MAC address";

  /**
   * One decision.
   *
   * @param at when it was first taken
   * @param until when it was last taken again
   * @param times how often it was taken from then to then
   * @param asked what the machine, or somebody for it, asked
   * @param answered what it was answered
   * @param reason why; empty if the answer says it
   */
  public record Line(
      Instant at, Instant until, int times, String asked, String answered, String reason) {
    private static Line of(NodeEvent event, String asked, String answered, String reason) {
      return new Line(
          event.at(),
          event.at(),
          1 + repeats(event),
          PlainText.of(asked),
          PlainText.of(answered),
          PlainText.of(reason));
    }

    private Line and(Line again) {
      return new Line(at, again.until, times + again.times, asked, answered, reason);
    }

    private boolean isSame(Line other) {
      return asked.equals(other.asked)
          && answered.equals(other.answered)
          && reason.equals(other.reason);
    }

    private Map<String, @Nullable Object> fields() {
      Map<String, @Nullable Object> fields = new LinkedHashMap<>();
      fields.put("at", at.toString());
      fields.put("until", until.toString());
      fields.put("times", times);
      fields.put("asked", asked);
      fields.put("answered", answered);
      fields.put("reason", reason);
      return fields;
    }
  }

  public Why {
    lines = List.copyOf(lines);
  }

  /**
   * What the journal says of one machine. What it did before the site named it belongs to it.
   *
   * @param events all of the journal, oldest first
   */
  public static Why of(Site site, Subject subject, List<NodeEvent> events, Instant now) {
    List<Line> lines = new ArrayList<>();
    NodeState state = NodeState.NEW;
    int stretch = 0;
    for (NodeEvent event : events) {
      if (!isOf(site, subject, event.subject())) {
        continue;
      }
      state = event.subject().equals(subject) ? state.after(event) : state;
      Optional<Line> line = line(event, state, now);
      if (line.isEmpty()) {
        continue;
      }
      int before = repeatable(event.kind()) ? find(lines, stretch, line.get()) : -1;
      if (before >= 0) {
        lines.set(before, lines.get(before).and(line.get()));
      } else {
        lines.add(line.get());
      }
      stretch = repeatable(event.kind()) ? stretch : lines.size();
    }
    Machines machines = Machines.NONE.after(events);
    Overview overview = Overview.of(site, machines, now);
    return switch (subject) {
      case Subject.OfNode(var name) -> {
        Overview.Row row =
            overview.nodes().stream()
                .filter(one -> one.name().equals(name))
                .findFirst()
                .orElseThrow();
        Node node = site.node(name).orElseThrow();
        String overdue =
            row.stuck() ? "; overdue, silent for " + Words.age(row.lastHeard(), now) : "";
        yield new Why(subject, now, lines, expected(row) + overdue, remedy(site, node, row));
      }
      case Subject.OfStranger(var mac) ->
          new Why(
              subject,
              now,
              lines,
              "nothing more; it is sent to its own disk, since " + NO_NODE,
              "to make it a node: barestack adopt " + mac);
      case Subject.OfSite _ -> throw noMachine();
    };
  }

  private static boolean isOf(Site site, Subject asked, Subject told) {
    return told.equals(asked)
        || (asked instanceof Subject.OfNode(var name)
            && told instanceof Subject.OfStranger(var mac)
            && site.node(mac).map(Node::name).filter(name::equals).isPresent());
  }

  private static int find(List<Line> lines, int from, Line line) {
    for (int i = from; i < lines.size(); i++) {
      if (lines.get(i).isSame(line)) {
        return i;
      }
    }
    return -1;
  }

  /** What a machine does again and again; all else ends a stretch in which that is folded. */
  private static boolean repeatable(Kind kind) {
    return switch (kind) {
      case ASKED,
          STRANGER_SEEN,
          INSTALL_OFFERED,
          LOCAL_BOOT_OFFERED,
          FETCHED,
          STEP_FAILED,
          CLOUD_WAITS ->
          true;
      default -> false;
    };
  }

  private static int repeats(NodeEvent event) {
    String repeats = event.detail().getOrDefault("repeats", "");
    return repeats.matches("[0-9]{1,9}") ? Integer.parseInt(repeats) : 0;
  }

  /** Empty for what is only a report on the way. */
  private static Optional<Line> line(NodeEvent event, NodeState state, Instant now) {
    Map<String, String> detail = event.detail();
    String reason = detail.getOrDefault("reason", "");
    String client = detail.getOrDefault("client", "");
    String toBoot = "what to boot" + (client.isEmpty() ? "" : " (" + client + ")");
    String peer = detail.getOrDefault("peer", "");
    String from = peer.isEmpty() ? "" : ", from " + peer;
    return Optional.ofNullable(
        switch (event.kind()) {
          case ASKED -> {
            String asked = detail.getOrDefault("asked", "something");
            String nothing = asked.startsWith("TFTP") ? "not served" : "offered nothing";
            String answer = detail.getOrDefault("answer", "");
            yield Line.of(event, asked, answer.isEmpty() ? nothing : answer, reason);
          }
          case STRANGER_SEEN ->
              client.startsWith("iPXE on ")
                  ? Line.of(event, toBoot, "sent to its own disk", NO_NODE)
                  : Line.of(
                      event, client.isEmpty() ? "DHCP" : "DHCP (" + client + ")", "noted", NO_NODE);
          case INSTALL_OFFERED -> Line.of(event, toBoot, "offered the installer", reason);
          case LOCAL_BOOT_OFFERED ->
              Line.of(event, toBoot, "sent to its own disk", since(reason, state, now));
          case FETCHED ->
              Line.of(event, "for " + detail.getOrDefault("file", "a file"), "got it", "");
          case CLAIM_GRANTED ->
              Line.of(
                  event,
                  "to write a disk",
                  "claim granted for " + detail.getOrDefault("disks", "no disk"),
                  reason);
          case CLAIM_REFUSED -> Line.of(event, "to write a disk", "claim refused", reason);
          case FOUND_INSTALLED ->
              Line.of(
                  event,
                  "to write a disk",
                  "sent to its own disk",
                  reason.isEmpty()
                      ? "it carries a finished install: " + detail.getOrDefault("label", "")
                      : reason);
          case INSTALL_FINISHED ->
              Line.of(event, "says the installer is done", "boots its own disk from now on", "");
          case INSTALL_FAILED ->
              Line.of(event, "the install", "failed, so it boots its own disk", reason);
          case STEP_FAILED ->
              Line.of(
                  event,
                  "step " + detail.getOrDefault("step", "without a name"),
                  "failed, tried again",
                  reason);
          case CONFIGURED -> Line.of(event, "says all steps are done", "left to CloudStack", "");
          case SECRETS_GRANTED -> Line.of(event, "its secrets" + from, "got them", reason);
          case SECRETS_FROZEN ->
              Line.of(event, "its secrets, by a second key" + from, "refused, and frozen", reason);
          case CLOUD_WAITS -> Line.of(event, "CloudStack was asked for it", "not up", reason);
          case READY -> Line.of(event, "CloudStack was asked for it", "up", "");
          case IMAGE_SEEDED ->
              Line.of(event, "an operator ordered a seed", "may start from its image", "");
          case REINSTALL_ORDERED ->
              Line.of(
                  event,
                  "an operator ordered an install",
                  "installs at its next network boot",
                  detail.containsKey("wipe")
                      ? "it may wipe " + detail.get("wipe")
                      : "it takes only a blank disk");
          case FORGOTTEN ->
              Line.of(event, "an operator had it forgotten", "what was known counts no more", "");
          case INSTALL_OPENED,
              INSTALL_PROGRESS,
              LOGS_KEPT,
              STEP_STARTED,
              STEP_FINISHED,
              CLOUD_APPLIED,
              RELEASE_IMPORTED ->
              null;
        });
  }

  private static String since(String reason, NodeState state, Instant now) {
    return state.since() != null && reason.equals("it is " + state.phase())
        ? reason + " (for " + Words.age(state.since(), now) + ")"
        : reason;
  }

  private static String expected(Overview.Row row) {
    if (row.frozen()) {
      return "nothing, until somebody acts";
    }
    Duration deadline = row.phase().deadline();
    String within = deadline == null ? "" : " within " + deadline.toMinutes() + " minutes";
    return switch (row.phase()) {
      case ARMED -> "switched on, it asks by DHCP, boots from the network and installs";
      case BOOTING -> "its installer claims a disk" + within;
      case CLAIMED -> "its installer reports its first step" + within;
      case INSTALLING -> "its installer reports another step or its end" + within;
      case INSTALLED -> "it starts from its own disk and reports its first step" + within;
      case CONFIGURING -> "it reports another step" + within;
      case CONFIGURED -> "CloudStack says that it is up";
      case READY -> "nothing; CloudStack has it up";
      case REFUSED, FAILED -> "nothing, until somebody acts; it boots its own disk";
    };
  }

  private static String remedy(Site site, Node node, Overview.Row row) {
    if (!row.next().isEmpty()) {
      return row.next();
    }
    return switch (row.phase()) {
      case ARMED ->
          "look at its console, and at its boot order: the network, by "
              + node.bootMac()
              + ", before its disk; then: barestack doctor";
      case CONFIGURED -> "barestack cloud plan";
      case READY -> "";
      default -> Overview.unstick(site, node, row.phase());
    };
  }

  private static IllegalArgumentException noMachine() {
    return new IllegalArgumentException("a site boots nothing");
  }

  /** What to check where nothing was ever heard of a machine, one check a line. */
  public static List<String> checks(Site site, Subject subject) {
    Site.Provisioning at = site.provisioning();
    String mac =
        switch (subject) {
          case Subject.OfNode(var name) -> site.node(name).orElseThrow().bootMac().text();
          case Subject.OfStranger(var stranger) -> stranger.text();
          case Subject.OfSite _ -> throw noMachine();
        };
    List<String> checks = new ArrayList<>();
    checks.add("the machine: is it on, and does it boot from the network (IPv4) by " + mac + "?");
    checks.add("the cable: does the switch show a link, and that MAC address, on its port?");
    checks.add(
        "the VLAN: the port's untagged VLAN must be that of "
            + at.networkInterface()
            + " ("
            + at.address()
            + " in "
            + at.subnet()
            + ")");
    checks.add(
        "a relay: if the machine is in another network, its router must relay DHCP to "
            + at.address());
    checks.add(
        switch (at.dhcp()) {
          case FULL ->
              "the mode is full: Barestack gives the addresses; another DHCP server may be faster";
          case PROXY ->
              "the mode is proxy: another DHCP server must give it an address, and no boot file";
          case PORT_4011 ->
              "the mode is port-4011: the DHCP server on this host must send it there (barestack"
                  + " dhcp-snippet)";
          case OFF ->
              "the mode is off: your DHCP server must name the loader (barestack dhcp-snippet); who"
                  + " gets none is not heard here";
        });
    checks.add("this host: barestack serve must run; barestack doctor looks at the rest");
    return checks;
  }

  /** A table, one decision a line, and what is to come. Nothing is cut: reasons are to be read. */
  public String text(ZoneId zone) {
    int asked =
        Math.min(WIDEST, lines.stream().mapToInt(line -> line.asked().length()).max().orElse(0));
    asked = Math.max(asked, "ASKED".length());
    StringBuilder text = new StringBuilder(header(asked));
    for (Line line : lines) {
      text.append(DATE_TIME.format(line.at().atZone(zone)))
          .append("  ")
          .append(padded(Words.age(line.at(), now), 7))
          .append("  ")
          .append(padded(line.asked(), asked))
          .append("  ")
          .append(line.answered())
          .append(line.reason().isEmpty() ? "" : ": " + line.reason())
          .append(line.times() == 1 ? "" : " " + times(line, zone))
          .append('\n');
    }
    return text.append("\nnext: ")
        .append(PlainText.of(expected))
        .append(remedy.isEmpty() ? "" : expected.startsWith("nothing") ? "\nto do: " : "\nif not: ")
        .append(PlainText.of(remedy))
        .append('\n')
        .toString();
  }

  private static String header(int asked) {
    return padded("WHEN", 19)
        + "  "
        + padded("AGO", 7)
        + "  "
        + padded("ASKED", asked)
        + "  ANSWERED: WHY\n";
  }

  private static String padded(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.codePointCount(0, text.length())));
  }

  private static String times(Line line, ZoneId zone) {
    LocalDate first = line.at().atZone(zone).toLocalDate();
    boolean sameDay = line.until().atZone(zone).toLocalDate().equals(first);
    return "×%d until %s"
        .formatted(line.times(), (sameDay ? TIME : DATE_TIME).format(line.until().atZone(zone)));
  }

  /** For programs: plain maps, lists, texts and numbers; instants in ISO 8601, UTC. */
  public Map<String, @Nullable Object> fields() {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("subject", subject.toString());
    fields.put("at", now.toString());
    fields.put("decisions", lines.stream().map(Line::fields).toList());
    fields.put("next", PlainText.of(expected));
    fields.put("remedy", PlainText.of(remedy));
    return fields;
  }
}
