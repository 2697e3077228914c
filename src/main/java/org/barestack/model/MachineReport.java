package org.barestack.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an installer's {@code %pre} says about its machine when it claims a disk. It travels as form
 * fields, {@code machine.uuid=...}, {@code disk.0.name=...}, and stands in the journal the same
 * way.
 *
 * @param uuid the SMBIOS system UUID in lower case; empty if unknown
 * @param serial the SMBIOS system serial number; empty if unknown
 * @param firmware {@code bios} or {@code uefi}
 * @param memoryKib RAM in KiB; 0 if unknown
 * @param clock the machine's clock, seconds since 1970; 0 if unknown
 * @param virtualization {@code vmx} or {@code svm}; empty if the processor offers neither
 */
public record MachineReport(
    String uuid,
    String serial,
    String firmware,
    long memoryKib,
    long clock,
    String virtualization,
    List<Disk> disks) {
  /** More disks than any report may list; a report with more is refused. */
  public static final int MOST_DISKS = 256;

  /** In characters: what a disk is called by. */
  private static final int LONGEST_WORD = 256;

  public MachineReport {
    disks = List.copyOf(disks);
  }

  /**
   * Reads the form fields. Fields that are not there count as unknown, and an unknown that would
   * speak against a disk counts against it.
   *
   * @throws IllegalArgumentException if a number is none, or there are too many disks, or too long
   *     names
   */
  public static MachineReport parse(Map<String, String> fields) {
    List<Disk> disks = new ArrayList<>();
    while (fields.containsKey("disk." + disks.size() + ".name")) {
      if (disks.size() == MOST_DISKS) {
        throw new IllegalArgumentException("more than " + MOST_DISKS + " disks");
      }
      disks.add(disk(fields, "disk." + disks.size() + "."));
    }
    return new MachineReport(
        fields.getOrDefault("machine.uuid", ""),
        fields.getOrDefault("machine.serial", ""),
        fields.getOrDefault("machine.firmware", ""),
        number(fields, "machine.memory_kib"),
        number(fields, "machine.clock"),
        fields.getOrDefault("machine.virtualization", ""),
        disks);
  }

  private static Disk disk(Map<String, String> fields, String prefix) {
    return new Disk(
        word(fields, prefix + "name"),
        number(fields, prefix + "size"),
        word(fields, prefix + "serial"),
        word(fields, prefix + "wwn"),
        word(fields, prefix + "model"),
        words(fields, prefix + "paths"),
        !"0".equals(fields.get(prefix + "medium")),
        !"0".equals(fields.get(prefix + "readonly")),
        !"0".equals(fields.get(prefix + "used")),
        "zero".equals(fields.get(prefix + "edges")),
        words(fields, prefix + "signatures"),
        words(fields, prefix + "labels"));
  }

  /** Kernel, SCSI and NVMe have shorter ones; each is told again in reasons and identities. */
  private static String word(Map<String, String> fields, String key) {
    String text = fields.getOrDefault(key, "");
    if (text.length() > LONGEST_WORD) {
      throw new IllegalArgumentException(
          key + " has more than " + LONGEST_WORD + " characters: " + text.length());
    }
    return text;
  }

  private static long number(Map<String, String> fields, String key) {
    String text = fields.getOrDefault(key, "0");
    if (!text.matches("[0-9]{1,18}")) {
      throw new IllegalArgumentException(key + " is not a number: '" + text + "'");
    }
    return Long.parseLong(text);
  }

  private static List<String> words(Map<String, String> fields, String key) {
    return Arrays.stream(fields.getOrDefault(key, "").split(" ", -1))
        .filter(word -> !word.isEmpty())
        .toList();
  }

  /**
   * What tells this machine from another with the same MAC address: UUID and serial number, of
   * which either may be missing, and cheap boards share one of the two.
   */
  public String machine() {
    return machine(uuid, serial);
  }

  /** The same from the fields of an event. */
  static String machine(Map<String, String> fields) {
    return machine(
        fields.getOrDefault("machine.uuid", ""), fields.getOrDefault("machine.serial", ""));
  }

  private static String machine(String uuid, String serial) {
    return serial.isEmpty() ? uuid : uuid + "/" + serial;
  }

  /** The form fields again. */
  public Map<String, String> fields() {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("machine.uuid", uuid);
    fields.put("machine.serial", serial);
    fields.put("machine.firmware", firmware);
    fields.put("machine.memory_kib", Long.toString(memoryKib));
    fields.put("machine.clock", Long.toString(clock));
    fields.put("machine.virtualization", virtualization);
    for (int i = 0; i < disks.size(); i++) {
      Disk disk = disks.get(i);
      String prefix = "disk." + i + ".";
      fields.put(prefix + "name", disk.name());
      fields.put(prefix + "size", Long.toString(disk.size()));
      fields.put(prefix + "serial", disk.serial());
      fields.put(prefix + "wwn", disk.wwn());
      fields.put(prefix + "model", disk.model());
      fields.put(prefix + "paths", String.join(" ", disk.paths()));
      fields.put(prefix + "medium", disk.medium() ? "1" : "0");
      fields.put(prefix + "readonly", disk.readOnly() ? "1" : "0");
      fields.put(prefix + "used", disk.used() ? "1" : "0");
      fields.put(prefix + "edges", disk.edgesZero() ? "zero" : "data");
      fields.put(prefix + "signatures", String.join(" ", disk.signatures()));
      fields.put(prefix + "labels", String.join(" ", disk.labels()));
    }
    return fields;
  }
}
