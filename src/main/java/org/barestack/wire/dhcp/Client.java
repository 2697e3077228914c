package org.barestack.wire.dhcp;

import static org.barestack.wire.dhcp.OptionCode.VENDOR_CLASS;

import java.util.List;
import java.util.Optional;
import org.barestack.model.ClientKind;

/** What kind of program asks. */
public sealed interface Client {
  /** Firmware or iPXE that wants a file to boot. */
  record NetworkBoot(ClientKind kind) implements Client {}

  /** Firmware that wants a file to boot, of a kind for which there is none. */
  record Unserved(String reason) implements Client {}

  /**
   * Any other: an operating system, or Rocky's installer, which calls itself {@code
   * anaconda-Linux}.
   */
  record Plain() implements Client {}

  /** What a client's option 60 begins with, and what an answer to it says: PXE by TFTP. */
  String PXE = "PXEClient";

  /** The same for UEFI HTTP Boot. */
  String HTTP = "HTTPClient";

  /**
   * Tells by options 60, 93, 77 and 175 (RFC 4578 §2.1, UEFI 2.10 §24.7).
   *
   * <p>An iPXE that says in option 175 that it cannot load by HTTP, or on BIOS no Linux kernel, is
   * no better than the ROM under it, and is taken for that: old network cards carry such builds.
   */
  static Client of(DhcpPacket packet) {
    String vendorClass = packet.text(VENDOR_CLASS).orElse("");
    boolean http = vendorClass.startsWith(HTTP);
    if (!http && !vendorClass.startsWith(PXE)) {
      return new Plain();
    }
    List<Integer> architectures = packet.architectures();
    boolean ipxe = packet.userClasses().contains("iPXE") && bootsLinux(packet, architectures);
    return architectures.stream()
        .map(architecture -> ClientKind.of(architecture, ipxe))
        .flatMap(Optional::stream)
        .filter(kind -> kind.ipxe() || kind.http() == http)
        .findFirst()
        .<Client>map(NetworkBoot::new)
        .orElseGet(() ->
            new Unserved(
                "no loader for architecture %s by %s (option 93)"
                    .formatted(architectures, http ? "HTTP" : "TFTP")));
  }

  private static boolean bootsLinux(DhcpPacket packet, List<Integer> architectures) {
    int featureHttp = 0x13;
    int featureBzImage = 0x18;
    return packet
        .ipxe()
        .map(features ->
            features.has(featureHttp)
                && (features.has(featureBzImage) || !architectures.contains(0)))
        .orElse(true);
  }
}
