package org.barestack.diff;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.barestack.diff.ArtefactChange.Kind;
import org.barestack.model.Node;
import org.barestack.model.NodeName;
import org.barestack.testing.Examples;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DiffTextTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          kvm1                          | kvm1
          kvm1 kvm2                     | kvm1, kvm2
          kvm1 kvm2 kvm3                | kvm1..kvm3
          kvm1 kvm2 kvm3 kvm5           | kvm1..kvm3, kvm5
          kvm8 kvm9 kvm10 kvm11         | kvm8..kvm11
          kvm08 kvm09 kvm10             | kvm08..kvm10
          kvm08 kvm9 kvm10              | kvm08, kvm9, kvm10
          kvm3 kvm2 kvm1                | kvm3, kvm2, kvm1
          mgmt1 kvm2 kvm3 kvm4          | mgmt1, kvm2..kvm4
          a b c                         | a, b, c
          rack1-kvm1 rack1-kvm2 rack1-kvm3 | rack1-kvm1..rack1-kvm3
          n99999999998 n99999999999     | n99999999998, n99999999999
          """)
  void namesThatCountUpAreToldByTheirEnds(String names, String text) {
    assertThat(DiffText.names(Stream.of(names.split(" ")).map(NodeName::new).toList()))
        .isEqualTo(text);
  }

  private static SiteDiff changed(String hunks) {
    Node node = Examples.site("minimal").nodes().getFirst();
    ArtefactChange change = new ArtefactChange("local.ipxe", Kind.CHANGED, hunks, 1, 1);
    return new SiteDiff(
        "HEAD",
        "the working tree",
        2,
        List.of(new NodeChange.Changed(node, node, List.of(change), List.of())),
        List.of());
  }

  @Test
  void aTerminalShowsColoursAndIsNotSteered() {
    SiteDiff diff = changed("@@ -1,1 +1,1 @@\n-a\tb\r\n+\033[2J\u202e\u0085\n");
    assertThat(new DiffText(diff, false, true, true).whole())
        .startsWith(
            """
            \033[1m--- a/mgmt1/local.ipxe\033[0m
            \033[1m+++ b/mgmt1/local.ipxe\033[0m
            \033[36m@@ -1,1 +1,1 @@\033[0m
            \033[31m-a\tb^M\033[0m
            \033[32m+^[[2J<U+202E><U+0085>\033[0m
            """);
    assertThat(new DiffText(diff, false, false, false).whole())
        .startsWith(
            """
            --- a/mgmt1/local.ipxe
            +++ b/mgmt1/local.ipxe
            @@ -1,1 +1,1 @@
            -a\tb\r
            +\033[2J\u202e\u0085
            """);
  }

  @Test
  void aTerminalCutsVeryLongLines() {
    SiteDiff diff = changed("@@ -1,1 +1,1 @@\n-" + "ä".repeat(5000) + "\n+b\n");
    assertThat(new DiffText(diff, false, true, false).whole())
        .contains("-" + "ä".repeat(399) + "… (5001 characters)\n");
    assertThat(new DiffText(diff, false, false, false).whole())
        .contains("-" + "ä".repeat(5000) + "\n");
  }
}
