package org.barestack.wire.dhcp;

import static org.barestack.wire.dhcp.OptionCode.BOOT_FILE;
import static org.barestack.wire.dhcp.OptionCode.IPXE;
import static org.barestack.wire.dhcp.OptionCode.TFTP_SERVER;
import static org.barestack.wire.dhcp.OptionCode.VENDOR_CLASS;
import static org.barestack.wire.dhcp.OptionCode.VENDOR_SPECIFIC;

import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;
import org.barestack.model.ClientKind;
import org.barestack.model.MacAddress;
import org.barestack.wire.dhcp.BootFile.None;
import org.barestack.wire.dhcp.BootFile.Tftp;
import org.barestack.wire.dhcp.BootFile.Url;

/** What a network-boot client is told to load, and how (Intel's PXE 2.1, UEFI 2.10 §24.7). */
final class BootPart {
  /** Inside option 43: how to look for boot servers. */
  private static final int PXE_DISCOVERY_CONTROL = 6;

  /** Not at all: boot the file that the offer names, without a menu. */
  private static final byte BOOT_NAMED_FILE = 8;

  /** Inside option 43: the chosen line of a boot menu. */
  private static final int PXE_BOOT_ITEM = 71;

  /** Inside option 175: do not wait 2 s for another server's boot file. */
  private static final int IPXE_NO_PROXY = 176;

  /** Says in the log of the TFTP server what it is about. */
  private static final String MISSING = "no-loader-for-this-machine";

  private final DhcpSettings settings;
  private final BootFiles bootFiles;

  BootPart(DhcpSettings settings, BootFiles bootFiles) {
    this.settings = settings;
    this.bootFiles = bootFiles;
  }

  BootFile bootFile(MacAddress mac, ClientKind kind) {
    return switch (bootFiles.find(mac, kind)) {
      case Tftp tftp when kind.http() ->
          new None("HTTP Boot takes a URL, not the TFTP file " + tftp.name());
      case Url url when !kind.http() && !kind.ipxe() ->
          new None("PXE firmware takes a TFTP file, not the URL " + url.uri());
      case BootFile file -> file;
    };
  }

  /**
   * The boot file in every place where some client looks: shim reads only the header, EDK2 prefers
   * the options and takes the TFTP server from siaddr.
   */
  DhcpPacket withBootFile(DhcpPacket answer, Question question, ClientKind kind, BootFile file) {
    String name =
        switch (file) {
          case Tftp tftp -> tftp.name();
          case Url url -> url.uri().toASCIIString();
          case None none -> "";
        };
    if (name.isEmpty()) {
      return withMissingFile(answer, question.packet());
    }
    String server = settings.serverAddress().toString();
    SequencedMap<Integer, Octets> more = new LinkedHashMap<>();
    more.put(VENDOR_CLASS, Octets.text(kind.http() ? Client.HTTP : Client.PXE));
    more.put(TFTP_SERVER, Octets.text(server));
    more.put(BOOT_FILE, Octets.text(name));
    DhcpOptions pxe = pxeOptions(question.packet(), kind);
    if (!pxe.values().isEmpty()) {
      more.put(VENDOR_SPECIFIC, pxe.octets().plus(Octets.of((byte) OptionCode.END)));
    }
    if (kind.ipxe() && settings.mode() == DhcpMode.FULL) {
      more.put(IPXE, DhcpOptions.NONE.with(IPXE_NO_PROXY, Octets.of((byte) 1)).octets());
    }
    return answer
        .withBoot(
            settings.serverAddress(), server, name.length() <= BootFile.LONGEST_NAME ? name : "")
        .with(more);
  }

  /**
   * For PXE firmware that we have nothing for: a file that the TFTP server does not have. Measured
   * with OVMF, it goes on to its disk after 21 s; after 167 s with an address and no file, and
   * after 157 s without any answer.
   */
  DhcpPacket withMissingFile(DhcpPacket answer, DhcpPacket request) {
    return request.text(VENDOR_CLASS).orElse("").startsWith(Client.PXE)
        ? answer
            .withBoot(settings.serverAddress(), settings.serverAddress().toString(), MISSING)
            .with(VENDOR_CLASS, Octets.text(Client.PXE))
            .with(TFTP_SERVER, Octets.text(settings.serverAddress().toString()))
            .with(BOOT_FILE, Octets.text(MISSING))
        : answer;
  }

  /**
   * What option 43 holds. With discovery control 8 firmware boots the named file at once: a BIOS
   * ROM needs that by default. UEFI gets none by default: many real firmwares mishandle option 43
   * of a proxy, and without it they come to port 4011. A chosen menu line is handed back, since
   * iPXE drops an answer to another choice.
   */
  private DhcpOptions pxeOptions(DhcpPacket request, ClientKind kind) {
    DhcpOptions pxe = DhcpOptions.NONE;
    if (settings.discoveryControl().contains(kind)) {
      pxe = pxe.with(PXE_DISCOVERY_CONTROL, Octets.of(BOOT_NAMED_FILE));
    }
    Optional<Octets> item =
        request
            .options()
            .get(VENDOR_SPECIFIC)
            .flatMap(Octets::options)
            .flatMap(options -> options.get(PXE_BOOT_ITEM));
    return item.isPresent() ? pxe.with(PXE_BOOT_ITEM, item.get()) : pxe;
  }

  static String describe(BootFile file) {
    return switch (file) {
      case Tftp tftp -> "boots " + tftp.name();
      case Url url -> "boots " + url.uri();
      case None none -> "no boot file: " + none.reason();
    };
  }
}
