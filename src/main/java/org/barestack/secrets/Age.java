package org.barestack.secrets;

import com.exceptionfactory.jagged.RecipientStanzaReader;
import com.exceptionfactory.jagged.RecipientStanzaWriter;
import com.exceptionfactory.jagged.UnsupportedRecipientStanzaException;
import com.exceptionfactory.jagged.framework.armor.ArmoredDecryptingChannelFactory;
import com.exceptionfactory.jagged.framework.armor.ArmoredEncryptingChannelFactory;
import com.exceptionfactory.jagged.framework.stream.StandardDecryptingChannelFactory;
import com.exceptionfactory.jagged.x25519.X25519RecipientStanzaWriterFactory;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The file format of age (age-encryption.org/v1), armored, so that Git shows it as text. */
final class Age {
  private static final String ARMOR = "-----BEGIN AGE ENCRYPTED FILE-----";

  private Age() {}

  /**
   * A writer for a public key.
   *
   * @throws IllegalArgumentException if it is none
   */
  private static RecipientStanzaWriter writer(String recipient) {
    try {
      return X25519RecipientStanzaWriterFactory.newRecipientStanzaWriter(recipient);
    } catch (GeneralSecurityException | RuntimeException e) {
      throw new IllegalArgumentException("it is no public key of age, or has a typing mistake", e);
    }
  }

  /**
   * Checks a public key of age.
   *
   * @throws IllegalArgumentException if it is none
   */
  static void check(String recipient) {
    writer(recipient);
  }

  static byte[] encrypt(String text, List<String> recipients) {
    List<RecipientStanzaWriter> writers = recipients.stream().map(Age::writer).toList();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (var channel =
        new ArmoredEncryptingChannelFactory()
            .newEncryptingChannel(Channels.newChannel(out), writers)) {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("encrypting in memory failed", e);
    }
    return out.toByteArray();
  }

  /**
   * The text, if one of the keys opens it, with or without armor.
   *
   * @throws IOException if it is not what age writes, or not all of it
   */
  static Optional<String> decrypt(byte[] file, Identity identity) throws IOException {
    boolean armored =
        new String(file, 0, Math.min(file.length, ARMOR.length()), StandardCharsets.ISO_8859_1)
            .equals(ARMOR);
    var factory =
        armored ? new ArmoredDecryptingChannelFactory() : new StandardDecryptingChannelFactory();
    for (RecipientStanzaReader reader : new ArrayList<>(identity.readers())) {
      try (var channel =
              factory.newDecryptingChannel(
                  Channels.newChannel(new ByteArrayInputStream(file)), List.of(reader));
          var in = Channels.newInputStream(channel)) {
        return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      } catch (UnsupportedRecipientStanzaException e) {
        // for another key
      } catch (GeneralSecurityException | RuntimeException e) {
        throw new IOException("it is not what age writes, or damaged", e);
      }
    }
    return Optional.empty();
  }
}
