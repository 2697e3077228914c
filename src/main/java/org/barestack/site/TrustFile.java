package org.barestack.site;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Predicate;
import org.barestack.model.Trust;

/** Reads {@code secrets.pub.yaml}, which {@code barestack secrets} writes beside a site file. */
final class TrustFile {
  static final String NAME = "secrets.pub.yaml";

  private static final List<String> KEYS = List.of("recipients", "ca", "manager_ssh_key", "backup");
  private static final String COMMAND =
      "take it from Git again, or let barestack secrets init write it anew from secrets.age";

  private final Reading reading;

  TrustFile(Reading reading) {
    this.reading = reading;
  }

  /**
   * What the file says; {@link Trust#NONE} if there is none.
   *
   * @throws Reading.Reported if it says it wrongly
   */
  Trust read(Path file) {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(YamlText.MAX_SIZE + 1);
    } catch (NoSuchFileException e) {
      return Trust.NONE;
    } catch (IOException e) {
      throw reading.fatal(Place.START, "the file cannot be read (" + e + ")", "mend that");
    }
    Value root = new YamlText(reading, COMMAND).parse(bytes);
    unknown(root);
    KEYS.forEach(key -> reading.check(() -> there(root, key)));
    var recipients = reading.attempt(() -> reading.list(recipients(root), this::recipient));
    var ca = reading.attempt(() -> certificate(root.at("ca"), TrustFile::isAuthority));
    var ssh = reading.attempt(() -> reading.read(root.at("manager_ssh_key"), TrustFile::sshKey));
    var backup = reading.attempt(() -> certificate(root.at("backup"), certificate -> true));
    if (recipients.isEmpty() || ca.isEmpty() || ssh.isEmpty() || backup.isEmpty()) {
      throw new Reading.Reported();
    }
    return new Trust(recipients.get(), ca.get(), ssh.get(), backup.get());
  }

  private void unknown(Value root) {
    root.entries()
        .forEach((key, value) -> {
          if (!KEYS.contains(key)) {
            reading.error(value, "unknown key", Wording.suggestion(key, KEYS));
          }
        });
  }

  private void there(Value root, String key) {
    if (root.at(key).isNothing()) {
      throw reading.fatal(root.at(key), "missing", COMMAND);
    }
  }

  private Value recipients(Value root) {
    Value list = root.at("recipients");
    if (!list.isNothing() && list.items().isEmpty()) {
      throw reading.fatal(list, "not a list of at least one age1... key", COMMAND);
    }
    return list;
  }

  private String recipient(Value value) {
    return reading.read(
        value,
        text -> {
          refusePrivate(text);
          // Bech32 has no 1, b, i and o (BIP 173); 32 octets and a checksum are 58 characters.
          if (!text.matches("age1[ac-hj-np-z02-9]{58}")) {
            throw new IllegalArgumentException(
                Wording.quote(text)
                    + " is no public key of age; age-keygen -y prints it from an identity");
          }
          return text;
        });
  }

  private String certificate(Value value, Predicate<X509Certificate> fits) {
    return reading.read(
        value,
        text -> {
          refusePrivate(text);
          try {
            byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
            var one =
                (X509Certificate)
                    CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(bytes));
            if (!fits.test(one)) {
              throw new IllegalArgumentException("not the certificate of an authority; " + COMMAND);
            }
          } catch (CertificateException e) {
            throw new IllegalArgumentException("not a PEM certificate; " + COMMAND, e);
          }
          return text;
        });
  }

  private static boolean isAuthority(X509Certificate certificate) {
    return certificate.getBasicConstraints() >= 0;
  }

  private static String sshKey(String text) {
    refusePrivate(text);
    // SshKey expects one key with its two words, as the schema gives it for site.yaml.
    if (!text.matches("[a-z0-9@.-]+ [A-Za-z0-9+/]+=*( [!-~ ]*)?")) {
      throw new IllegalArgumentException("not a public key of OpenSSH in one line; " + COMMAND);
    }
    return SshKey.parse(text);
  }

  private static void refusePrivate(String text) {
    if (text.contains("PRIVATE KEY") || text.contains("AGE-SECRET-KEY")) {
      throw new IllegalArgumentException(
          "a private key, in the file for public ones; take it out, and count it as known to"
              + " whoever saw the file");
    }
  }
}
