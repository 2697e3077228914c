package org.barestack.secrets;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.barestack.model.Trust;
import org.barestack.secrets.SiteSecrets.Answer;
import org.jspecify.annotations.Nullable;

/**
 * {@code secrets.age} and {@code secrets.pub.yaml} of a site's folder. The second is made from the
 * first and written right after it; a program that was killed in between leaves it old or missing,
 * and the next change, or {@link #make}, writes it.
 */
public final class SecretsFile {
  /** Both can be read by all: one is public, the other encrypted, and Git has no modes for less. */
  private static final String MODE = "rw-r--r--";

  private static final Object IN_THIS_PROCESS = new Object();

  private final Path age;
  private final Path publicParts;
  private final Path identity;

  /**
   * Those of a folder.
   *
   * @param identity what opens them
   */
  public SecretsFile(Path folder, Path identity) {
    this.age = folder.resolve("secrets.age");
    this.publicParts = folder.resolve("secrets.pub.yaml");
    this.identity = identity;
  }

  /** What came of {@link #make}. */
  public sealed interface Making {
    /**
     * Both files are new.
     *
     * @param identityToo whether the identity is, too
     */
    record Made(String recipient, boolean identityToo) implements Making {}

    /** Only the public parts were old or missing. */
    record Completed() implements Making {}

    /**
     * Nothing was changed.
     *
     * @param message why, and what to do
     */
    record NotMade(String message) implements Making {}
  }

  /** {@code secrets.age}. */
  public Path age() {
    return age;
  }

  /** {@code secrets.pub.yaml}. */
  public Path publicParts() {
    return publicParts;
  }

  /** What opens the secrets. */
  public Path identity() {
    return identity;
  }

  /** Opens them. */
  public Answer open() {
    return SiteSecrets.open(age, identity);
  }

  /** Whether the public parts are those of these secrets. */
  public boolean isInStep(SiteSecrets secrets) throws IOException {
    try {
      return Files.readString(publicParts, StandardCharsets.UTF_8).equals(publicText(secrets));
    } catch (NoSuchFileException | java.nio.charset.CharacterCodingException e) {
      return false;
    }
  }

  /** Makes all secrets of a site that has none, and an identity where there is none. */
  public Making make(SecureRandom random, InstantSource clock) throws IOException {
    if (Files.exists(age)) {
      return complete();
    }
    if (Files.exists(publicParts)) {
      return new Making.NotMade(
          publicParts
              + " is there and secrets.age is not; take secrets.age from Git again, or delete "
              + publicParts
              + " to begin with new secrets, which no node has that is installed already");
    }
    boolean identityToo = false;
    Identity key;
    try {
      if (!Files.exists(identity)) {
        Identity.make(identity, clock);
        identityToo = true;
      }
      key = Identity.read(identity);
    } catch (IllegalArgumentException e) {
      return new Making.NotMade("the identity " + identity + " cannot be used: " + e.getMessage());
    }
    SiteSecrets secrets = SiteSecrets.make(List.of(key.recipient()), random, clock);
    try (Replacement first = Replacement.of(age, ageText(secrets), MODE);
        Replacement second = Replacement.of(publicParts, publicText(secrets), MODE)) {
      first.create();
      second.replace();
    } catch (FileAlreadyExistsException e) {
      return new Making.NotMade("another command made " + age + " at this very moment");
    }
    return new Making.Made(key.recipient(), identityToo);
  }

  private Making complete() throws IOException {
    boolean[] old = {false};
    Answer answer =
        change(secrets -> {
          try {
            old[0] = !isInStep(secrets);
          } catch (IOException e) {
            old[0] = true;
          }
          return secrets;
        });
    return switch (answer) {
      case Answer.NotThere(String message) -> new Making.NotMade(message);
      case Answer.NotOpened(String reason, String remedy) ->
          new Making.NotMade(reason + "; " + remedy);
      case Answer.Opened _ when old[0] -> new Making.Completed();
      case Answer.Opened _ ->
          new Making.NotMade(
              age
                  + " is there already, and nothing was changed; barestack secrets list shows what"
                  + " is in it, rotate renews it");
    };
  }

  /**
   * Changes the secrets; another command that does so waits until this one is done.
   *
   * @param edit may throw IllegalArgumentException, then nothing is changed
   * @return the changed ones, or why nothing was changed
   */
  public Answer change(UnaryOperator<SiteSecrets> edit) throws IOException {
    synchronized (IN_THIS_PROCESS) {
      try (FileChannel locked = lock()) {
        Answer answer = SiteSecrets.openPart(age, content(locked), identity);
        if (!(answer instanceof Answer.Opened(SiteSecrets secrets))) {
          return answer;
        }
        SiteSecrets changed = edit.apply(secrets);
        Answer checked = SiteSecrets.whole(age, changed);
        if (checked instanceof Answer.Opened) {
          write(secrets, changed);
        }
        return checked;
      } catch (NoSuchFileException e) {
        return SiteSecrets.open(age, identity);
      }
    }
  }

  /**
   * Holds {@code secrets.age} itself, which each change replaces: who waited may hold the old one.
   */
  private FileChannel lock() throws IOException {
    while (true) {
      Object before = inode();
      FileChannel channel =
          FileChannel.open(age, StandardOpenOption.READ, StandardOpenOption.WRITE);
      try {
        channel.lock();
        if (Objects.equals(before, inode())) {
          return channel;
        }
        channel.close();
      } catch (IOException | RuntimeException e) {
        try (channel) {
          throw e;
        }
      }
    }
  }

  /**
   * What stands in it, by the very descriptor that is locked: POSIX (fcntl) gives all locks of a
   * process on a file back as soon as it closes any descriptor of that file.
   */
  private static byte[] content(FileChannel locked) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(locked.size()));
    while (bytes.hasRemaining() && locked.read(bytes) >= 0) {
      // until all of it is read
    }
    return bytes.array();
  }

  private @Nullable Object inode() throws IOException {
    return Files.readAttributes(age, BasicFileAttributes.class).fileKey();
  }

  private void write(SiteSecrets old, SiteSecrets changed) throws IOException {
    try (Replacement second = Replacement.of(publicParts, publicText(changed), MODE)) {
      if (!old.equals(changed)) { // each encryption is another text, and Git would show a change
        try (Replacement first = Replacement.of(age, ageText(changed), MODE)) {
          first.replace();
        }
      }
      second.replace();
    }
  }

  private static String ageText(SiteSecrets secrets) {
    return new String(Age.encrypt(secrets.text(), secrets.recipients()), StandardCharsets.US_ASCII);
  }

  private static String publicText(SiteSecrets secrets) {
    Trust trust = secrets.trust();
    StringBuilder text =
        new StringBuilder(
            """
            # Public parts of secrets.age, made from it by barestack secrets. Commit both together.
            recipients:
            """);
    trust.recipients().forEach(one -> text.append("  - ").append(one).append('\n'));
    return text.append("ca: |\n")
        .append(trust.ca().indent(2))
        .append("manager_ssh_key: ")
        .append(trust.managerSshKey())
        .append("\nbackup: |\n")
        .append(trust.backup().indent(2))
        .toString();
  }
}
