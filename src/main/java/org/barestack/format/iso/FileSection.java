package org.barestack.format.iso;

/** A file of a volume. */
public final class FileSection {
  /** Characters of a name (Joliet Specification, "Joliet Directory Identifiers"). */
  private static final String NAME = "[^*/:;?\\\\\\p{Cntrl}]{1,64}";

  private final String name;
  private final int mode;
  private final byte[] content;

  /**
   * A file with that content.
   *
   * @param name as people know it: at most 64 characters, and none of {@code * / : ; ? \} or
   *     control characters (Joliet)
   * @param mode permissions, such as 0644
   * @throws IllegalArgumentException if some system could not read the name
   */
  public FileSection(String name, int mode, byte[] content) {
    if (!name.matches(NAME) || name.equals(".") || name.equals("..")) {
      throw new IllegalArgumentException("'" + name + "' cannot name a file of a volume");
    }
    this.name = name;
    this.mode = mode;
    this.content = content.clone();
  }

  String name() {
    return name;
  }

  int mode() {
    return mode;
  }

  byte[] content() {
    return content.clone();
  }

  int length() {
    return content.length;
  }

  @Override
  public String toString() {
    return name + " (" + content.length + " octets)";
  }
}
