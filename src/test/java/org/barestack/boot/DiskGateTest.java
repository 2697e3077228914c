package org.barestack.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.barestack.boot.Machines.GIB;
import static org.barestack.boot.Machines.KVM1;
import static org.barestack.boot.Machines.SITE;
import static org.barestack.boot.Machines.withRules;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.barestack.model.Disk;
import org.barestack.model.InstallId;
import org.barestack.model.MachineReport;
import org.barestack.model.Node;
import org.barestack.model.Node.DiskRule;
import org.barestack.model.NodeName;
import org.barestack.model.NodeState;
import org.barestack.model.Phase;
import org.barestack.model.Token;
import org.barestack.testing.DiskCases;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DiskGateTest {
  /** All of kvm1 of the lab; one more, dddddd, no journal ever heard of. */
  private static final InstallId INSTALL = new InstallId("bs72bsbbbbbb");

  private static final InstallId EARLIER = new InstallId("bs72bscccccc");
  private static final NodeName MGMT1 = SITE.managementNode().name();

  /**
   * Reads "sda 100 blank" or "sdb 500 xfs serial=S1 wwn=0x5 used medium readonly label=x edges".
   */
  private static Disk disk(String text) {
    String[] words = text.strip().split(" +", -1);
    Map<String, String> named = new HashMap<>();
    List<String> signatures = new ArrayList<>();
    for (String word : Arrays.asList(words).subList(2, words.length)) {
      int equals = word.indexOf('=');
      if (equals > 0) {
        named.put(word.substring(0, equals), word.substring(equals + 1));
      } else if (Set.of("blank", "used", "medium", "readonly", "edges").contains(word)) {
        named.put(word, "");
      } else {
        signatures.add(word);
      }
    }
    return new Disk(
        words[0],
        Long.parseLong(words[1]) * GIB,
        named.getOrDefault("serial", ""),
        named.getOrDefault("wwn", ""),
        "",
        named.containsKey("path") ? List.of(named.getOrDefault("path", "")) : List.of(),
        named.containsKey("medium"),
        named.containsKey("readonly"),
        named.containsKey("used"),
        !named.containsKey("edges"),
        signatures,
        named.containsKey("label")
            ? List.of(named.getOrDefault("label", "").split(",", -1))
            : List.of());
  }

  private static MachineReport machine(String disks) {
    return new MachineReport(
        "uuid-1",
        "",
        "bios",
        0,
        0,
        "",
        disks.isBlank()
            ? List.of()
            : Arrays.stream(disks.split(";", -1)).map(DiskGateTest::disk).toList());
  }

  private static DiskRule rule(String text) {
    String[] words = text.strip().split(" +", -1);
    return switch (words[0]) {
      case "serial" -> new DiskRule.Serial(words[1]);
      case "wwn" -> new DiskRule.Wwn(words[1]);
      case "path" -> new DiskRule.DevicePath(words[1]);
      default ->
          new DiskRule.Size(
              Long.parseLong(words[1]) * GIB,
              words.length > 2 ? Long.parseLong(words[2]) * GIB : null);
    };
  }

  private static String decide(String rules, String disks, Set<String> wipe, Set<String> claimed) {
    return decide(rules, disks, wipe, claimed, disks);
  }

  private static String decide(
      String rules, String disks, Set<String> wipe, Set<String> claimed, String lastReport) {
    Node node =
        withRules(KVM1, Arrays.stream(rules.split(",", -1)).map(DiskGateTest::rule).toList());
    NodeState.Install install =
        new NodeState.Install(
            INSTALL,
            new Token("0123456789abcdef0123456789abcdef"),
            false,
            1,
            claimed,
            claimed.isEmpty() ? "" : "uuid-1",
            new NodeState.Clock("", 0),
            new NodeState.Handout(null, null));
    NodeState state =
        new NodeState(
            Phase.BOOTING,
            null,
            null,
            install,
            new NodeState.Past(
                Set.of(INSTALL, EARLIER),
                claimed.isEmpty() ? Set.of("serial:WRITTEN/107374182400") : claimed),
            wipe,
            null,
            machine(lastReport),
            "",
            "",
            "");
    return switch (DiskGate.decide(
        SITE,
        node,
        state,
        INSTALL,
        machine(disks),
        identity -> identity.equals("wwn:0xshared") ? Optional.of(MGMT1) : Optional.empty())) {
      case ClaimAnswer.Granted granted ->
          "granted " + String.join("+", granted.disks().stream().map(Disk::name).toList());
      case ClaimAnswer.Installed installed -> "installed";
      case ClaimAnswer.Refused(String reason) -> "refused: " + reason;
    };
  }

  static Stream<DiskCases.Case> asOnMedia() {
    return DiskCases.all();
  }

  /** PreScriptsTest holds the script on media to the same table. */
  @ParameterizedTest
  @MethodSource
  void asOnMedia(DiskCases.Case one) {
    Set<String> first = Set.of("serial:S1/" + 100 * GIB, "serial:S1/" + 50 * GIB);
    String disk = one.disks().split(" ", -1)[1].equals("50") ? "50" : "100";
    Set<String> meant =
        first.stream()
            .filter(identity -> identity.endsWith("/" + Long.parseLong(disk) * GIB))
            .collect(Collectors.toSet());
    String answer =
        decide(
            one.rules(),
            one.disks(),
            one.before().equals("permit") ? meant : Set.of(),
            one.before().equals("claim") ? meant : Set.of());
    if (one.granted().isEmpty()) {
      assertThat(answer).doesNotStartWith("granted");
    } else {
      assertThat(answer).isEqualTo("granted " + one.granted());
    }
  }

  @ParameterizedTest(name = "{0} of [{1}]: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          size 40            | sda 100 blank                           | granted sda
          size 40            | sda 100 blank; sdb 50 blank             | granted sdb
          size 40            | sda 100 blank; sdb 20 blank             | granted sda
          size 40 80         | sda 100 blank                           | refused: no disk is meant
          size 40            |                                         | refused: no disk is meant
          size 40            | sda 100 xfs                             | is not blank
          size 40            | sda 100 edges                           | data without a signature
          size 40            | sda 100 label=backup                    | is not blank
          size 40            | sda 100 xfs; sdb 200 blank              | is not blank
          size 40            | sda 100 blank used                      | in use
          size 40            | sda 100 blank readonly                  | read-only
          size 40            | sda 100 blank medium                    | refused: no disk is meant
          size 40            | sda 100 blank medium; sdb 200 blank     | granted sdb
          serial S1          | sda 100 blank serial=S2                 | refused: no disk is meant
          serial S1          | sda 100 blank serial=S1; sdb 50 blank   | granted sda
          serial S1          | sda 1 blank serial=S1; sdb 1 blank serial=S1 | several disks
          wwn 0xAB           | sda 100 blank wwn=0xab                  | granted sda
          path /dev/sdb      | sda 100 blank; sdb 100 blank            | granted sdb
          path /dev/disk/x   | sda 9 blank; sdb 9 blank path=/dev/disk/x | granted sdb
          size 40,size 40    | sda 100 blank; sdb 100 blank            | granted sda+sdb
          size 40,size 40    | sda 100 blank                           | refused: no disk is meant
          size 40,size 40    | sda 100 blank; sdb 100 xfs              | is not blank
          """)
  void aFirstClaim(String rules, String disks, String answer) {
    assertThat(decide(rules, disks == null ? "" : disks, Set.of(), Set.of())).contains(answer);
  }

  @ParameterizedTest(name = "[{0}] with {1} permitted: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sda 100 xfs serial=S1                 | serial:S1/107374182400 | granted sda
          sda 100 edges serial=S1               | serial:S1/107374182400 | granted sda
          sda 100 xfs serial=S1                 | serial:S9/107374182400 | is not blank
          sda 200 xfs serial=S1                 | serial:S1/107374182400 | is not blank
          sda 100 xfs used serial=S1            | serial:S1/107374182400 | in use
          sda 100 xfs readonly serial=S1        | serial:S1/107374182400 | read-only
          sda 100 xfs serial=S1; sdb 50 xfs     | serial:S1/107374182400 | is not blank
          sda 100 xfs wwn=0x5 serial=S1         | wwn:0x5                | granted sda
          vda 100 xfs                           | name:vda/107374182400  | granted vda
          vda 100 xfs                           | name:vdb/107374182400  | is not blank
          """)
  void aPermittedClaim(String disks, String wipe, String answer) {
    assertThat(decide("size 40", disks, Set.of(wipe), Set.of())).contains(answer);
  }

  @ParameterizedTest(name = "[{0}] after a claim of {1}: {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sda 100 gpt xfs serial=S1               | serial:S1/107374182400 | granted sda
          sdb 100 gpt xfs serial=S1; sda 9 blank  | serial:S1/107374182400 | granted sdb
          sda 100 gpt xfs label=bi72bsbbbbbb serial=S1 | serial:S1/107374182400 | granted sda
          sda 100 gpt xfs label=bs72bsbbbbbb serial=S1 | serial:S1/107374182400 | installed
          sda 100 gpt xfs label=bs72bscccccc serial=S1 | serial:S1/107374182400 | granted sda
          sda 100 gpt xfs label=bi72bsdddddd serial=S1 | serial:S1/107374182400 | granted sda
          sda 100 gpt xfs label=bs72bsdddddd serial=S1 | serial:S1/107374182400 | installed
          sda 100 gpt serial=S1; sdb 9 label=bs72bsdddddd | serial:S1/107374182400 | installed
          sda 100 blank serial=S2                 | serial:S1/107374182400 | this install claimed
          sda 100 blank serial=S1; sdb 100 blank serial=S1 | serial:S1/107374182400 | this install claimed
          sda 100 xfs used serial=S1              | serial:S1/107374182400 | in use
          sda 100 ext4 serial=S1                  | serial:S1/107374182400 | is not what it was at the time of its claim
          sda 100 blank serial=S1                 | serial:S1/107374182400 | granted sda
          """)
  void aClaimThatGoesOn(String disks, String claimed, String answer) {
    assertThat(decide("size 40", disks, Set.of(), Set.of(claimed), "")).contains(answer);
  }

  /** Labels: cccccc an install that we know, dddddd one that we do not. */
  @ParameterizedTest(name = "{0}, before {1}, permitted [{2}]: {3}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          sda 100 xfs serial=S1 label=bs72bscccccc | sda 100 blank serial=S1 |                        | installed
          sda 100 xfs serial=S1 label=bs72bsdddddd | sda 100 blank serial=S1 |                        | installed
          sda 100 xfs serial=WRITTEN label=bs72bscccccc | sda 100 blank serial=WRITTEN | serial:WRITTEN/107374182400 | granted sda
          sda 100 xfs serial=WRITTEN label=bs72bsdddddd | sda 100 blank serial=WRITTEN | serial:WRITTEN/107374182400 | installed
          sda 100 xfs serial=WRITTEN label=bs72bsbbbbbb | sda 100 blank serial=WRITTEN | serial:WRITTEN/107374182400 | installed
          sda 100 xfs serial=WRITTEN label=bi72bsdddddd | sda 100 blank serial=WRITTEN | serial:WRITTEN/107374182400 | granted sda
          sda 100 xfs serial=S1 label=bs72bsdddddd | sda 100 xfs serial=S1 label=bs72bsdddddd | serial:S1/107374182400 | granted sda
          sda 100 xfs serial=S1                    | sda 100 xfs serial=S1   | serial:S1/107374182400 | granted sda
          sda 100 xfs gpt serial=S1                | sda 100 gpt xfs serial=S1 | serial:S1/107374182400 | granted sda
          sda 100 zfs serial=S1                    | sda 100 xfs serial=S1   | serial:S1/107374182400 | is not what it was at the time of the permit to wipe (xfs)
          sda 100 xfs serial=S1 label=photos       | sda 100 xfs serial=S1   | serial:S1/107374182400 | is not what it was at the time of the permit
          sda 100 xfs edges serial=S1              | sda 100 xfs serial=S1   | serial:S1/107374182400 | is not what it was at the time of the permit
          sda 100 edges serial=S1                  | sda 100 blank serial=S1 | serial:S1/107374182400 | time of the permit to wipe (blank)
          sda 100 edges serial=S1                  | sdb 9 blank             | serial:S1/107374182400 | the disk was not there
          sda 100 xfs serial=WRITTEN               | sda 100 blank serial=WRITTEN | serial:WRITTEN/107374182400 | granted sda
          sda 100 gpt zfs serial=WRITTEN label=EFI,bs72bscccccc | sda 100 blank serial=WRITTEN | serial:WRITTEN/107374182400 | granted sda
          sda 100 gpt zfs serial=WRITTEN label=EFI,bi72bscccccc | sda 100 blank serial=WRITTEN | serial:WRITTEN/107374182400 | granted sda
          sda 100 gpt zfs serial=WRITTEN label=EFI,bi72bsdddddd | sda 100 blank serial=WRITTEN | serial:WRITTEN/107374182400 | is not what it was at the time of the permit
          sda 100 gpt LVM2_member serial=WRITTEN   | sda 100 ext4 serial=WRITTEN  | serial:WRITTEN/107374182400 | granted sda
          sda 100 gpt ext4 serial=WRITTEN          | sda 100 ext4 serial=WRITTEN  | serial:WRITTEN/107374182400 | granted sda
          sda 100 ext4 serial=WRITTEN              | sda 100 blank serial=WRITTEN | serial:WRITTEN/107374182400 | is not what it was at the time of the permit
          sda 100 xfs serial=WRITTEN label=photos  | sda 100 blank serial=WRITTEN | serial:WRITTEN/107374182400 | is not what it was at the time of the permit
          sda 100 xfs serial=S1 label=bi72bsdddddd | sda 100 blank serial=S1 |                        | it carries an unfinished install of kvm1
          """)
  void whatIsOnTheDiskOutweighsWhatWeRemember(
      String disks, String before, String wipe, String answer) {
    assertThat(decide("size 40", disks, wipe == null ? Set.of() : Set.of(wipe), Set.of(), before))
        .contains(answer);
  }

  @Test
  void theLabelOfAnotherNodeNamesIt() {
    InstallId id = InstallId.fresh(SITE.name(), MGMT1, new Random(7));
    String disks = "sda 100 xfs serial=S1 label=" + id;
    assertThat(decide("size 40", disks, Set.of(), Set.of()))
        .contains("is not blank: it carries an install of mgmt1");
    assertThat(decide("size 40", "sda 9 xfs; sdb 100 xfs label=bsaaaaaaaaaa", Set.of(), Set.of()))
        .contains("another site");
  }

  @Test
  void aDiskThatTwoMachinesSeeIsWrittenByOne() {
    assertThat(decide("size 40", "sda 100 blank wwn=0xSHARED", Set.of(), Set.of()))
        .contains("is claimed by mgmt1")
        .contains("barestack forget mgmt1");
    assertThat(decide("size 40", "sda 100 xfs wwn=0xSHARED", Set.of("wwn:0xshared"), Set.of()))
        .contains("is claimed by mgmt1");
  }
}
