package org.barestack.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.barestack.model.Secret;
import org.barestack.model.Site;
import org.barestack.model.Site.ZoneNetwork;
import org.barestack.testing.Golden;
import org.barestack.testing.Sites;
import org.barestack.testing.cloudstack.CloudStackDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CloudPlanTest {
  @TempDir Path folder;

  private static CloudClient client(CloudStackDouble cloud) {
    return new CloudClient(
        cloud.api(), null, new Credentials("admin", new Secret("password")), Deadlines.USUAL);
  }

  private static CloudPlan fresh(Site site) {
    try (CloudStackDouble cloud = CloudStackDouble.start();
        CloudClient client = client(cloud)) {
      CloudPlan plan = CloudPlan.of(site, Hypervisor.KVM, client);
      assertThat(cloud.changing()).isEmpty();
      assertThat(cloud.violations()).isEmpty();
      return plan;
    }
  }

  @Test
  void tables() throws JsonProcessingException {
    Map<String, String> texts = new TreeMap<>();
    for (ZoneNetwork kind : ZoneNetwork.values()) {
      texts.put(kind + " on nothing", fresh(TestSites.site(folder, kind, 2)).text());
    }
    texts.put("rack on nothing", fresh(Sites.rack()).text());
    CloudPlan changed = changed();
    texts.put("changed", changed.text());
    texts.put(
        "changed.json",
        JsonMapper.builder()
                .build()
                .writerWithDefaultPrettyPrinter()
                .writeValueAsString(changed.json())
            + "\n");
    Golden.check("org/barestack/cloud/plan", texts);
  }

  /** The cloud of one site looked at with another site's eyes. */
  private CloudPlan changed() {
    String yaml = TestSites.yaml(ZoneNetwork.ADVANCED, 3);
    Site site = TestSites.site(folder, yaml);
    try (CloudStackDouble cloud = CloudStackDouble.start();
        CloudClient client = client(cloud)) {
      cloud.jobsPend(0);
      Patience patience = new Patience(Duration.ofMinutes(1), Duration.ofMillis(1));
      new CloudApply(client, Hypervisor.KVM, 8, patience, _ -> {}).apply(site, TestSites.all(site));
      JsonNode zone = client.call(Call.of("listZones")).path("zone").path(0);
      String id = zone.path("id").asText();
      client.call(Call.of("updateZone", "id", id, "allocationstate", "Disabled"));
      client.call(
          Call.of(
              "createPhysicalNetwork",
              "zoneid",
              id,
              "name",
              "physnet1",
              "isolationmethods",
              "VLAN"));
      cloud.hostState("10.50.1.1", "Alert");
      client.call(Call.of("updateConfiguration", "name", "host", "value", "192.0.2.1"));
      Site other =
          TestSites.site(
              folder,
              yaml.replace("10.50.2.0-10.50.2.99", "10.50.2.0-10.50.2.149")
                  .replace("dns: [10.50.0.1, 10.50.0.2]", "dns: [10.50.0.3, 10.50.0.2]")
                  .replace(
                      "public: { range: 10.50.3.0-10.50.3.99 }",
                      "public: { range: 10.50.3.50-10.50.3.120 }\n"
                          + "  guest: { vlans: 300-399, cidr: 10.77.0.0/16 }")
                  .replace(
                      "storage: { mode: lab-nfs }",
                      "storage: { nfs: { primary: nfs://10.50.0.20/a, secondary: nfs://10.50.0.20/b"
                          + " } }")
                  .replace("10.50.1.3,", "10.50.1.4,"));
      CloudPlan plan = CloudPlan.of(other, Hypervisor.KVM, client);
      assertThat(cloud.violations()).isEmpty();
      return withoutIds(plan);
    }
  }

  private static CloudPlan withoutIds(CloudPlan plan) {
    String id = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}";
    return new CloudPlan(
        plan.entries().stream()
            .map(entry ->
                new CloudPlan.Entry(
                    entry.status(),
                    entry.kind(),
                    entry.name(),
                    entry.text().replaceAll(id, "ID"),
                    entry.todo().replaceAll(id, "ID"),
                    entry.byHand()))
            .toList());
  }
}
