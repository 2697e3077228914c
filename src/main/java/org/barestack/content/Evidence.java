package org.barestack.content;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What an import rests on. There are three answers to each question: good, missing and wrong. Wrong
 * ends the import, whatever the operator says; missing ends it unless he takes it; both say what to
 * do. All that is found out is kept, to be told and written down.
 */
final class Evidence {
  private static final int MOST_NAMED = 3;

  private final Importer.Order order;
  private final List<String> verified = new ArrayList<>();
  private final List<String> unverified = new ArrayList<>();
  private final Map<String, byte[]> found = new LinkedHashMap<>();
  private Signatures signatures;
  private Manifest.Level level = Manifest.Level.NONE;
  private @Nullable String key;

  /** How many packages each owner of a key signed. */
  private final Map<String, Integer> signed = new TreeMap<>();

  private final List<String> unsigned = new ArrayList<>();

  Evidence(Importer.Order order) throws IOException {
    this.order = order;
    for (Path file : order.keys()) {
      if (Beside.small(file).isEmpty()) {
        throw new ImportException("--key " + file + ": there is no such file");
      }
    }
    this.signatures = signatures();
    take(Beside.keys(order.systemKeys()));
  }

  private Signatures signatures() throws IOException {
    Map<String, byte[]> named = new LinkedHashMap<>();
    for (Path file : order.keys()) {
      named.put(file.toString(), Beside.small(file).orElseThrow());
    }
    return Signatures.of(named, found);
  }

  /** More files in which a key may be. */
  void take(Map<String, byte[]> keys) throws IOException {
    if (!keys.isEmpty()) {
      found.putAll(keys);
      signatures = signatures();
    }
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
    Optional<String> unsignedDigest = Optional.empty();
    for (Candidate candidate : candidates(name, beside)) {
      Optional<byte[]> list = candidate.list();
      if (list.isEmpty()) {
        continue;
      }
      FileList.One one =
          FileList.parse(new String(list.get(), StandardCharsets.UTF_8)).files().get(name);
      if (one == null) {
        tried.add(candidate.place() + " does not name " + name);
        continue;
      }
      Optional<byte[]> signature = candidate.signature();
      if (signature.isEmpty()) {
        tried.add(candidate.place() + " is not signed: there is no " + candidate.place() + ".asc");
        unsignedDigest = unsignedDigest.or(() -> Optional.of(one.sha256()));
        continue;
      }
      switch (signatures.detached(list.get(), signature.get())) {
        case Verdict.Good(String fingerprint, String owner) -> {
          level = Manifest.Level.SIGNED;
          key = fingerprint;
          verified.add(
              name
                  + " has the SHA-256 that "
                  + candidate.name()
                  + " names, which is signed by "
                  + owner
                  + ", key "
                  + fingerprint);
          return Optional.of(one.sha256());
        }
        case Verdict.Wrong(String why) ->
            throw new ImportException(
                candidate.place()
                    + ".asc is no good signature: "
                    + why
                    + ". Nothing was imported, and no option changes that: get both files anew, or"
                    + " take them away and name the digest with --sha256");
        case Verdict.Missing(String why) -> {
          tried.add(candidate.place() + ".asc: " + why);
          unsignedDigest = unsignedDigest.or(() -> Optional.of(one.sha256()));
        }
      }
    }
    if (tried.isEmpty()) {
      tried.add("there is no CHECKSUM beside it");
    }
    if (!order.insecure()) {
      throw new ImportException(
          "nothing vouches for "
              + name
              + ": "
              + String.join("; ", tried)
              + ". Put Rocky's CHECKSUM and CHECKSUM.asc beside it (and RPM-GPG-KEY-Rocky-9 or -10,"
              + " where no key was found). Rocky 9 signs none on its mirrors: take the digest from a"
              + " place that you trust, such as the signed commits of rocky-linux/checksums on"
              + " GitHub, and name it: --sha256 DIGEST. Or take it unverified, which is recorded:"
              + " --insecure-no-verify");
    }
    unverified.add("nothing vouches for " + name + ": " + String.join("; ", tried));
    return unsignedDigest;
  }

  /** A list of digests, its signature beside it. */
  private interface Candidate {
    String name();

    String place();

    Optional<byte[]> list() throws IOException;

    Optional<byte[]> signature() throws IOException;
  }

  private List<Candidate> candidates(String image, Beside beside) throws IOException {
    Path named = order.checksum();
    if (named != null) {
      if (!Files.isRegularFile(named)) {
        throw new ImportException("--checksum " + named + ": there is no such file");
      }
      Path folder = named.toAbsolutePath().resolveSibling("");
      return List.of(candidate(named.getFileName().toString(), new Beside.OfFolder(folder)));
    }
    return List.of(candidate(image + ".CHECKSUM", beside), candidate("CHECKSUM", beside));
  }

  private static Candidate candidate(String name, Beside beside) {
    return new Candidate() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public String place() {
        return beside.place(name);
      }

      @Override
      public Optional<byte[]> list() throws IOException {
        return beside.read(name);
      }

      @Override
      public Optional<byte[]> signature() throws IOException {
        return beside.read(name + ".asc");
      }
    };
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
   * @throws ImportException if it is not what was signed, or nobody vouches for it
   */
  void rpm(Path file, String path) throws IOException {
    switch (signatures.rpm(file, path)) {
      case Verdict.Good(String fingerprint, String owner) ->
          signed.merge(owner + ", key " + fingerprint, 1, Integer::sum);
      case Verdict.Wrong(String why) ->
          throw new ImportException(
              path + " is not what was signed: " + why + ". It is not taken, whatever the options");
      case Verdict.Missing(String why) -> {
        if (!whole && !order.insecure()) {
          throw new ImportException(
              path
                  + ": "
                  + why
                  + ". Name the key that signs these packages with --key FILE; or take them"
                  + " unverified, which is recorded: --insecure-no-verify");
        }
        unsigned.add(path + " (" + why + ")");
      }
    }
  }

  /** What a detached signature says of a list of packages; nothing is required of it. */
  void repository(String path, byte[] index, byte[] signature) throws IOException {
    switch (signatures.detached(index, signature)) {
      case Verdict.Good(String fingerprint, String owner) ->
          verified.add(path + " is signed by " + owner + ", key " + fingerprint);
      case Verdict.Wrong(String why) ->
          throw new ImportException(path + ".asc is no good signature: " + why);
      case Verdict.Missing(String why) -> unverified.add(path + ": " + why);
    }
  }

  /**
   * Sums up, when all is copied.
   *
   * @param named files that {@code .treeinfo} names and that are so
   * @param bare other files that are no packages, and that nothing names
   */
  void sum(int named, List<String> bare) {
    if (named > 0) {
      verified.add(count(named, "file") + " as .treeinfo names them");
    }
    signed.forEach((owner, number) ->
        verified.add(
            count(number, "package") + " signed by " + owner + "; their payloads are as signed"));
    String covered = whole ? "; the image's digest covers them" : "";
    if (!unsigned.isEmpty()) {
      unverified.add(
          count(unsigned.size(), "package") + " by signature: " + some(unsigned) + covered);
    }
    if (!whole && !bare.isEmpty()) {
      unverified.add(
          count(bare.size(), "file") + " that no digest or signature names: " + some(bare));
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
