package org.barestack.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.barestack.testing.Properties.forAll;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.barestack.model.Node.DiskRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MachineReportTest {
  private static final Disk SDA =
      new Disk(
          "sda",
          100L << 30,
          "S1",
          "0x5000C500A1B2C3D4",
          "Model",
          List.of("/dev/disk/by-path/pci-1"),
          false,
          false,
          false,
          true,
          List.of(),
          List.of());

  private static Disk disk(String serial, String wwn, long size) {
    return new Disk(
        "vda", size, serial, wwn, "", List.of(), false, false, false, true, List.of(), List.of());
  }

  private static Disk holding(boolean edgesZero, List<String> signatures, List<String> labels) {
    return new Disk(
        "vda", 5L << 40, "", "", "", List.of(), false, false, false, edgesZero, signatures, labels);
  }

  @Test
  void survivesItsFields() {
    forAll(
        500,
        random -> {
          MachineReport report =
              new MachineReport(
                  word(random),
                  word(random),
                  word(random),
                  random.nextLong(1L << 50),
                  random.nextLong(1L << 50),
                  word(random),
                  Stream.generate(() -> disk(random)).limit(random.nextInt(8)).toList());
          assertThat(MachineReport.parse(report.fields())).isEqualTo(report);
        });
  }

  private static Disk disk(SplittableRandom random) {
    return new Disk(
        word(random),
        random.nextLong(1L << 55),
        word(random),
        word(random),
        word(random) + " " + word(random),
        words(random),
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextBoolean(),
        random.nextBoolean(),
        words(random),
        words(random));
  }

  private static List<String> words(SplittableRandom random) {
    return Stream.generate(() -> "w" + word(random)).limit(random.nextInt(4)).toList();
  }

  /** Anything without a space, which parts words. */
  private static String word(SplittableRandom random) {
    return random
        .ints(random.nextInt(12), '!', 0x300)
        .mapToObj(Character::toString)
        .collect(Collectors.joining());
  }

  /** What a machine does not say counts against its disk. */
  @Test
  void whatIsNotThereSpeaksAgainstTheDisk() {
    MachineReport report = MachineReport.parse(Map.of("disk.0.name", "sda"));
    assertThat(report.disks())
        .containsExactly(
            new Disk(
                "sda", 0, "", "", "", List.of(), true, true, true, false, List.of(), List.of()));
    assertThat(report.disks().getFirst().blank()).isFalse();
    assertThat(MachineReport.parse(Map.of()))
        .isEqualTo(new MachineReport("", "", "", 0, 0, "", List.of()));
  }

  @Test
  void onlyAPlainZeroIsNo() {
    for (String answer : List.of("", "1", "false", "no", "00", "0 ", "-0")) {
      Disk disk =
          MachineReport.parse(
                  Map.of(
                      "disk.0.name", "sda",
                      "disk.0.medium", answer,
                      "disk.0.readonly", answer,
                      "disk.0.used", answer,
                      "disk.0.edges", answer))
              .disks()
              .getFirst();
      assertThat(disk.medium() && disk.readOnly() && disk.used() && !disk.edgesZero())
          .as("answer '%s'", answer)
          .isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "+1", "1e9", "0x10", "12\n", "٣", "1234567890123456789"})
  void refusesWhatIsNoNumber(String text) {
    for (String key : List.of("machine.memory_kib", "machine.clock", "disk.0.size")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> MachineReport.parse(Map.of("disk.0.name", "sda", key, text)))
          .withMessageStartingWith(key + " is not a number");
    }
  }

  @Test
  void refusesTooManyDisks() {
    Map<String, String> fields =
        IntStream.range(0, MachineReport.MOST_DISKS)
            .boxed()
            .collect(Collectors.toMap(i -> "disk." + i + ".name", i -> "sd" + i));
    assertThat(MachineReport.parse(fields).disks()).hasSize(256);
    fields.put("disk.256.name", "sdx");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MachineReport.parse(fields))
        .withMessage("more than 256 disks");
  }

  @Test
  void refusesWhatNoDiskIsCalled() {
    for (String key : List.of("name", "serial", "wwn", "model")) {
      Map<String, String> fields = new HashMap<>(Map.of("disk.0.name", "sda"));
      fields.put("disk.0." + key, "x".repeat(256));
      assertThat(MachineReport.parse(fields).disks()).hasSize(1);
      fields.put("disk.0." + key, "x".repeat(257));
      assertThatIllegalArgumentException()
          .as(key)
          .isThrownBy(() -> MachineReport.parse(fields))
          .withMessage("disk.0." + key + " has more than 256 characters: 257");
    }
  }

  @Test
  void nothingButAnIllegalArgumentComesOfHostileFields() {
    List<String> keys =
        Stream.concat(
                MachineReport.parse(Map.of("disk.0.name", "a", "disk.1.name", "b"))
                    .fields()
                    .keySet()
                    .stream(),
                Stream.of("disk.-1.name", "disk.99999999999.name", "disk.0", "", "."))
            .toList();
    forAll(
        2_000,
        random -> {
          Map<String, String> fields = new TreeMap<>();
          for (int i = random.nextInt(20); i > 0; i--) {
            String text = random.nextInt(3) == 0 ? "7" : word(random) + "\0 \n" + word(random);
            fields.put(keys.get(random.nextInt(keys.size())), text);
          }
          try {
            MachineReport report = MachineReport.parse(fields);
            assertThat(MachineReport.parse(report.fields())).isEqualTo(report);
            report.disks().forEach(disk -> assertThat(disk.describe()).isNotEmpty());
          } catch (IllegalArgumentException e) {
            assertThat(e).hasMessageContaining("is not a number");
          }
        });
  }

  static Stream<Arguments> identities() {
    return Stream.of(
        Arguments.of(disk("S1", "0x5000C5", 7), "wwn:0x5000c5"),
        Arguments.of(disk("S1", "", 7), "serial:S1/7"),
        Arguments.of(disk("", "", 7), "name:vda/7"),
        Arguments.of(disk("A,serial:B/7", "", 7), "serial:A_serial:B/7/7"));
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource("identities")
  void identity(Disk disk, String identity) {
    assertThat(disk.identity()).isEqualTo(identity);
  }

  @Test
  void anIdentityIsOneInAnEvent() {
    forAll(200, random -> assertThat(disk(random).identity()).doesNotContain(",").isNotEmpty());
  }

  @Test
  void isBlankOnlyWhenNothingSpeaksAgainstIt() {
    assertThat(holding(true, List.of(), List.of()).blank()).isTrue();
    assertThat(holding(false, List.of(), List.of()).blank()).isFalse();
    assertThat(holding(true, List.of("gpt"), List.of()).blank()).isFalse();
    assertThat(holding(true, List.of(), List.of("data")).blank()).isFalse();
  }

  @Test
  void describesItself() {
    assertThat(SDA.describe()).isEqualTo("sda (100 GiB, Model, serial S1, blank)");
    assertThat(holding(false, List.of(), List.of()).describe())
        .isEqualTo("vda (5.0 TiB, data without a signature)");
    assertThat(holding(false, List.of("gpt", "xfs"), List.of("bsaaaaaaaaaa")).describe())
        .isEqualTo("vda (5.0 TiB, gpt xfs labelled bsaaaaaaaaaa)");
  }

  static Stream<Arguments> rules() {
    long size = SDA.size();
    return Stream.of(
        Arguments.of(new DiskRule.Serial("S1"), true),
        Arguments.of(new DiskRule.Serial("s1"), false),
        Arguments.of(new DiskRule.Wwn("0x5000c500a1b2c3d4"), true),
        Arguments.of(new DiskRule.Wwn("0x5000c500a1b2c3d5"), false),
        Arguments.of(new DiskRule.DevicePath("/dev/sda"), true),
        Arguments.of(new DiskRule.DevicePath("/dev/disk/by-path/pci-1"), true),
        Arguments.of(new DiskRule.DevicePath("sda"), false),
        Arguments.of(new DiskRule.Size(size, null), true),
        Arguments.of(new DiskRule.Size(0, size), true),
        Arguments.of(new DiskRule.Size(size + 1, null), false),
        Arguments.of(new DiskRule.Size(0, size - 1), false));
  }

  @ParameterizedTest(name = "{0}: {1}")
  @MethodSource("rules")
  void matches(DiskRule rule, boolean matches) {
    assertThat(SDA.matches(rule)).isEqualTo(matches);
  }
}
