package org.barestack.format.rpm;

/** Tags of headers that are read here (rpmtag.h). */
final class Tag {
  private Tag() {}

  // of both headers
  static final int HEADER_SIGNATURES = 62;
  static final int HEADER_IMMUTABLE = 63;

  // of the signature header
  static final int DSA_HEADER = 267;
  static final int RSA_HEADER = 268;
  static final int OPENPGP = 278;
  static final int PGP = 1002;
  static final int GPG = 1005;

  // of the main header
  static final int NAME = 1000;
  static final int VERSION = 1001;
  static final int RELEASE = 1002;
  static final int ARCH = 1022;
  static final int FILE_SIZES = 1028;
  static final int FILE_MODES = 1030;
  static final int FILE_DIGESTS = 1035;
  static final int FILE_LINKTOS = 1036;
  static final int FILE_FLAGS = 1037;
  static final int SOURCE_RPM = 1044;
  static final int FILE_DEVICES = 1095;
  static final int FILE_INODES = 1096;
  static final int SOURCE_PACKAGE = 1106;
  static final int DIR_INDEXES = 1116;
  static final int BASE_NAMES = 1117;
  static final int DIR_NAMES = 1118;
  static final int PAYLOAD_FORMAT = 1124;
  static final int PAYLOAD_COMPRESSOR = 1125;
  static final int LONG_FILE_SIZES = 5008;
  static final int FILE_DIGEST_ALGORITHM = 5011;
  static final int PAYLOAD_SHA256 = 5092;
  static final int PAYLOAD_DIGEST_ALGORITHM = 5093;
  static final int PAYLOAD_SHA256_ALT = 5097;
}
