package org.barestack.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import org.barestack.model.Node;
import org.barestack.model.Site;

/** Asks a CloudStack that can be called. */
public final class HostMembership implements Membership {
  private final CloudApi api;

  public HostMembership(CloudApi api) {
    this.api = api;
  }

  /** In whatever zone it is a host: another zone's guests are lost all the same. */
  @Override
  public Answer ask(Site site, Node worker) {
    try {
      Optional<CloudHost> host =
          CloudHost.list(api, Call.of("listHosts")).stream()
              .filter(one -> one.is(worker))
              .findFirst();
      return host.isEmpty() ? new Answer.NotCounted() : new Answer.Counted(words(host.get()));
    } catch (CloudException e) {
      return new Answer.Unknown(why(e, site, worker));
    }
  }

  /** What a call that brought no result means for people. */
  public static Diagnosis why(CloudException e, Site site, Node node) {
    return Diagnoses.of(
        e.fault(), new Diagnoses.Context(site.managementNode().name().text(), node.name().text()));
  }

  private String words(CloudHost host) {
    List<JsonNode> guests = HostRemoval.guests(api, host);
    String count =
        switch (guests.size()) {
          case 0 -> "no virtual machines of users";
          case 1 -> "1 virtual machine: " + HostRemoval.names(guests);
          default -> guests.size() + " virtual machines: " + HostRemoval.names(guests);
        };
    return host.standing() + ", " + count;
  }
}
