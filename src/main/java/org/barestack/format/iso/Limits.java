package org.barestack.format.iso;

/**
 * What an image may ask for. All are far above what real media have, and keep an image that was
 * made to do harm from taking all of the memory or the day: it ends after some seconds.
 */
final class Limits {
  /** A DVD of Rocky Linux has some 10,000 files. */
  static final int ENTRIES = 100_000;

  /** Octets of a path in UTF-8; on Rocky's media the longest have some 130. */
  static final int PATH = 1024;

  /** Octets of a name: Linux's NAME_MAX. */
  static final int NAME = 255;

  /** Octets of a symbolic link's target; Rocky's media have no links. */
  static final int TARGET = 1024;

  /** Directories above an entry; ECMA-119 §6.8.2.1 allows 7, Rock Ridge any number. */
  static final int DEPTH = 64;

  /**
   * Octets of all directories together, with what their records go on in: 100,000 records of the
   * longest kind, and as much again for what fills sectors up, five times over.
   */
  static final long DIRECTORIES = 256L << 20;

  /** Continuations of one record's system use area, as in Linux (RR_MAX_CE_ENTRIES). */
  static final int CONTINUATIONS = 32;

  /** Volume descriptors before the terminator, as in Linux; real images have three or four. */
  static final int DESCRIPTORS = 100;

  /**
   * All files together, as a multiple of the image. Extents overlap only if they are the same, so
   * what is more than once the image is hard links; with twice, each octet may have two names.
   * Rocky 9's have 1.1 times, because kernel and initrd have two names.
   */
  static final int FILES_TO_IMAGE = 2;

  private Limits() {}
}
