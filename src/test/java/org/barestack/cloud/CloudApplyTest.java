package org.barestack.cloud;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.barestack.model.Node;
import org.barestack.model.NodeName;
import org.barestack.model.Site;
import org.barestack.testing.Examples;
import org.junit.jupiter.api.Test;

class CloudApplyTest {
  private static final Patience SHORT = new Patience(Duration.ofSeconds(30), Duration.ofMillis(1));

  private final Site site = Examples.site("lab");
  private final FakeCloud cloud = new FakeCloud();
  private final List<String> lines = new ArrayList<>();
  private final CloudApply apply = new CloudApply(cloud, Hypervisor.KVM, 8, SHORT, lines::add);

  static Set<NodeName> all(Site site) {
    return site.nodes().stream().map(Node::name).collect(Collectors.toSet());
  }

  @Test
  void anAdvancedZoneComesUpAndASecondApplyChangesNothing() {
    Cloud.Report report = apply.apply(site, all(site));
    assertThat(report.faults()).isEmpty();
    assertThat(report.waiting()).isEmpty();
    assertThat(report.nodes().values()).allMatch(Cloud.Standing.Up.class::isInstance);
    System.out.println(String.join("\n", lines));
    System.out.println(CloudPlan.of(site, Hypervisor.KVM, cloud).text());
    int before = cloud.changing().size();
    assertThat(apply.apply(site, all(site)).changes()).isEmpty();
    assertThat(cloud.changing()).hasSize(before);
  }
}
