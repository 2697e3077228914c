package org.barestack.render;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.barestack.model.Node;
import org.barestack.model.NodeName;
import org.barestack.model.Site;
import org.barestack.testing.Command;
import org.barestack.testing.Command.Result;
import org.barestack.testing.Examples;
import org.barestack.testing.Sites;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the installer does to the boot order, and {@code reinstall --now} to the next boot, with an
 * efibootmgr that answers as the real one does on many kinds of firmware.
 */
class BootOrderTest {
  private static final Renderer RENDERER = new Renderer(List.of());
  private static final Path ANSWERS = Path.of("src/test/resources/org/barestack/render/efibootmgr");
  private static final Site LAB = Examples.site("lab");

  @TempDir Path root;

  @BeforeEach
  void isUefi() throws IOException {
    Files.createDirectories(root.resolve("sys/firmware/efi"));
  }

  /** Takes an order, like the real one, only if each number in it stands for an entry. */
  private static final String EFIBOOTMGR =
      """
      efibootmgr() {
        case ${1-} in
          -v)
            [[ ! -e $BARESTACK_ROOT/unreadable ]] || return 1
            efibootmgr
            ;;
          '')
            if [[ -e $BARESTACK_ROOT/order && ! -e $BARESTACK_ROOT/stubborn ]]; then
              sed "s/^BootOrder: .*/BootOrder: $(<"$BARESTACK_ROOT/order")/" "$ENTRIES"
            elif [[ -e $BARESTACK_ROOT/unreadable ]]; then
              sed 's/\\t.*//' "$ENTRIES"
            else
              cat "$ENTRIES"
            fi
            ;;
          --quiet)
            if [[ -e $BARESTACK_ROOT/full ]]; then
              echo 'Could not set BootOrder: No space left on device' >&2
              return 9
            fi
            for number in ${3//,/ }; do
              grep -q "^Boot$number[* ]" "$ENTRIES" || return 8
            done
            echo "$3" >"$BARESTACK_ROOT/${2#--boot}"
            ;;
          *) return 64 ;;
        esac
      }
      curl() { printf '%s\\n' "$@" | grep '^step='; }
      systemctl() { echo "systemctl $*" >"$BARESTACK_ROOT/restarted"; }
      sleep() { :; }
      """;

  private static Node kvm1() {
    return LAB.node(new NodeName("kvm1")).orElseThrow();
  }

  private Result installs(String answer) {
    String kickstart = RENDERER.artefacts(LAB, kvm1()).get("kickstart.ks");
    String script =
        Sections.of(String.valueOf(kickstart)).sections().stream()
            .map(section -> String.join("\n", section.body()) + "\n")
            .filter(body -> body.contains("network_first()"))
            .findFirst()
            .orElseThrow();
    return run(script, answer);
  }

  private Result run(String script, String answer) {
    return Command.of("bash")
        .with("BARESTACK_ROOT", root)
        .with("ENTRIES", ANSWERS.resolve(answer + ".txt").toAbsolutePath())
        .input(EFIBOOTMGR + script + "wait\n")
        .run();
  }

  private String written(String name) throws IOException {
    return Files.readString(root.resolve(name)).strip();
  }

  /** Captured from OVMF: ovmf. The others follow the forms of the programs and the firmwares. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ovmf                        | 0002 | 0002,0006,0001,0003,0004,0000,0005,0007,0008,0009
          four-entries-a-card         | 0012 | 0012,0017,0010,0011,0013,0014,0015,0000
          venhw                       | 0003 | 0003,0005,0004,0002
          venmsg-from-disk            | 0019 | 0019,0001,001A,001B
          version-18                  | 0002 | 0002,0006,0001,0003,0004
          by-http                     | 0004 | 0004,0006,0002
          from-a-stick                | 0005 | 0005,0009,0007,0004
          no-current                  | 0005 | 0005,0009
          current-is-not-in-the-order | 000A | 000A,0009,0001
          twice-and-gone              | 0003 | 0003,0009,0001
          legacy-network              | 0002 | 0002,0009,0001
          """)
  void theNetworkEntryGoesFirstOrIsNext(String answer, String entry, String order)
      throws IOException {
    assertThat(installs(answer).all()).isEqualTo("status 0\n");
    assertThat(written("order")).isEqualTo(order);

    Result next = run(RENDERER.reinstallScript(LAB, kvm1()), answer);
    assertThat(next.status()).as(next.all()).isZero();
    assertThat(next.output()).startsWith("next boot: Boot" + entry + " ").endsWith("restarting\n");
    assertThat(written("next")).isEqualTo(entry);
    assertThat(written("restarted")).isEqualTo("systemctl reboot");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"from-a-stick-of-another-card", "iscsi-and-switched-off", "two-nameless-cards"})
  void whereNoEntryIsKnownToBeTheNetworksNothingIsChanged(String answer) {
    assertThat(installs(answer).output())
        .contains(
            "\nstep=the network is not first in the boot order: no boot entry is known to be the"
                + " network's, by 52:54:00:50:00:0b\n");
    Result next = run(RENDERER.reinstallScript(LAB, kvm1()), answer);
    assertThat(next.status()).isEqualTo(3);
    assertThat(next.output())
        .startsWith("no boot entry is known to be the network's, by 52:54:00:50:00:0b; ")
        .contains("\n  Rocky Linux\n");
    assertThat(root.resolve("order")).doesNotExist();
    assertThat(root.resolve("next")).doesNotExist();
    assertThat(root.resolve("restarted")).doesNotExist();
  }

  /** A path that efibootmgr cannot read ends its -v; without, it tells names only. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({"ovmf, 0002", "venhw, 0003", "venmsg-from-disk, 0019", "by-http, 0004"})
  void whereNoPathCanBeReadTheNamesDo(String answer, String entry) throws IOException {
    Files.createFile(root.resolve("unreadable"));
    assertThat(installs(answer).all()).isEqualTo("status 0\n");
    assertThat(written("order")).startsWith(entry + ",");
  }

  @Test
  void anOrderThatIsRightIsNotWritten() throws IOException {
    Files.writeString(root.resolve("order"), "0002,0006");
    Files.createFile(root.resolve("full"));
    assertThat(installs("version-18").all()).isEqualTo("status 0\n");
  }

  @Test
  void aFullVariableStoreIsToldAndFailsNoInstall() throws IOException {
    Files.createFile(root.resolve("full"));
    assertThat(installs("version-18").all())
        .startsWith("status 0\n")
        .contains("step=the network is not first in the boot order: efibootmgr: Could not set")
        .contains("No space left on device");
    Result next = run(RENDERER.reinstallScript(LAB, kvm1()), "version-18");
    assertThat(next.status()).isEqualTo(3);
    assertThat(next.output()).contains("No space left on device").doesNotContain("restarting");
    assertThat(root.resolve("restarted")).doesNotExist();
  }

  @Test
  void firmwareThatKeepsItsOwnOrderIsTold() throws IOException {
    Files.createFile(root.resolve("stubborn"));
    assertThat(installs("version-18").output())
        .contains("the firmware has BootOrder 0006,0001,0002,0003,0004 and not 0002,0006,0001");
  }

  @Test
  void efibootmgrThatFailsFailsNoInstall() {
    assertThat(installs("not-there").all())
        .startsWith("status 0\n")
        .contains("step=the network is not first in the boot order: efibootmgr: ");
    assertThat(run(RENDERER.reinstallScript(LAB, kvm1()), "not-there").status()).isEqualTo(3);
  }

  @Test
  void onBiosThereIsNoOrderToChange() throws IOException {
    Files.delete(root.resolve("sys/firmware/efi"));
    assertThat(installs("not-there").all()).isEqualTo("status 0\n");
    assertThat(run(RENDERER.reinstallScript(LAB, kvm1()), "not-there").all())
        .isEqualTo("status 0\nrestarting\n");
    assertThat(written("restarted")).isEqualTo("systemctl reboot");
  }

  @Test
  void diskFirstLeavesTheOrderAndOnBiosCannotBeBroughtBack() throws IOException {
    Site site = Sites.rack();
    Node node =
        Stream.of(site.nodes().get(2))
            .filter(one -> one.bootOrder() == Node.BootOrder.DISK_FIRST)
            .findFirst()
            .orElseThrow();
    assertThat(RENDERER.artefacts(site, node).get("kickstart.ks")).doesNotContain("efibootmgr");
    Files.delete(root.resolve("sys/firmware/efi"));
    Result next = run(RENDERER.reinstallScript(site, node), "not-there");
    assertThat(next.status()).isEqualTo(3);
    assertThat(next.output()).contains("BIOS").doesNotContain("restarting");
    assertThat(root.resolve("restarted")).doesNotExist();
  }
}
