package org.barestack.rehearse;

import java.util.List;
import java.util.UUID;
import org.barestack.model.MacAddress;

/**
 * A machine as it would be bought.
 *
 * @param name letters, digits and hyphens; names its files
 * @param macs one virtio network card each, the first is the one it boots from
 * @param memoryMebibytes 1024 is enough for the stand-in installer; the real one wants 3072
 * @param uuid in SMBIOS type 1, and what firmware sends as DHCP option 97
 * @param serial in SMBIOS type 1, and what Anaconda sends as X-System-Serial-Number
 */
public record MachineSpec(
    String name,
    Firmware firmware,
    List<MacAddress> macs,
    int memoryMebibytes,
    List<Disk> disks,
    UUID uuid,
    String serial,
    BootOrder bootOrder) {
  public MachineSpec {
    macs = List.copyOf(macs);
    disks = List.copyOf(disks);
    if (!name.matches("[A-Za-z0-9-]{1,40}")) {
      throw new IllegalArgumentException("machine name '" + name + "'");
    }
    if (!serial.matches("[A-Za-z0-9_.-]{1,60}")) {
      throw new IllegalArgumentException("machine " + name + ": serial '" + serial + "'");
    }
  }
}
