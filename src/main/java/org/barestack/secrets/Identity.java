package org.barestack.secrets;

import com.exceptionfactory.jagged.RecipientStanzaReader;
import com.exceptionfactory.jagged.x25519.X25519KeyFactory;
import com.exceptionfactory.jagged.x25519.X25519KeyPairGenerator;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaReaderFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** A file with private keys of age, as age-keygen writes it: who has it can open the secrets. */
public final class Identity {
  /** Names the file where no option does. */
  public static final String VARIABLE = "BARESTACK_IDENTITY";

  /** systemd.exec(5): where a unit's LoadCredential= puts its files. */
  private static final String CREDENTIALS = "CREDENTIALS_DIRECTORY";

  private static final String PREFIX = "AGE-SECRET-KEY-1";
  private static final int MAX_SIZE = 1 << 16;

  private final List<String> keys;

  private Identity(List<String> keys) {
    this.keys = keys;
  }

  /**
   * Which file holds the identity: the one that was named, else that of {@value #VARIABLE}, else
   * the systemd credential {@code identity}, else {@code ~/.config/barestack/identity}. It need not
   * exist.
   */
  public static Path file(@Nullable Path named, Map<String, String> environment, Path home) {
    if (named != null) {
      return named;
    }
    String variable = environment.getOrDefault(VARIABLE, "");
    if (!variable.isEmpty()) {
      return Path.of(variable);
    }
    String credentials = environment.getOrDefault(CREDENTIALS, "");
    if (!credentials.isEmpty() && Files.exists(Path.of(credentials, "identity"))) {
      return Path.of(credentials, "identity");
    }
    return home.resolve(".config/barestack/identity");
  }

  /**
   * Makes a new one, for its owner's eyes only.
   *
   * @throws java.nio.file.FileAlreadyExistsException if there is one
   */
  public static Identity make(Path file, InstantSource clock) throws IOException {
    KeyPair pair;
    try {
      pair = new X25519KeyPairGenerator().generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has X25519", e);
    }
    String key = ascii(pair.getPrivate().getEncoded());
    Identity identity = new Identity(List.of(key));
    String text =
        "# created: %s\n# public key: %s\n%s\n"
            .formatted(clock.instant().truncatedTo(ChronoUnit.SECONDS), identity.recipient(), key);
    Path folder = file.toAbsolutePath().getParent();
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Replacement.create(file.toAbsolutePath(), text, "rw-------");
    return identity;
  }

  /**
   * Reads one.
   *
   * @throws IOException if the file cannot be read
   * @throws IllegalArgumentException if it holds no identity that we can use; with "what is wrong;
   *     what to do", and nothing of what it holds
   */
  static Identity read(Path file) throws IOException {
    byte[] bytes;
    try (var in = Files.newInputStream(file, StandardOpenOption.READ)) {
      bytes = in.readNBytes(MAX_SIZE);
    }
    List<String> keys = new ArrayList<>();
    for (String line : new String(bytes, StandardCharsets.ISO_8859_1).split("\\R", -1)) {
      String word = line.strip();
      if (word.startsWith(PREFIX)) {
        keys.add(checked(word));
      } else if (word.startsWith("age-encryption.org/") || word.contains("AGE ENCRYPTED FILE")) {
        throw new IllegalArgumentException(
            "it is encrypted itself; decrypt it first: age -d -o NEW OLD");
      } else if (word.startsWith("AGE-PLUGIN-") || word.contains("OPENSSH PRIVATE KEY")) {
        throw new IllegalArgumentException(
            "keys of plugins and of SSH are not read; make one with age-keygen, and let somebody"
                + " who can open the secrets add it: barestack secrets recipients add");
      } else if (!word.isEmpty() && !word.startsWith("#")) {
        throw new IllegalArgumentException(
            "it is no identity of age, which is a line that begins with "
                + PREFIX
                + "; name the right file, or take it from your backup");
      }
    }
    if (keys.isEmpty()) {
      throw new IllegalArgumentException(
          "no line in it begins with "
              + PREFIX
              + "; name the right file, or take it from your"
              + " backup");
    }
    return new Identity(List.copyOf(keys));
  }

  private static String checked(String key) {
    try {
      X25519RecipientStanzaReaderFactory.newRecipientStanzaReader(key);
      return key;
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new IllegalArgumentException(
          "its key is cut or has a typing mistake; take it from your backup");
    }
  }

  /** Whether others than the owner can read the file. */
  public static boolean isOpenToOthers(Path file) throws IOException {
    Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
    return permissions.contains(PosixFilePermission.OTHERS_READ)
        || permissions.contains(PosixFilePermission.GROUP_READ);
  }

  /** The public key of the first one: {@code age1...}. */
  public String recipient() {
    try {
      var key = new SecretKeySpec(keys.getFirst().getBytes(StandardCharsets.US_ASCII), "X25519");
      return ascii(new X25519KeyFactory().translateKey(key).getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the key was checked", e);
    }
  }

  /** Each of its keys, to try. */
  List<RecipientStanzaReader> readers() {
    List<RecipientStanzaReader> readers = new ArrayList<>();
    for (String key : keys) {
      try {
        readers.add(X25519RecipientStanzaReaderFactory.newRecipientStanzaReader(key));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("the key was checked", e);
      }
    }
    return readers;
  }

  private static String ascii(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  @Override
  public String toString() {
    return "identity of " + recipient();
  }
}
