package org.barestack.cloud;

import org.barestack.cloud.CloudException.Fault;
import org.barestack.cloud.Troubles.Row;

/** Says of what goes wrong what it comes of, and what to do next. */
public final class Diagnoses {
  private Diagnoses() {}

  /**
   * Whom it is about.
   *
   * @param manager name of the management node
   * @param node name of the node that is concerned; the management node's, if no other is
   */
  public record Context(String manager, String node) {}

  /** Of a call that brought no result. */
  public static Diagnosis of(Fault fault, Context context) {
    return of(new Seen.Failed(fault), context);
  }

  /** Of anything that is not as it should be. */
  public static Diagnosis of(Seen seen, Context context) {
    Row row = row(seen);
    return new Diagnosis(
        symptom(seen, context), named(row.cause(), context), named(row.remedy(), context));
  }

  /** The first row of the table that is about it; the last one is about all. */
  static Row row(Seen seen) {
    return Troubles.TABLE.stream().filter(row -> row.shows().test(seen)).findFirst().orElseThrow();
  }

  private static String named(String text, Context context) {
    return text.replace("{manager}", context.manager()).replace("{node}", context.node());
  }

  private static String symptom(Seen seen, Context context) {
    return switch (seen) {
      case Seen.Failed(Fault fault) -> String.valueOf(new CloudException(fault).getMessage());
      case Seen.SystemVmNotRunning(String name, String state, Seen.Surroundings _) ->
          "system VM " + name + " is " + state + ", not Running";
      case Seen.SystemVmAgentNotUp(String name, String agent) ->
          "system VM " + name + " runs, and its agent is " + agent + ", not Up";
      case Seen.TemplateMissing() -> "there is no system VM template";
      case Seen.TemplateNotReady(String name, String status) ->
          "template " + name + " is not ready: " + status;
      case Seen.HostNotUp(String state) -> "host " + context.node() + " is " + state + ", not Up";
      case Seen.AnotherPhysicalNetwork() -> "the zone has another physical network";
      case Seen.ZoneGone(String zone) -> "zone " + zone + " is not there any more";
      case Seen.Step(String step, String reason) ->
          "step " + step + " fails on " + context.node() + ": " + reason;
    };
  }
}
