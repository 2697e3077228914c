package org.barestack.cloud;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.barestack.cloud.CloudDesign.Surplus;
import org.barestack.cloud.Part.Difference;
import org.barestack.cloud.Part.Fix;
import org.barestack.cloud.Part.Look;
import org.barestack.model.Site;

/**
 * How a cloud differs from its site.
 *
 * @param entries in the order in which things are made, surplus last
 */
public record CloudPlan(List<Entry> entries) {
  public CloudPlan {
    entries = List.copyOf(entries);
  }

  /** What an entry says. */
  public enum Status {
    /** The site wants it, and it is not there. */
    MISSING,
    /** It is there, and not as the site wants it. */
    DIFFERENT,
    /** It is there, and the site does not name it. Nothing is done about it. */
    SURPLUS
  }

  /**
   * One difference.
   *
   * @param kind {@code zone}
   * @param name which one
   * @param text what else people want to know
   * @param todo what is done about it, or who must do what
   * @param byHand whether a person must; apply leaves it as it is
   */
  public record Entry(
      Status status, String kind, String name, String text, String todo, boolean byHand) {}

  /**
   * Compares a site with its cloud. It only looks.
   *
   * @throws CloudException if the cloud was not reached, or refused to answer
   */
  public static CloudPlan of(Site site, Hypervisor hypervisor, CloudApi api) {
    LivingCloud living = new LivingCloud(api);
    CloudDesign design = new CloudDesign(site, hypervisor);
    List<Entry> entries = new ArrayList<>();
    for (Part part : design.parts(living)) {
      switch (part.look().apply(living)) {
        case Look.Missing() ->
            entries.add(
                new Entry(
                    Status.MISSING,
                    part.kind(),
                    part.name(),
                    part.detail(),
                    "apply makes it",
                    false));
        case Look.There(List<Difference> differences) ->
            differences.forEach(difference -> entries.add(different(part, difference)));
      }
    }
    for (Surplus surplus : design.surplus(living)) {
      entries.add(
          new Entry(
              Status.SURPLUS, surplus.kind(), surplus.name(), surplus.detail(), "stays", true));
    }
    return new CloudPlan(entries);
  }

  private static Entry different(Part part, Difference difference) {
    String todo =
        switch (difference.fix()) {
          case Fix.Mend(var _, String note) ->
              (part.node() == null ? "apply sets it" : "apply reconnects it")
                  + (note.isEmpty() ? "" : "; " + note);
          case Fix.Person(String cause, String remedy, var _) ->
              "by hand: " + cause + "; " + remedy;
        };
    return new Entry(
        Status.DIFFERENT,
        part.kind(),
        part.name(),
        difference.toString(),
        todo,
        difference.fix() instanceof Fix.Person);
  }

  /** Whether the cloud is as the site wants it, whatever else it has. */
  public boolean isDone() {
    return count(Status.MISSING) + count(Status.DIFFERENT) == 0;
  }

  private long count(Status status) {
    return entries.stream().filter(entry -> entry.status() == status).count();
  }

  /** A table for people, with a summary as its last line. */
  public String text() {
    StringBuilder text = new StringBuilder();
    int kind = width(entries.stream().map(Entry::kind).toList());
    int name = width(entries.stream().map(Entry::name).toList());
    for (Entry entry : entries) {
      String line =
          String.format(
              "%-9s  %-" + kind + "s  %-" + name + "s  %s",
              entry.status().name().toLowerCase(Locale.ROOT),
              entry.kind(),
              entry.name(),
              entry.status() == Status.DIFFERENT
                  ? entry.text() + " (" + entry.todo() + ")"
                  : entry.text());
      text.append(line.stripTrailing()).append('\n');
    }
    return text.append(summary()).append('\n').toString();
  }

  private static int width(List<String> texts) {
    return texts.stream().mapToInt(String::length).max().orElse(1);
  }

  private String summary() {
    String counts =
        count(Status.MISSING)
            + " missing, "
            + count(Status.DIFFERENT)
            + " different, "
            + count(Status.SURPLUS)
            + " surplus";
    return isDone() ? counts + ": the cloud is as the site wants it" : counts;
  }

  /** The same for programs: text, numbers, lists and maps. */
  public Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("done", isDone());
    json.put(
        "entries",
        entries.stream()
            .map(entry -> {
              Map<String, Object> one = new LinkedHashMap<>();
              one.put("status", entry.status().name().toLowerCase(Locale.ROOT));
              one.put("kind", entry.kind());
              one.put("name", entry.name());
              one.put("text", entry.text());
              one.put("todo", entry.todo());
              one.put("by_hand", entry.byHand());
              return one;
            })
            .collect(Collectors.toList()));
    return json;
  }
}
