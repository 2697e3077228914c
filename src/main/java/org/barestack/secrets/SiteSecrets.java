package org.barestack.secrets;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.barestack.model.Role;
import org.barestack.model.Secret;
import org.barestack.model.Trust;
import org.jspecify.annotations.Nullable;

/**
 * All secrets of a site, opened. Its public parts follow from it, so that {@code secrets.age} alone
 * is the truth and {@code secrets.pub.yaml} can always be made again.
 */
public final class SiteSecrets {
  private static final String RECIPIENTS = "recipients";
  private static final String CERTIFICATE = "-certificate";
  private static final String SSH_COMMENT = "cloudstack-management";

  /** MariaDB and CloudStack take 8 to 64 characters in every field that one of these goes to. */
  private static final String PASSWORD = "[A-Za-z0-9]{8,64}";

  private final List<String> recipients;
  private final Map<SecretName, Secret> values;
  private final Map<SecretName, String> certificates;

  private SiteSecrets(
      List<String> recipients,
      Map<SecretName, Secret> values,
      Map<SecretName, String> certificates) {
    this.recipients = List.copyOf(recipients);
    this.values = new EnumMap<>(SecretName.class);
    this.values.putAll(values);
    this.certificates = new EnumMap<>(SecretName.class);
    this.certificates.putAll(certificates);
  }

  /** What came of opening {@code secrets.age}. */
  public sealed interface Answer {
    /** They can be used. */
    record Opened(SiteSecrets secrets) implements Answer {}

    /**
     * The site has none.
     *
     * @param message with what to do
     */
    record NotThere(String message) implements Answer {}

    /**
     * There are some, and they cannot be used.
     *
     * @param reason what is wrong, and with which file
     * @param remedy what to do about it
     */
    record NotOpened(String reason, String remedy) implements Answer {}
  }

  /**
   * Opens the secrets of a site.
   *
   * @param age the file {@code secrets.age}
   * @param identity a file as age-keygen writes it
   */
  public static Answer open(Path age, Path identity) {
    Answer answer = openPart(age, identity);
    if (answer instanceof Answer.Opened(SiteSecrets secrets)) {
      Optional<SecretName> missing =
          Arrays.stream(SecretName.values())
              .filter(name -> !secrets.values.containsKey(name))
              .findFirst();
      if (missing.isPresent()) {
        return new Answer.NotOpened(
            age + " has no " + missing.get(),
            "barestack secrets rotate " + missing.get() + " makes it");
      }
    }
    return answer;
  }

  /** The same, where secrets that are not there yet do not matter. */
  static Answer openPart(Path age, Path identity) {
    byte[] file;
    try {
      file = Files.readAllBytes(age);
    } catch (NoSuchFileException e) {
      return new Answer.NotThere(age + " is not there; barestack secrets init makes it");
    } catch (IOException e) {
      return new Answer.NotOpened(age + " cannot be read (" + e + ")", "mend that");
    }
    Identity key;
    try {
      key = Identity.read(identity);
    } catch (NoSuchFileException e) {
      return new Answer.NotOpened(
          "the identity that opens " + age + " is not at " + identity,
          "name it with --identity FILE or " + Identity.VARIABLE + ", or take it from your backup");
    } catch (IOException e) {
      return new Answer.NotOpened("the identity cannot be read (" + e + ")", "mend that");
    } catch (IllegalArgumentException e) {
      String[] halves = String.valueOf(e.getMessage()).split("; ", 2);
      return new Answer.NotOpened(
          "the identity " + identity + " cannot be used: " + halves[0], halves[halves.length - 1]);
    }
    try {
      Optional<String> text = Age.decrypt(file, key);
      if (text.isEmpty()) {
        return new Answer.NotOpened(
            "the identity " + identity + " (" + key.recipient() + ") does not open " + age,
            "name another one, or let somebody who can open it add that key: barestack secrets"
                + " recipients add");
      }
      return new Answer.Opened(parse(text.get()));
    } catch (IOException e) {
      return new Answer.NotOpened(
          age + " is cut, damaged, or not written by age", "take it from Git again");
    } catch (IllegalArgumentException e) {
      return new Answer.NotOpened(
          age + ", decrypted: " + e.getMessage(), "take it from Git again, or correct it with age");
    }
  }

  private static SiteSecrets parse(String text) {
    Map<String, String> entries = new LinkedHashMap<>(SecretsText.parse(text));
    String recipients = entries.remove(RECIPIENTS);
    if (recipients == null) {
      throw new IllegalArgumentException(RECIPIENTS + " are missing");
    }
    List<String> keys = List.of(recipients.split(", *", -1));
    keys.forEach(Age::check);
    Map<SecretName, Secret> values = new EnumMap<>(SecretName.class);
    Map<SecretName, String> certificates = new EnumMap<>(SecretName.class);
    for (SecretName name : SecretName.values()) {
      String value = entries.remove(name.toString());
      String certificate = entries.remove(name + CERTIFICATE);
      if (value != null) {
        check(name, value);
        values.put(name, new Secret(value));
        if (name.hasCertificate()) {
          if (certificate == null) {
            throw new IllegalArgumentException(name + CERTIFICATE + " is missing");
          }
          certificates.put(name, certificate);
        }
      }
    }
    if (!entries.isEmpty()) {
      throw new IllegalArgumentException("nothing is called " + entries.keySet().iterator().next());
    }
    return new SiteSecrets(keys, values, certificates);
  }

  /**
   * Checks that a value can be used for what it is meant for.
   *
   * @throws IllegalArgumentException if it cannot; the message shows nothing of it
   */
  static void check(SecretName name, String value) {
    switch (name) {
      case MANAGER_SSH_KEY -> Keys.sshLine(value, SSH_COMMENT);
      case BACKUP_KEY -> Keys.fromPkcs8("RSA", value);
      case CA_KEY -> Keys.fromPkcs8("EC", value);
      default -> {
        if (!value.matches(PASSWORD)) {
          throw new IllegalArgumentException(
              name
                  + " must be 8 to 64 letters and digits: CloudStack's scripts break on anything"
                  + " else");
        }
      }
    }
  }

  /** New secrets for a new site. */
  static SiteSecrets make(List<String> recipients, SecureRandom random, InstantSource clock) {
    SiteSecrets secrets = new SiteSecrets(recipients, Map.of(), Map.of());
    for (SecretName name : SecretName.values()) {
      secrets = secrets.rotated(name, random, clock);
    }
    return secrets;
  }

  /** The same with a new value for one of them. */
  SiteSecrets rotated(SecretName name, SecureRandom random, InstantSource clock) {
    return switch (name) {
      case MANAGER_SSH_KEY -> with(name, Keys.sec1(Keys.ec(random)));
      case BACKUP_KEY -> {
        KeyPair pair = Keys.rsa(random);
        yield with(name, Keys.pkcs8(pair.getPrivate()))
            .withCertificate(name, SiteAuthority.forEncryption(pair, random, clock));
      }
      case CA_KEY -> {
        KeyPair pair = Keys.ec(random);
        yield with(name, Keys.pkcs8(pair.getPrivate()))
            .withCertificate(name, SiteAuthority.selfSigned(pair, random, clock));
      }
      default -> with(name, Keys.password(random));
    };
  }

  /** The same with another value for one of them. */
  SiteSecrets with(SecretName name, String value) {
    Map<SecretName, Secret> changed = new EnumMap<>(SecretName.class);
    changed.putAll(values);
    changed.put(name, new Secret(value));
    return new SiteSecrets(recipients, changed, certificates);
  }

  private SiteSecrets withCertificate(SecretName name, String certificate) {
    Map<SecretName, String> changed = new EnumMap<>(SecretName.class);
    changed.putAll(certificates);
    changed.put(name, certificate);
    return new SiteSecrets(recipients, values, changed);
  }

  /** The same for others to open. */
  SiteSecrets withRecipients(List<String> others) {
    return new SiteSecrets(others, values, certificates);
  }

  /** Who can open them. */
  public List<String> recipients() {
    return recipients;
  }

  /** One of them. */
  public Secret value(SecretName name) {
    return there(values.get(name), name.toString());
  }

  /** What nodes of a role get: file name → value. Nothing for a role that needs none. */
  public Map<String, Secret> of(Role role) {
    Map<String, Secret> files = new LinkedHashMap<>();
    for (SecretName name : SecretName.values()) {
      if (name.role().equals(Optional.of(role))) {
        files.put(name.toString(), value(name));
      }
    }
    return files;
  }

  /** The site's own certificate authority. */
  public SiteAuthority authority() {
    return authority(new SecureRandom(), InstantSource.system());
  }

  SiteAuthority authority(SecureRandom random, InstantSource clock) {
    return SiteAuthority.of(
        value(SecretName.CA_KEY).value(), certificate(SecretName.CA_KEY), random, clock);
  }

  /** What everybody may know of them. */
  public Trust trust() {
    return new Trust(
        recipients,
        certificate(SecretName.CA_KEY),
        Keys.sshLine(value(SecretName.MANAGER_SSH_KEY).value(), SSH_COMMENT),
        certificate(SecretName.BACKUP_KEY));
  }

  private String certificate(SecretName name) {
    return there(certificates.get(name), name + CERTIFICATE);
  }

  private static <T> T there(@Nullable T value, String what) {
    if (value == null) {
      throw new IllegalStateException("secrets.age has no " + what);
    }
    return value;
  }

  /** For {@link Age} alone. */
  String text() {
    Map<String, String> entries = new LinkedHashMap<>();
    entries.put(RECIPIENTS, String.join(", ", recipients));
    values.forEach((name, value) -> {
      entries.put(name.toString(), value.value());
      if (name.hasCertificate()) {
        entries.put(name + CERTIFICATE, certificate(name));
      }
    });
    return SecretsText.of(entries);
  }

  @Override
  public String toString() {
    return "secrets for " + recipients;
  }
}
