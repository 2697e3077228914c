package org.barestack.secrets;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.bouncycastle.asn1.ASN1OctetStringParser;
import org.bouncycastle.asn1.ASN1SequenceParser;
import org.bouncycastle.asn1.ASN1StreamParser;
import org.bouncycastle.asn1.BERTags;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfoParser;
import org.bouncycastle.asn1.cms.EncryptedContentInfoParser;
import org.bouncycastle.asn1.cms.EnvelopedDataParser;
import org.bouncycastle.cms.CMSEnvelopedDataParser;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.KeyTransRecipientInformation;
import org.bouncycastle.cms.RecipientInformation;
import org.bouncycastle.cms.jcajce.JceKeyTransEnvelopedRecipient;

/**
 * A backup as a management node makes it: a packed archive in CMS EnvelopedData (RFC 5652 §6), DER
 * or BER, encrypted to the site's backup certificate. Read as a stream, whatever its size.
 */
public final class BackupFile {
  private BackupFile() {}

  /** What a look at a file came to. */
  public sealed interface Answer {
    /** It is one, as far as was looked. */
    record Good() implements Answer {}

    /**
     * It cannot be restored.
     *
     * @param reason what is wrong with the file, to be put after its name
     */
    record Bad(String reason) implements Answer {}
  }

  /**
   * Whether it is one, from its first octet to its last. Needs no key; what is inside stays
   * unknown.
   *
   * @throws IOException if the file cannot be opened
   */
  public static Answer look(Path file) throws IOException {
    try (InputStream in = stream(file)) {
      return looked(in);
    }
  }

  private static Answer looked(InputStream in) {
    try {
      in.mark(1);
      int first = in.read();
      in.reset();
      if (first == '-') {
        return new Answer.Bad("is text (PEM); a backup is DER, as the node made it");
      }
      if (!(new ASN1StreamParser(in).readObject() instanceof ASN1SequenceParser sequence)) {
        return notOne();
      }
      ContentInfoParser info = new ContentInfoParser(sequence);
      if (!info.getContentType().equals(CMSObjectIdentifiers.envelopedData)) {
        return notOne();
      }
      if (!(info.getContent(BERTags.SEQUENCE) instanceof ASN1SequenceParser content)) {
        return notOne();
      }
      EnvelopedDataParser enveloped = new EnvelopedDataParser(content);
      enveloped.getOriginatorInfo();
      enveloped.getRecipientInfos().toASN1Primitive();
      EncryptedContentInfoParser encrypted = enveloped.getEncryptedContentInfo();
      if (!(encrypted.getEncryptedContent(BERTags.OCTET_STRING)
          instanceof ASN1OctetStringParser octets)) {
        return notOne();
      }
      if (octets.getOctetStream().transferTo(OutputStream.nullOutputStream()) == 0) {
        return new Answer.Bad("is cut off");
      }
      enveloped.getUnprotectedAttrs();
      // the ends of what is nested, which a cut may have taken
      return content.readObject() == null && sequence.readObject() == null
          ? new Answer.Good()
          : notOne();
    } catch (EOFException e) {
      return new Answer.Bad("is cut off");
    } catch (IOException | RuntimeException e) { // whatever it is, it cannot be read as one
      return notOne();
    }
  }

  private static Answer notOne() {
    return new Answer.Bad("is no backup of a management node (CMS EnvelopedData, DER)");
  }

  /**
   * Whether the site's backup key opens it, and what is inside is whole.
   *
   * @throws IOException if the file cannot be opened
   */
  public static Answer open(Path file, SiteSecrets secrets) throws IOException {
    PrivateKey key = Keys.fromPkcs8("RSA", secrets.value(SecretName.BACKUP_KEY).value());
    Answer looked = look(file);
    if (looked instanceof Answer.Bad) {
      return looked;
    }
    // A stream can be read once, so each of those for whom it may be has one of its own.
    for (int recipient = 0; ; recipient++) {
      try (InputStream in = stream(file)) {
        List<RecipientInformation> all = recipients(in);
        if (recipient >= all.size()) {
          return new Answer.Bad(
              "is not encrypted for the site's backup-key: it is another site's, or that key was"
                  + " made anew since. Git has the secrets.age of its time");
        }
        Optional<InputStream> packed = decrypted(all.get(recipient), key);
        if (packed.isPresent()) {
          return unpacked(packed.get());
        }
      }
    }
  }

  private static List<RecipientInformation> recipients(InputStream in) throws IOException {
    try {
      return List.copyOf(new CMSEnvelopedDataParser(in).getRecipientInfos().getRecipients());
    } catch (CMSException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** What is inside, if the key opens the content's own key, whose padding tells. */
  private static Optional<InputStream> decrypted(RecipientInformation recipient, PrivateKey key) {
    if (!(recipient instanceof KeyTransRecipientInformation one)) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          one.getContentStream(new JceKeyTransEnvelopedRecipient(key)).getContentStream());
    } catch (CMSException | IOException | RuntimeException e) {
      return Optional.empty(); // not for this key
    }
  }

  /** A packed file ends with its length and checksum, so a damaged one shows. */
  private static Answer unpacked(InputStream packed) {
    try {
      new GZIPInputStream(packed).transferTo(OutputStream.nullOutputStream());
      return new Answer.Good();
    } catch (IOException | RuntimeException e) {
      return new Answer.Bad("is damaged: what is inside does not unpack");
    }
  }

  private static InputStream stream(Path file) throws IOException {
    return new BufferedInputStream(Files.newInputStream(file));
  }
}
