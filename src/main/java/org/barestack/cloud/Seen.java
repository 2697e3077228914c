package org.barestack.cloud;

import org.barestack.cloud.CloudException.Fault;

/** Something that is not as it should be, as CloudStack or a node shows it. */
public sealed interface Seen {
  /** A call brought no result. */
  record Failed(Fault fault) implements Seen {}

  /**
   * A system VM that does not run, or was never made.
   *
   * @param name CloudStack's, {@code s-1-VM}, or its kind if there is none yet
   * @param state {@code Starting}, {@code Stopped}; {@code missing} if there is none yet
   */
  record SystemVmNotRunning(String name, String state, Surroundings around) implements Seen {}

  /** A system VM that runs, and whose agent does not answer to the management server. */
  record SystemVmAgentNotUp(String name, String agent) implements Seen {}

  /** No system VM template is known, although there is an image store. */
  record TemplateMissing() implements Seen {}

  /**
   * A template that does not come on.
   *
   * @param status CloudStack's, {@code 0% Downloaded}
   */
  record TemplateNotReady(String name, String status) implements Seen {}

  /**
   * A host in another state than Up.
   *
   * @param state {@code Down}, {@code Disconnected}, {@code Alert}, {@code Connecting} and others
   */
  record HostNotUp(String state) implements Seen {}

  /** A physical network in the zone besides the site's one. */
  record AnotherPhysicalNetwork() implements Seen {}

  /** The zone is not there any more, though the management node was ready with it. */
  record ZoneGone(String zone) implements Seen {}

  /** A step of a node's first boot that fails. */
  record Step(String step, String reason) implements Seen {}

  /** What system VMs need, as far as CloudStack shows it. */
  record Surroundings(
      boolean zoneEnabled, boolean templateReady, boolean primaryUp, boolean hostUp) {}
}
