package org.barestack.wire.dhcp;

/** The numbers of the options that are read or written here. */
public final class OptionCode {
  /** RFC 2132 §3. */
  public static final int PAD = 0;

  public static final int SUBNET_MASK = 1;
  public static final int ROUTER = 3;
  public static final int DNS = 6;
  public static final int HOST_NAME = 12;
  public static final int DOMAIN = 15;
  public static final int BROADCAST = 28;
  public static final int NTP = 42;

  /** RFC 2132 §8.4; what is inside belongs to the vendor class. For PXE: options 6 to 10, 71. */
  public static final int VENDOR_SPECIFIC = 43;

  public static final int REQUESTED_ADDRESS = 50;
  public static final int LEASE_TIME = 51;

  /** RFC 2132 §9.3: {@code file} (1), {@code sname} (2) or both (3) hold options. */
  public static final int OVERLOAD = 52;

  public static final int MESSAGE_TYPE = 53;
  public static final int SERVER_ID = 54;

  /** Why a NAK is one, for the client's log (RFC 2132 §9.9). */
  public static final int MESSAGE = 56;

  /** RFC 2132 §9.10: the largest datagram that the client takes, 16 bits. */
  public static final int LARGEST_MESSAGE = 57;

  public static final int RENEWAL_TIME = 58;
  public static final int REBINDING_TIME = 59;
  public static final int VENDOR_CLASS = 60;
  public static final int CLIENT_ID = 61;
  public static final int TFTP_SERVER = 66;
  public static final int BOOT_FILE = 67;
  public static final int USER_CLASS = 77;

  /** RFC 3046: the relay's, handed back as it came, after all others. */
  public static final int RELAY_INFORMATION = 82;

  /** RFC 4578 §2.1: what the firmware runs on, 16 bits each. */
  public static final int ARCHITECTURES = 93;

  /** RFC 4578 §2.3: the machine's UUID. */
  public static final int MACHINE_ID = 97;

  /** iPXE's own encapsulated options, both ways. */
  public static final int IPXE = 175;

  public static final int END = 255;

  private OptionCode() {}
}
