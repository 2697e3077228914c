package org.barestack.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.barestack.testing.Examples;
import org.barestack.testing.Sites;
import org.junit.jupiter.api.Test;

/** What CloudStack's agent makes of the names that profiles give their devices. */
class NetworkProfileTest {
  /** Names of uplinks to CloudStack's agent (LibvirtComputingResource of 4.22). */
  private static final String UPLINKS =
      "^(eth|bond|vlan|vx|em|ens|eno|enp|team|enx|dummy|lo|p\\d+p\\d+|vni|enc)";

  @Test
  void cloudStackTakesOurUplinksForUplinksAndOurBridgesForNone() {
    List<NetworkProfile> profiles =
        Stream.concat(Stream.of(Sites.rack()), Examples.names().stream().map(Examples::site))
            .flatMap(site ->
                site.nodes().stream().flatMap(node -> NetworkProfile.of(site, node).stream()))
            .toList();
    TreeSet<String> uplinks = new TreeSet<>();
    TreeSet<String> bridges = new TreeSet<>();
    for (NetworkProfile profile : profiles) {
      NetworkProfile controller = profile.controller();
      if (profile.device() != null && profile.type().equals("bridge")) {
        bridges.add(profile.device());
      } else if (profile.device() != null
          && controller != null
          && controller.type().equals("bridge")) {
        uplinks.add(profile.device());
      }
    }
    assertThat(uplinks)
        .contains("bond0.20", "bond1", "vlan20", "vlan30")
        .allMatch(name -> Pattern.compile(UPLINKS).matcher(name).find());
    assertThat(bridges)
        .contains("cloudbr0", "cloudbr1")
        .noneMatch(name -> Pattern.compile(UPLINKS).matcher(name).find());
  }

  @Test
  void theStepThatLooksAtTheNamesOfNicsKnowsTheSameNames() throws IOException {
    Path step = Path.of("kickstart-templates/roles/kvm-worker/firstboot/40-bridges.sh.j2");
    assertThat(Files.readString(step))
        .contains("uplinks='" + UPLINKS.replace("\\d", "[0-9]") + "'");
  }
}
