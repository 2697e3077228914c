package org.barestack.rehearse;

/**
 * A boot medium in a machine. The file stays as it is, whatever the machine writes.
 *
 * @param location of the image: a path, or a URL that the machine's lab reaches (the host's end of
 *     it too), which QEMU then reads in ranges
 * @param serialMenu whether its boot menus come on the serial port by themselves: then SeaBIOS
 *     shows its screen there no more, else each character of a menu came twice
 */
public record InsertedMedium(String location, Drive drive, boolean serialMenu) {
  /** How the machine has it. */
  public enum Drive {
    /** A disc in a SCSI drive. */
    CD,
    /** A SCSI disk that can be removed, and takes writes, as a stick does. */
    STICK
  }
}
