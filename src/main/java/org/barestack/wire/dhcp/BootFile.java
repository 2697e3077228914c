package org.barestack.wire.dhcp;

import java.net.URI;

/** What a network-boot client is to load. */
public sealed interface BootFile {
  /**
   * A file on the TFTP server of this host.
   *
   * @param name 127 octets at most, or it does not fit the header field that shim reads
   */
  record Tftp(String name) implements BootFile {
    public Tftp {
      if (name.length() > LONGEST_NAME) {
        throw new IllegalArgumentException(
            "a TFTP boot file name has %d characters at most: '%s'".formatted(LONGEST_NAME, name));
      }
    }
  }

  /** A loader for UEFI HTTP Boot, or a script for iPXE. */
  record Url(URI uri) implements BootFile {}

  /** Nothing, and why. */
  record None(String reason) implements BootFile {}

  /** What fits the header field {@code file} with its NUL. */
  int LONGEST_NAME = 127;
}
