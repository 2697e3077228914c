package org.barestack.verify;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * A text with its signature around it (RFC 9580 §7).
 *
 * @param lines of the text that is signed, without their ends and what was blank before these; each
 *     octet is one character (ISO 8859-1)
 * @param signature the armored signature
 */
public record ClearSigned(List<String> lines, String signature) {
  private static final String BEGIN = "-----BEGIN PGP SIGNED MESSAGE-----";
  private static final String SIGNATURE = "-----BEGIN PGP SIGNATURE-----";

  /** Copies the lines. */
  public ClearSigned {
    lines = List.copyOf(lines);
  }

  /** Whether a file looks like one. */
  public static boolean is(byte[] octets) {
    return new String(octets, 0, Math.min(octets.length, BEGIN.length()), ISO_8859_1).equals(BEGIN);
  }

  /**
   * Reads one. What is around it is refused, as nobody has signed it.
   *
   * @param name of the file, for messages
   * @throws MalformedException if it is none
   */
  public static ClearSigned parse(String name, byte[] octets) throws MalformedException {
    Iterator<String> in = new String(octets, ISO_8859_1).lines().iterator();
    if (!in.hasNext() || !in.next().stripTrailing().equals(BEGIN)) {
      throw new MalformedException(name, "does not begin with " + BEGIN);
    }
    while (true) {
      String header = in.hasNext() ? in.next().stripTrailing() : SIGNATURE;
      if (header.isEmpty()) {
        break;
      }
      if (!header.startsWith("Hash: ")) {
        throw new MalformedException(name, "has no blank line before its text");
      }
    }
    List<String> lines = new ArrayList<>();
    while (in.hasNext()) {
      String line = in.next();
      if (line.stripTrailing().equals(SIGNATURE)) {
        StringBuilder signature = new StringBuilder(SIGNATURE).append('\n');
        in.forEachRemaining(rest -> signature.append(rest).append('\n'));
        if (!signature.toString().stripTrailing().endsWith("-----END PGP SIGNATURE-----")) {
          throw new MalformedException(name, "goes on after its signature, or that has no end");
        }
        return new ClearSigned(lines, signature.toString());
      }
      if (line.startsWith("-") && !line.startsWith("- ")) {
        throw new MalformedException(name, "has a line of its text that is not escaped by '- '");
      }
      lines.add((line.startsWith("- ") ? line.substring(2) : line).stripTrailing());
    }
    throw new MalformedException(name, "has no signature");
  }

  /** The text with "\n" after each line, as octets. */
  public byte[] text() {
    return (String.join("\n", lines) + "\n").getBytes(ISO_8859_1);
  }

  /** What its signature is worth. */
  public Verdict verdict(TrustedKeys keys, InstantSource clock) {
    SignatureCheck check = SignatureCheck.ofText(signature.getBytes(ISO_8859_1), keys, clock);
    byte[] canonical = String.join("\r\n", lines).getBytes(ISO_8859_1);
    check.write(canonical, 0, canonical.length);
    return check.verdict();
  }
}
