package org.barestack.verify;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;

/**
 * Public keys as a file has them: armored (RFC 4880 §6), one block or several, or binary. That a
 * key is in a file says nothing about trust.
 *
 * @param name of the file, for messages
 */
public record KeyFile(String name, List<Certificate> certificates) {
  /** A file with all keys of a distribution has some 100 KiB. */
  private static final int LONGEST = 4 << 20;

  private static final int MOST_KEYS = 1000;

  /** Copies the list. */
  public KeyFile {
    certificates = List.copyOf(certificates);
  }

  /**
   * Reads a file of keys.
   *
   * @throws MalformedException if it holds no public key, or what is no key
   * @throws IOException if it cannot be read
   */
  public static KeyFile read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return parse(String.valueOf(file.getFileName()), in.readNBytes(LONGEST + 1));
    }
  }

  /**
   * The same from memory.
   *
   * @param name of the file, for messages
   * @throws MalformedException if it holds no public key, or what is no key
   */
  public static KeyFile parse(String name, byte[] octets) throws MalformedException {
    if (octets.length > LONGEST) {
      throw new MalformedException(name, "has more than " + (LONGEST >> 20) + " MiB");
    }
    List<Certificate> certificates = new ArrayList<>();
    try {
      for (byte[] block : Armor.blocks(octets, "PGP PUBLIC KEY BLOCK")) {
        BcPGPObjectFactory packets = new BcPGPObjectFactory(block);
        for (Object packet = packets.nextObject(); packet != null; packet = packets.nextObject()) {
          if (packet instanceof PGPPublicKeyRing ring) {
            certificates.add(new Certificate(ring));
          } else {
            throw new MalformedException(name, "holds something that is no public key");
          }
          if (certificates.size() > MOST_KEYS) {
            throw new MalformedException(name, "holds more than " + MOST_KEYS + " keys");
          }
        }
      }
    } catch (MalformedException e) {
      throw e;
    } catch (IOException | RuntimeException e) { // what is no key breaks the library in many ways
      throw new MalformedException(name, "is no file of OpenPGP public keys: " + e.getMessage());
    }
    if (certificates.isEmpty()) {
      throw new MalformedException(name, "holds no OpenPGP public key");
    }
    return new KeyFile(name, certificates);
  }
}
