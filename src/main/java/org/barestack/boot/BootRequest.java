package org.barestack.boot;

import org.barestack.model.MacAddress;

/**
 * A machine that asks what to boot.
 *
 * @param mac the interface it asks by
 * @param client what asks, for people: {@code iPXE on UEFI}
 * @param uefi whether UEFI started it
 * @param uuid the SMBIOS system UUID; empty if it told none
 * @param serial the SMBIOS system serial number; empty if it told none
 * @param product manufacturer and model; empty if it told none
 */
public record BootRequest(
    MacAddress mac, String client, boolean uefi, String uuid, String serial, String product) {
  /** What a GRUB can say of its machine, which is little. */
  public static BootRequest byGrub(MacAddress mac) {
    return new BootRequest(mac, "GRUB on UEFI", true, "", "", "");
  }
}
