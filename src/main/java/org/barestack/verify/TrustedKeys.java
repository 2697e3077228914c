package org.barestack.verify;

import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Keys that may say that a file is good: those with a pinned fingerprint, out of whatever file, and
 * all of files that the operator named.
 */
public final class TrustedKeys {
  private final List<PinnedKey> missing;
  private final Map<String, Certificate> trusted;

  /** Fingerprints of keys that were found and are not trusted, with the file of each. */
  private final Map<String, String> strangers;

  private TrustedKeys(
      List<PinnedKey> missing, Map<String, Certificate> trusted, Map<String, String> strangers) {
    this.missing = missing;
    this.trusted = trusted;
    this.strangers = strangers;
  }

  /**
   * Puts them together.
   *
   * @param pinned fingerprints that are trusted
   * @param found key files that came with what is to be verified, or lie on this system: of their
   *     keys those count that are pinned
   * @param named key files of the operator, whose keys all count
   */
  public static TrustedKeys of(
      Collection<PinnedKey> pinned, Collection<KeyFile> found, Collection<KeyFile> named) {
    Map<String, Certificate> trusted = new LinkedHashMap<>();
    Map<String, String> strangers = new TreeMap<>();
    for (KeyFile file : named) {
      file.certificates()
          .forEach(one -> trusted.merge(one.fingerprint(), one, Certificate::joined));
    }
    for (KeyFile file : found) {
      for (Certificate one : file.certificates()) {
        String fingerprint = one.fingerprint();
        if (trusted.containsKey(fingerprint)
            || pinned.stream().anyMatch(pin -> pin.fingerprint().equals(fingerprint))) {
          trusted.merge(fingerprint, one, Certificate::joined);
        } else {
          strangers.put(fingerprint, file.name());
        }
      }
    }
    List<PinnedKey> missing =
        pinned.stream().filter(pin -> !trusted.containsKey(pin.fingerprint())).toList();
    return new TrustedKeys(missing, trusted, strangers);
  }

  /** Pinned keys that were in none of the files. */
  public List<PinnedKey> missing() {
    return missing;
  }

  /** Fingerprints of the primary keys that may verify. */
  public List<String> fingerprints() {
    return List.copyOf(trusted.keySet());
  }

  /** A trusted key that may have made a signature. */
  record Candidate(Standing standing, Standing.Signer signer) {}

  /** The one of that issuer: a key id of 16 digits, or a fingerprint. */
  Optional<Candidate> candidate(String issuer, Instant now) {
    for (Certificate certificate : trusted.values()) {
      if (!certificate.has(issuer)) {
        continue;
      }
      Standing standing = Standing.of(certificate, now);
      for (Standing.Signer signer : standing.signers()) {
        if (Certificate.is(signer.key(), issuer)) {
          return Optional.of(new Candidate(standing, signer));
        }
      }
    }
    return Optional.empty();
  }

  /** What to say where none of them made a signature. */
  String absence(String issuer) {
    Optional<PinnedKey> pinned =
        missing.stream().filter(key -> names(issuer, key.fingerprint())).findFirst();
    if (pinned.isPresent()) {
      return "signed by %s, which is trusted for %s %d, but the key itself is in no file here: give the file with it (--key FILE)"
          .formatted(pinned.get().fingerprint(), pinned.get().distribution(), pinned.get().major());
    }
    Optional<Certificate> unfit =
        trusted.values().stream().filter(certificate -> certificate.has(issuer)).findFirst();
    if (unfit.isPresent()) {
      return "signed by %s of the trusted key %s, which does not say by a good signature of its own that this key signs; give a newer copy of it (--key FILE)"
          .formatted(issuer, unfit.get().fingerprint());
    }
    Optional<Map.Entry<String, String>> stranger =
        strangers.entrySet().stream().filter(key -> names(issuer, key.getKey())).findFirst();
    if (stranger.isPresent()) {
      return "signed by %s, a key of %s that is not trusted; if you trust it, name its file (--key FILE)"
          .formatted(stranger.get().getKey(), Shown.text(stranger.get().getValue()));
    }
    String known =
        trusted.isEmpty()
            ? "there is none"
            : trusted.keySet().stream().collect(Collectors.joining(", "));
    return "signed by %s, which is none of the trusted keys (%s); if you trust it, give the file with that key (--key FILE)"
        .formatted(issuer, known);
  }

  /** Of version 4 keys, the id is the end of the fingerprint; of version 6 its beginning. */
  private static boolean names(String issuer, String fingerprint) {
    return fingerprint.equals(issuer)
        || (fingerprint.length() == 40
            ? fingerprint.endsWith(issuer)
            : fingerprint.startsWith(issuer));
  }
}
