package org.barestack.format.iso;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file of a volume.
 *
 * @param name as people know it: at most 64 characters, and none of {@code * / : ; ? \} or control
 *     characters (Joliet)
 * @param mode permissions, such as 0644
 */
public record FileSection(String name, int mode, byte[] content) {
  /** Characters of a name (Joliet Specification, "Joliet Directory Identifiers"). */
  private static final String NAME = "[^*/:;?\\\\\\p{Cntrl}]{1,64}";

  public FileSection {
    if (!name.matches(NAME) || name.equals(".") || name.equals("..")) {
      throw new IllegalArgumentException("'" + name + "' cannot name a file of a volume");
    }
    content = content.clone();
  }

  @Override
  public byte[] content() {
    return content.clone();
  }

  int length() {
    return content.length;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FileSection(String named, int moded, byte[] held)
        && name.equals(named)
        && mode == moded
        && Arrays.equals(content, held);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, mode, Arrays.hashCode(content));
  }

  @Override
  public String toString() {
    return name + " (" + content.length + " octets)";
  }
}
