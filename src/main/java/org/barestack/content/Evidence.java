package org.barestack.content;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.barestack.format.rpm.RpmException;
import org.barestack.format.rpm.RpmPackage;
import org.barestack.format.rpm.RpmReader;
import org.barestack.model.PlainText;
import org.barestack.verify.ChecksumFile;
import org.barestack.verify.ExpectedContent;
import org.barestack.verify.KeyFile;
import org.barestack.verify.MalformedException;
import org.barestack.verify.PinnedKey;
import org.barestack.verify.SignatureCheck;
import org.barestack.verify.SignedPackage;
import org.barestack.verify.TrustedKeys;
import org.barestack.verify.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * What an import rests on. There are three answers to each question: good, missing and wrong. Wrong
 * ends the import, whatever the operator says; missing ends it unless he takes it; both say what to
 * do. All that is found out is kept, to be told and written down.
 */
final class Evidence {
  private static final int MOST_NAMED = 3;

  private static final String NEVER = ". Nothing was imported, and no option takes it: get it anew";

  private final Importer.Order order;
  private final List<String> verified = new ArrayList<>();
  private final List<String> unverified = new ArrayList<>();
  private final InstantSource clock;
  private final List<KeyFile> found = new ArrayList<>();

  /** Files of keys that hold none. */
  private final List<String> unread = new ArrayList<>();

  private TrustedKeys keys;
  private Manifest.Level level = Manifest.Level.NONE;
  private @Nullable String key;

  /** How many packages each key signed, by what it is called. */
  private final Map<String, Integer> signed = new TreeMap<>();

  /** Packages that nobody known signed, by the reason. */
  private final Map<String, List<String>> unsigned = new TreeMap<>();

  /** What signed packages have for EFI system partitions: the package by the file's SHA-256. */
  private final Map<String, String> packed = new HashMap<>();

  Evidence(Importer.Order order, InstantSource clock) throws IOException {
    this.order = order;
    this.clock = clock;
    this.keys = trusted();
    take(Beside.keys(order.systemKeys()));
  }

  private TrustedKeys trusted() throws IOException {
    List<KeyFile> named = new ArrayList<>();
    for (Path file : order.keys()) {
      if (!Files.isRegularFile(file)) {
        throw new ImportException("--key " + file + ": there is no such file");
      }
      try {
        named.add(KeyFile.read(file));
      } catch (MalformedException e) {
        throw new ImportException("--key " + e.getMessage(), e);
      }
    }
    return TrustedKeys.of(PinnedKey.all(), found, named);
  }

  /** More files in which a key may be; one that holds none is as good as absent. */
  void take(Map<String, byte[]> files) throws IOException {
    files.forEach((place, octets) -> {
      try {
        found.add(KeyFile.parse(place, octets));
      } catch (MalformedException e) {
        unread.add(String.valueOf(e.getMessage()));
      }
    });
    keys = trusted();
  }

  Manifest.Trust trust() {
    return new Manifest.Trust(level, key, verified, unverified);
  }

  Manifest.Level level() {
    return level;
  }

  /**
   * What an image must come to, by the operator's word or a signed list.
   *
   * @param name of the image's file
   * @return its SHA-256; empty if nobody vouches for one, and that was accepted
   * @throws ImportException if there is none, or it is wrong
   */
  Optional<String> image(String name, Beside beside) throws IOException {
    level = Manifest.Level.NONE;
    if (order.sha256() != null) {
      level = Manifest.Level.VOUCHED;
      verified.add(name + " has the SHA-256 that --sha256 names");
      return Optional.of(order.sha256());
    }
    List<String> tried = new ArrayList<>();
    Optional<String> told = Optional.empty();
    for (Candidate candidate : candidates(name, beside)) {
      Optional<byte[]> list = candidate.beside().read(candidate.name());
      if (list.isEmpty()) {
        continue;
      }
      String place = candidate.beside().place(candidate.name());
      Optional<ExpectedContent> one;
      try {
        one =
            ChecksumFile.parse(place, list.get())
                .file(name)
                .filter(file -> file.algorithm().equals(Digest.SHA256));
      } catch (MalformedException e) { // a page that says "not found", say
        tried.add(String.valueOf(e.getMessage()));
        continue;
      }
      if (one.isEmpty()) {
        tried.add(place + " names no SHA-256 of " + name);
        continue;
      }
      Optional<byte[]> signature = candidate.beside().read(candidate.name() + ".asc");
      if (signature.isEmpty()) {
        tried.add(place + " is not signed, for there is no " + candidate.name() + ".asc");
        told = told.or(() -> Optional.of(one.get().digest()));
        continue;
      }
      switch (detached(list.get(), signature.get())) {
        case Verdict.Good good -> {
          level = Manifest.Level.SIGNED;
          key = good.fingerprint();
          verified.add(
              name + " has the SHA-256 that " + candidate.name() + " names, signed by " + by(good));
          return Optional.of(one.get().digest());
        }
        case Verdict.Refused refused when wrong(refused) ->
            throw new ImportException(
                place
                    + ".asc: "
                    + refused.reason()
                    + ". Nothing was imported, and no option takes it: get both files anew, or put"
                    + " them away and name the digest with --sha256");
        case Verdict.Refused refused -> {
          tried.add(place + ".asc: " + refused.reason());
          told = told.or(() -> Optional.of(one.get().digest()));
        }
      }
    }
    if (tried.isEmpty()) {
      tried.add("there is no CHECKSUM beside it");
    }
    tried.addAll(unread);
    if (!order.insecure()) {
      throw new ImportException(
          "nothing vouches for "
              + name
              + ": "
              + String.join("; ", tried)
              + ".\nPut Rocky's CHECKSUM and CHECKSUM.asc beside it, and RPM-GPG-KEY-Rocky-9 or -10"
              + " where no key was found. Rocky 9 has no CHECKSUM.asc on its mirrors: take the"
              + " digest from a place that you trust, such as the signed commits of"
              + " rocky-linux/checksums on GitHub, and name it with --sha256. Or take the image"
              + " unverified, which is recorded: --insecure-no-verify");
    }
    unverified.add("nothing vouches for " + name + ": " + String.join("; ", tried));
    told.ifPresent(digest ->
        verified.add(name + " has the SHA-256 that is told beside it, and nobody signs that"));
    return told;
  }

  private Verdict detached(byte[] octets, byte[] signature) throws IOException {
    return SignatureCheck.verdict(signature, new ByteArrayInputStream(octets), keys, clock);
  }

  /** Whether it speaks against the file; the others only do not speak for it. */
  private static boolean wrong(Verdict.Refused refused) {
    return switch (refused) {
      case Verdict.Wrong _, Verdict.KeyRevoked _, Verdict.Malformed _ -> true;
      case Verdict.Unsigned _,
          Verdict.NoKey _,
          Verdict.KeyExpired _,
          Verdict.OutOfTime _,
          Verdict.Weak _ ->
          false;
    };
  }

  private static String by(Verdict.Good good) {
    return PlainText.cut(PlainText.of(good.userId()), 80) + ", key " + good.fingerprint();
  }

  /** A list of digests; its signature is called so with {@code .asc}. */
  private record Candidate(String name, Beside beside) {}

  private List<Candidate> candidates(String image, Beside beside) throws IOException {
    Path named = order.checksum();
    if (named == null) {
      return List.of(new Candidate(image + ".CHECKSUM", beside), new Candidate("CHECKSUM", beside));
    }
    if (!Files.isRegularFile(named)) {
      throw new ImportException("--checksum " + named + ": there is no such file");
    }
    Path folder = named.toAbsolutePath().resolveSibling("");
    return List.of(new Candidate(named.getFileName().toString(), new Beside.OfFolder(folder)));
  }

  /**
   * A tree by its {@code .treeinfo}.
   *
   * @throws ImportException if nobody vouches for it, or it is another one
   */
  void tree(String source, byte[] treeinfo) throws ImportException {
    String digest = Digest.sha256(treeinfo);
    if (order.sha256() != null) {
      if (!order.sha256().equals(digest)) {
        throw new ImportException(
            source
                + ": .treeinfo has SHA-256 "
                + digest
                + ", not "
                + order.sha256()
                + " as --sha256 names. Nothing was imported");
      }
      level = Manifest.Level.VOUCHED;
      verified.add(".treeinfo has the SHA-256 that --sha256 names");
    } else if (order.insecure()) {
      unverified.add("nothing vouches for .treeinfo, so neither for kernel, initrd and installer");
    } else {
      throw new ImportException(
          source
              + ": nobody signs .treeinfo, which names the digests of kernel, initrd and installer."
              + " Get its digest from a place that you trust, or import the image, and name it:"
              + " --sha256 DIGEST (this one has "
              + digest
              + "). Or take it unverified, which is recorded: --insecure-no-verify");
    }
  }

  /** Whether the digest of all of it is known, so that no part needs a voucher of its own. */
  private boolean whole = false;

  /** An image was read, and is what it must be. */
  void imageHolds() {
    whole = level != Manifest.Level.NONE;
  }

  /**
   * A package, whole on the disk.
   *
   * @param loaders takes out of it what machines boot by
   * @throws ImportException if it is not what was signed, or nobody vouches for it
   */
  void rpm(Path file, String path, RpmLoaders loaders) throws IOException {
    try (RpmReader reader = opened(file, path)) {
      if (reader == null) {
        return;
      }
      RpmPackage rpm = reader.rpm();
      switch (SignedPackage.verdict(rpm, keys, clock)) {
        case Verdict.Good good -> {
          loaders.take(reader);
          signed.merge(by(good), 1, Integer::sum);
          RpmLoaders.digests(rpm).forEach(digest -> packed.put(digest, rpm.nevra()));
        }
        case Verdict.Refused refused when wrong(refused) ->
            throw new ImportException(path + ": " + refused.reason() + NEVER);
        case Verdict.Refused refused -> {
          if (!whole && !order.insecure()) {
            throw new ImportException(
                path
                    + ": "
                    + refused.reason()
                    + ". Or take what nobody vouches for, which is recorded: --insecure-no-verify");
          }
          loaders.take(reader);
          unsigned(path, refused.reason());
        }
      }
    } catch (RpmException e) {
      throw new ImportException(path + " is damaged: " + e.getMessage() + NEVER, e);
    }
  }

  /**
   * Null for what is called like a package and cannot be read as one, in an image whose digest is
   * known: then that is how it was published.
   */
  private @Nullable RpmReader opened(Path file, String path) throws IOException {
    try {
      return RpmReader.open(file);
    } catch (RpmException e) {
      if (!whole) {
        throw e;
      }
      unsigned(path, "cannot be read as a package");
      return null;
    }
  }

  private void unsigned(String path, String why) {
    unsigned.computeIfAbsent(why, _ -> new ArrayList<>()).add(path);
  }

  /**
   * What a detached signature says of a list of packages; none is required of it.
   *
   * @return whether it is good
   * @throws ImportException if it is wrong
   */
  boolean repository(String path, byte[] index, byte[] signature) throws IOException {
    return switch (detached(index, signature)) {
      case Verdict.Good good -> {
        verified.add(path + ", with the lists that it names, signed by " + by(good));
        yield true;
      }
      case Verdict.Refused refused when wrong(refused) ->
          throw new ImportException(path + ".asc: " + refused.reason() + NEVER);
      case Verdict.Refused refused -> {
        unverified.add(path + ": " + refused.reason());
        yield false;
      }
    };
  }

  /**
   * Sums up, when all is copied.
   *
   * @param named files that {@code .treeinfo} names and that are so
   * @param bare other files that are no packages
   */
  void sum(int named, Map<String, FileList.One> bare) {
    if (named > 0) {
      verified.add(count(named, "file") + " with the digests in .treeinfo");
    }
    signed.forEach((owner, number) ->
        verified.add(
            count(number, "package")
                + (number == 1 ? " with its payload" : " with their payloads")
                + ", signed by "
                + owner));
    String covered = whole ? "; the image's digest covers them" : "";
    unsigned.forEach((why, packages) ->
        unverified.add(
            count(packages.size(), "package") + " (" + some(packages) + "): " + why + covered));
    if (whole) {
      return;
    }
    List<String> unnamed = new ArrayList<>();
    bare.forEach((path, one) -> {
      String from = packed.get(one.sha256());
      if (from != null) {
        verified.add(path + " is that of " + from);
      } else {
        unnamed.add(path);
      }
    });
    if (!unnamed.isEmpty()) {
      unverified.add(
          count(unnamed.size(), "file") + " that no digest or signature names: " + some(unnamed));
    }
  }

  private static String some(List<String> all) {
    return String.join(", ", all.subList(0, Math.min(MOST_NAMED, all.size())))
        + (all.size() > MOST_NAMED ? ", and others" : "");
  }

  static String count(long number, String what) {
    return String.format(Locale.ROOT, "%,d %s%s", number, what, number == 1 ? "" : "s");
  }
}
