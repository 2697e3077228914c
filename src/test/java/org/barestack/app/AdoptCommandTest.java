package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.barestack.journal.SqliteJournal;
import org.barestack.model.Journal;
import org.barestack.model.MacAddress;
import org.barestack.model.NodeEvent;
import org.barestack.model.NodeName;
import org.barestack.model.Subject;
import org.barestack.testing.Examples;
import org.barestack.testing.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code barestack adopt}: what it prints, what it writes, and each thing that it refuses. */
class AdoptCommandTest {
  private static final String FRESH = "52:54:00:60:00:0c";

  @TempDir Path folder;

  private static Map<String, List<String>> onMinimal() {
    Map<String, List<String>> runs = new LinkedHashMap<>();
    runs.put("as-asked", List.of("adopt", FRESH, "--name", "kvm2", "--role", "kvm-worker"));
    runs.put("nothing-asked", List.of("adopt", FRESH));
    runs.put("seen-with-bios", List.of("adopt", "52:54:00:60:00:99"));
    runs.put("mac-without-colons", List.of("adopt", "52540060000C"));
    runs.put("own-address", List.of("adopt", FRESH, "--address", "192.168.60.20"));
    runs.put("disk-by-serial", List.of("adopt", FRESH, "--disk", "serial=1e5"));
    runs.put("disk-by-size", List.of("adopt", FRESH, "--disk", "min=100G,max=200G"));
    runs.put("disk-by-wwn", List.of("adopt", FRESH, "--disk", "wwn=0x5000c500a1b2c3d4"));
    runs.put(
        "disk-by-path",
        List.of("adopt", FRESH, "--disk", "path=/dev/disk/by-path/pci-0000:00:1f.2-ata-1"));
    runs.put("second-nic", List.of("adopt", FRESH, "--nic", "nic2=52:54:00:60:01:0c"));
    runs.put("name-with-a-past", List.of("adopt", FRESH, "--name", "kvm7"));
    runs.put("already", List.of("adopt", "52:54:00:60:00:0b"));
    runs.put(
        "already-as-asked",
        List.of("adopt", "52:54:00:60:00:0b", "--name", "kvm1", "--role", "kvm-worker"));

    runs.put("no-mac", List.of("adopt", "kvm2"));
    runs.put("group-mac", List.of("adopt", "01:00:5e:00:00:01"));
    runs.put("zero-mac", List.of("adopt", "00:00:00:00:00:00"));
    runs.put("placeholder-mac", List.of("adopt", "00:00:5e:00:53:0b"));
    runs.put("mac-of-another-node", List.of("adopt", "52:54:00:60:00:0b", "--name", "kvm2"));
    runs.put(
        "mac-of-a-node-of-another-role",
        List.of("adopt", "52:54:00:60:00:0a", "--role", "kvm-worker"));
    runs.put(
        "mac-of-a-node-at-another-address",
        List.of("adopt", "52:54:00:60:00:0b", "--address", "192.168.60.12"));
    runs.put("name-taken", List.of("adopt", FRESH, "--name", "kvm1"));
    runs.put("name-invalid", List.of("adopt", FRESH, "--name", "KVM_2"));
    runs.put("role-unknown", List.of("adopt", FRESH, "--role", "kvm-wroker"));
    runs.put("second-management-node", List.of("adopt", FRESH, "--role", "management"));
    runs.put("address-none", List.of("adopt", FRESH, "--address", "192.168.60.300"));
    runs.put("address-outside", List.of("adopt", FRESH, "--address", "192.168.61.12"));
    runs.put("address-of-a-node", List.of("adopt", FRESH, "--address", "192.168.60.10"));
    runs.put("address-of-the-gateway", List.of("adopt", FRESH, "--address", "192.168.60.1"));
    runs.put("address-of-this-server", List.of("adopt", FRESH, "--address", "192.168.60.5"));
    runs.put("address-in-a-range", List.of("adopt", FRESH, "--address", "192.168.60.149"));
    runs.put("disk-unclear", List.of("adopt", FRESH, "--disk", "sda"));
    runs.put("disk-invalid", List.of("adopt", FRESH, "--disk", "min=big"));
    runs.put("nic-without-mac", List.of("adopt", FRESH, "--nic", "nic2"));
    runs.put("nic-with-a-bad-mac", List.of("adopt", FRESH, "--nic", "nic2=x"));
    runs.put("nic-with-a-bad-name", List.of("adopt", FRESH, "--nic", "NIC-2=52:54:00:60:01:0c"));
    runs.put("nic-that-boots", List.of("adopt", FRESH, "--nic", "nic1=52:54:00:60:01:0c"));
    runs.put("nic-twice", List.of("adopt", FRESH, "--nic", "nic2=" + FRESH));
    runs.put("nic-of-a-node", List.of("adopt", FRESH, "--nic", "nic2=52:54:00:60:00:0b"));
    return runs;
  }

  private static Map<String, List<String>> onRack() {
    Map<String, List<String>> runs = new LinkedHashMap<>();
    String mac = "02:20:00:00:25:01";
    runs.put("wired-by-a-profile", List.of("adopt", mac));
    runs.put("wired-by-a-profile-write", List.of("adopt", mac, "--write"));
    runs.put(
        "wired-by-a-profile-all-named",
        List.of(
            "adopt",
            mac,
            "--nic",
            "nic2=02:20:00:00:25:02",
            "--nic",
            "nic3=02:20:00:00:25:03",
            "--nic",
            "nic4=02:20:00:00:25:04"));
    runs.put("mac-of-a-second-nic", List.of("adopt", "02:20:00:00:24:02"));
    return runs;
  }

  private static Map<String, List<String>> onLab() {
    Map<String, List<String>> runs = new LinkedHashMap<>();
    runs.put("two-nics-by-default", List.of("adopt", "52:54:00:50:00:0c"));
    runs.put(
        "two-nics-by-default-named",
        List.of("adopt", "52:54:00:50:00:0c", "--nic", "nic2=52:54:00:50:01:0c"));
    return runs;
  }

  /** A machine that asked by its BIOS and says odd things of itself, and a node that was one. */
  private static void remember(Path site) {
    Subject stranger = new Subject.OfStranger(new MacAddress("52:54:00:60:00:99"));
    Instant at = Instant.parse("2026-03-01T10:00:00Z");
    try (Journal journal = SqliteJournal.open(site.resolve(".barestack/journal.db"))) {
      journal.append(
          NodeEvent.of(
              at,
              stranger,
              NodeEvent.Kind.STRANGER_SEEN,
              null,
              Map.of(
                  "client",
                  "iPXE on BIOS i386",
                  "product",
                  "Acme \u001b[31mRed\nnodes: {}",
                  "serial",
                  "7XK2",
                  "uuid",
                  "4c4c4544-0037-5810-804b-b7c04f4b3258")));
      journal.append(
          NodeEvent.of(
              at,
              new Subject.OfNode(new NodeName("kvm7")),
              NodeEvent.Kind.REINSTALL_ORDERED,
              null,
              Map.of()));
    }
  }

  private Path site(String example) throws IOException {
    Path site = Files.createDirectory(folder.resolve(example));
    Examples.copy(example, site);
    return site;
  }

  private static Barestack run(Path site, List<String> arguments) {
    return Barestack.run(
        Stream.concat(arguments.stream(), Stream.of("--site", site.toString()))
            .toArray(String[]::new));
  }

  private static String told(Path site, List<String> arguments) {
    Barestack run = run(site, arguments);
    return ("$ barestack "
            + String.join(" ", arguments)
            + "\n"
            + run.out()
            + (run.err().isEmpty() ? "" : "---- standard error\n" + run.err())
            + "---- exit code "
            + run.status()
            + "\n")
        .replace(site + "/", "")
        .replaceAll("last seen [-0-9]{10} [:0-9]{8}", "last seen WHEN");
  }

  @Test
  void whatIsSaidOfEachWish() throws IOException {
    Map<String, String> texts = new LinkedHashMap<>();
    Map<String, Map<String, List<String>>> all =
        Map.of("minimal", onMinimal(), "lab", onLab(), "rack", onRack());
    for (String example : List.of("minimal", "lab", "rack")) {
      Path site = site(example);
      remember(site);
      String before = Files.readString(site.resolve("site.yaml"));
      all.getOrDefault(example, Map.of())
          .forEach(
              (name, arguments) -> texts.put(example + "-" + name + ".txt", told(site, arguments)));
      assertThat(site.resolve("site.yaml")).hasContent(before);
    }
    Golden.check("org/barestack/app/adopt", texts);
  }

  @Test
  void itIsWrittenOnce() throws IOException {
    Path site = site("minimal");
    Path file = site.resolve("site.yaml");
    String before = Files.readString(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
    List<String> adopt =
        List.of("adopt", FRESH, "--name", "kvm2", "--role", "kvm-worker", "--write");
    Barestack written = run(site, adopt);
    assertThat(written.status()).as(written.toString()).isZero();
    String line =
        "  kvm2: { role: kvm-worker, address: 192.168.60.12, nics: { nic1: \"" + FRESH + "\" } }";
    assertThat(written.out())
        .startsWith("kvm2 is in " + file + ":18, as kvm-worker with 192.168.60.12\n" + line + "\n");
    assertThat(file).content().isEqualTo(before + line + "\n");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-rw-r--");
    assertThat(names(site)).containsExactly("site.yaml");
    assertThat(run(site, adopt))
        .isEqualTo(
            new Barestack(
                0, FRESH + " is node kvm2 already (" + file + ":18); nothing to do\n", ""));
    assertThat(file).content().isEqualTo(before + line + "\n");
    assertThat(run(site, List.of("validate")).status()).isZero();
    assertThat(run(site, List.of("adopt", "52:54:00:60:00:0d", "--write")).out())
        .startsWith("kvm3 is in " + file + ":19, as kvm-worker with 192.168.60.13\n");
  }

  private static List<String> names(Path site) {
    try (Stream<Path> files = Files.list(site)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aLinkStaysALink() throws IOException {
    Path site = site("minimal");
    Path file = site.resolve("site.yaml");
    Path target = Files.createDirectory(folder.resolve("elsewhere")).resolve("real.yaml");
    Files.move(file, target);
    Files.createSymbolicLink(file, Path.of("../elsewhere/real.yaml"));
    assertThat(run(site, List.of("adopt", FRESH, "--write")).status()).isZero();
    assertThat(Files.readSymbolicLink(file)).isEqualTo(Path.of("../elsewhere/real.yaml"));
    assertThat(target).content().contains("\n  kvm2: {").contains(FRESH);
    assertThat(names(target.resolveSibling(""))).containsExactly("real.yaml");
  }

  /** A node that is wrong, and a site that was wrong before. */
  @Test
  void whatIsNotValidIsNotWritten() throws IOException {
    Path site = site("minimal");
    Path file = site.resolve("site.yaml");
    String before = Files.readString(file);
    Barestack bad = run(site, List.of("adopt", FRESH, "--disk", "min=big", "--write"));
    assertThat(bad.status()).isEqualTo(1);
    assertThat(bad.out()).isEmpty();
    assertThat(bad.err())
        .startsWith("barestack: with kvm2 the site would not be valid; nothing was written.")
        .contains("  kvm2: { role: kvm-worker, ", file + ":18:", "'big' is not a size");
    assertThat(file).hasContent(before);

    Files.writeString(file, before.replace("  address: 192.168.60.5\n", ""));
    assertThat(run(site, List.of("validate")).status()).isEqualTo(1);
    Barestack despite = run(site, List.of("adopt", FRESH, "--write"));
    assertThat(despite.status()).as(despite.toString()).isZero();
    assertThat(file).content().contains(FRESH);
  }

  /** What init wrote stands there with a MAC address that no machine has. */
  @Test
  void aPlaceholderIsReplacedByHand() throws IOException {
    Path site = site("minimal");
    Path file = site.resolve("site.yaml");
    Files.writeString(
        file, Files.readString(file).replace("52:54:00:60:00:0b", "00:00:5e:00:53:0b"));
    assertThat(run(site, List.of("adopt", FRESH, "--name", "kvm1", "--write")))
        .isEqualTo(
            new Barestack(
                2,
                "",
                "barestack: kvm1 is already a node ("
                    + file
                    + ":17), whose MAC address 00:00:5e:00:53:0b is a placeholder; write "
                    + FRESH
                    + " in its place\n"));
  }

  @Test
  void aFileThatNoLineFitsIntoIsForPeople() throws IOException {
    Path site = site("minimal");
    Path file = site.resolve("site.yaml");
    String text = Files.readString(file).replace("  kvm1:  {", "  ? kvm1\n  : {");
    Files.writeString(file, text);
    Barestack refused = run(site, List.of("adopt", FRESH, "--write"));
    assertThat(refused)
        .isEqualTo(
            new Barestack(
                1,
                "",
                """
                barestack: %s: its last node does not begin its line; nothing was written. The lines for you to put in:
                  kvm2:
                    role: kvm-worker
                    address: 192.168.60.12
                    nics: { nic1: "52:54:00:60:00:0c" }
                """
                    .formatted(file)));
    assertThat(file).hasContent(text);
  }

  @Test
  void aFileThatCannotBeReadIsSaidToBe() throws IOException {
    Path site = site("minimal");
    Path file = site.resolve("site.yaml");
    Files.writeString(file, "site: [\n");
    Barestack refused = run(site, List.of("adopt", FRESH, "--write"));
    assertThat(refused.status()).isEqualTo(2);
    assertThat(refused.err()).endsWith(file + " cannot be read; nothing was done\n");
    Files.writeString(file, "site: tiny\nnodes: {}\n");
    Barestack bare = run(site, List.of("adopt", FRESH));
    assertThat(bare.status()).isEqualTo(2);
    assertThat(bare.err()).contains("networks: missing").contains("nothing was done");
  }

  @Test
  void programsReadJson() throws IOException {
    Path site = site("minimal");
    remember(site);
    JsonNode seen =
        JsonMapper.builder()
            .build()
            .readTree(run(site, List.of("adopt", "52:54:00:60:00:99", "--json")).out());
    assertThat(seen.get("name").asText()).isEqualTo("kvm2");
    assertThat(seen.get("firmware").asText()).isEqualTo("bios");
    assertThat(seen.get("nics").get("nic1").asText()).isEqualTo("52:54:00:60:00:99");
    assertThat(seen.get("seen").get("serial").asText()).isEqualTo("7XK2");
    assertThat(seen.get("written").asBoolean()).isFalse();
    assertThat(seen.get("place").asText()).endsWith("site.yaml:18");
    assertThat(seen.get("lines")).hasSize(1);
    assertThat(seen.get("errors")).isEmpty();
    JsonNode already =
        JsonMapper.builder()
            .build()
            .readTree(run(site, List.of("adopt", "52:54:00:60:00:0b", "--json")).out());
    assertThat(already.get("already").asBoolean()).isTrue();
    assertThat(already.get("name").asText()).isEqualTo("kvm1");
  }

  /** What a machine says of itself may hold anything; none of it reaches the file. */
  @Test
  void whatAMachineSaysOfItselfStaysOutOfTheFile() throws IOException {
    Path site = site("minimal");
    remember(site);
    Barestack written = run(site, List.of("adopt", "52:54:00:60:00:99", "--write"));
    assertThat(written.status()).as(written.toString()).isZero();
    assertThat(written.err()).doesNotContain("\u001b");
    assertThat(site.resolve("site.yaml"))
        .content()
        .contains("firmware: bios")
        .doesNotContain("Acme");
    List<String> all = new ArrayList<>(List.of(run(site, List.of("status")).out().split("\n", -1)));
    assertThat(all).noneMatch(line -> line.contains("UNKNOWN MACHINE"));
  }
}
