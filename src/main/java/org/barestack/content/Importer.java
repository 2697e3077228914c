package org.barestack.content;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.barestack.model.PlainText;
import org.jspecify.annotations.Nullable;

/**
 * Brings a release of Rocky Linux into {@code http-root/releases}: all of it or nothing, verified
 * as far as there is something to verify it by. It is put together in {@code .import-NAME} beside
 * its place and comes there by one rename.
 */
public final class Importer {
  /** What a release's folder may be called. */
  public static final String NAME = "[a-z0-9][a-z0-9._-]{0,63}";

  private final Order order;
  private final Http http;
  private final InstantSource clock;
  private final Progress progress;
  private final Path releases;
  private final Evidence evidence;

  /**
   * What to import.
   *
   * @param source a path, or an {@code http(s)} URL
   * @param httpRoot the folder with releases/; need not be there yet
   * @param name of the release's folder; null for the one that a site looks for
   * @param checksum a file with digests, its signature beside it; null for those beside the source
   * @param keys files with keys that are trusted because they are named
   * @param systemKeys a folder with keys that may be of use: {@code /etc/pki/rpm-gpg}
   * @param sha256 the digest of the image, or of the tree's {@code .treeinfo}, in lower case; null
   *     if nobody named one
   * @param insecure whether what nothing vouches for is taken
   * @param replace whether another release of that name goes
   * @param keepImage whether the image itself is kept too, in {@code http-root/media}
   */
  public record Order(
      String source,
      Path httpRoot,
      @Nullable String name,
      @Nullable Path checksum,
      List<Path> keys,
      Path systemKeys,
      @Nullable String sha256,
      boolean insecure,
      boolean replace,
      boolean keepImage) {
    public Order {
      keys = List.copyOf(keys);
    }
  }

  /**
   * What there is now.
   *
   * @param fresh false if it was there already
   * @param remarks what else there is to know
   */
  public record Imported(Path folder, Manifest manifest, boolean fresh, List<String> remarks) {}

  private Importer(Order order, Http.Patience patience, InstantSource clock, Progress progress)
      throws IOException {
    this.order = order;
    this.http = new Http(patience);
    this.clock = clock;
    this.progress = progress;
    this.releases = order.httpRoot().resolve("releases");
    this.evidence = new Evidence(order, clock);
  }

  /**
   * Imports. A run that fails, or is killed, leaves nothing under the release's name; the next one
   * goes on with what is whole.
   *
   * @throws ImportException if it cannot be imported, or must not be; says what to do
   * @throws IOException if the disk fails
   */
  public static Imported run(Order order, InstantSource clock, Progress progress)
      throws IOException {
    return run(order, Http.Patience.USUAL, clock, progress);
  }

  static Imported run(Order order, Http.Patience patience, InstantSource clock, Progress progress)
      throws IOException {
    try {
      return new Importer(order, patience, clock, progress).locked();
    } catch (ImportException e) {
      throw e;
    } catch (IOException e) {
      // ENOSPC and EDQUOT have no class of their own in Java
      String message = String.valueOf(e.getMessage());
      if (message.contains("No space left on device") || message.contains("Disk quota exceeded")) {
        throw new ImportException(
            order.httpRoot().resolve("releases")
                + " is full. Nothing is there under the release's name. Make room and run it again:"
                + " it goes on with what is whole",
            e);
      }
      throw e;
    } finally {
      progress.end();
    }
  }

  private Imported locked() throws IOException {
    try {
      Files.createDirectories(releases);
    } catch (IOException e) {
      throw new ImportException(releases + " cannot be made: " + e, e);
    }
    try (FileChannel file =
        FileChannel.open(
            releases.resolve(".import.lock"),
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE)) {
      boolean taken;
      try {
        taken = file.tryLock() != null;
      } catch (OverlappingFileLockException e) {
        taken = false; // by this same process
      }
      if (!taken) {
        throw new ImportException(
            "another barestack import is at work in " + releases + "; run it when that has ended");
      }
      return fromSource(order.source());
    }
  }

  private Imported fromSource(String named) throws IOException {
    if (named.matches("(?i)https?:/.*")) {
      return fromUrl(url(named));
    }
    if (named.matches("(?i)[a-z][a-z0-9+.-]*://.*")) {
      throw new ImportException(
          PlainText.of(named) + ": it must be http or https, a file or a folder");
    }
    Path path = Path.of(named);
    if (Files.isDirectory(path)) {
      noImage(named);
      evidence.take(new Beside.OfFolder(path).keys());
      try (Source folder = FolderSource.open(path)) {
        return tree(folder);
      }
    }
    if (Files.isRegularFile(path)) {
      Path real = path.toRealPath();
      Beside beside = new Beside.OfFolder(path.toAbsolutePath().resolveSibling(""));
      evidence.take(beside.keys());
      try (IsoSource image = IsoSource.open(real, path.toString())) {
        evidence.take(keys(image));
        Optional<String> digest = evidence.image(path.getFileName().toString(), beside);
        return image(image, real, digest, () -> {});
      }
    }
    throw new ImportException(
        Files.exists(path)
            ? path + " is neither a file nor a folder"
            : path + ": there is no such file or folder");
  }

  private static URI url(String named) throws ImportException {
    URI uri;
    try {
      uri = new URI(named).normalize();
    } catch (URISyntaxException e) {
      throw new ImportException(PlainText.of(named) + " is no URL: " + e.getReason(), e);
    }
    if (uri.getHost() == null || uri.getPath().isEmpty()) {
      throw new ImportException(Http.shown(uri) + " names no host, or nothing on it");
    }
    if (uri.getUserInfo() != null || uri.getQuery() != null || uri.getFragment() != null) {
      throw new ImportException(
          Http.shown(uri) + ": a URL with a password, a query or a fragment is not taken");
    }
    return uri;
  }

  private Imported fromUrl(URI url) throws IOException {
    String file = url.getPath().substring(url.getPath().lastIndexOf('/') + 1);
    if (!file.toLowerCase(Locale.ROOT).endsWith(".iso")) {
      noImage(Http.shown(url));
      URI tree = file.isEmpty() ? url : url.resolve(file + "/");
      try (Source mirror = MirrorSource.open(http, tree)) {
        evidence.take(new Beside.OfUrl(http, tree).keys());
        return tree(mirror);
      }
    }
    Beside beside = new Beside.OfUrl(http, url.resolve("."));
    evidence.take(beside.keys());
    // before gigabytes come for nothing
    Optional<String> digest = evidence.image(file, beside);
    Optional<Imported> there = there(digest);
    if (there.isPresent() && isKept(there.get())) {
      return there.get();
    }
    Download download = new Download(http, url, releases);
    Path came = download.file(progress);
    try (IsoSource image = IsoSource.open(came, Http.shown(url))) {
      evidence.take(keys(image));
      Imported imported = image(image, came, digest, download::remove);
      download.remove();
      return imported;
    }
  }

  /**
   * What an image's own root has; a key counts by its fingerprint, so it may come from anywhere.
   */
  private static Map<String, byte[]> keys(IsoSource image) throws IOException {
    Map<String, byte[]> keys = new LinkedHashMap<>();
    for (Entry entry : image.entries()) {
      if (entry instanceof Entry.File file
          && file.path().startsWith(Beside.KEY)
          && file.size() <= Beside.LARGEST) {
        try (InputStream in = image.open(file)) {
          keys.put(file.path(), in.readNBytes(Beside.LARGEST));
        }
      }
    }
    return keys;
  }

  /** What is done with an image that is not what it must be. */
  private interface Wrong {
    void remove() throws IOException;
  }

  /** The release that came from an image of that digest, if it is there under any fitting name. */
  private Optional<Imported> there(Optional<String> digest) throws IOException {
    if (digest.isEmpty()) {
      return Optional.empty();
    }
    for (String name : new Releases(order.httpRoot()).list()) {
      Path folder = releases.resolve(name);
      if (order.replace() || (order.name() != null && !name.equals(order.name()))) {
        continue;
      }
      Optional<Manifest> manifest = Manifest.read(folder);
      if (manifest.isPresent()
          && digest.get().equals(manifest.get().source().sha256())
          && name.equals(
              order.name() != null
                  ? order.name()
                  : Treeinfo.folder(manifest.get().version(), manifest.get().arch()))
          && (evidence.level() == Manifest.Level.NONE
              || manifest.get().trust().level() != Manifest.Level.NONE)) {
        return Optional.of(new Imported(folder, manifest.get(), false, List.of()));
      }
    }
    return Optional.empty();
  }

  private void noImage(String named) throws ImportException {
    if (order.keepImage()) {
      throw new ImportException(
          PlainText.of(named)
              + " is no image, so there is none to keep: name the image, or leave out"
              + " --keep-image");
    }
  }

  /** Whether all that is to be kept of what is there is kept. */
  private boolean isKept(Imported there) {
    return !order.keepImage()
        || Files.exists(KeptImage.place(order.httpRoot(), there.manifest().name()));
  }

  private Imported image(IsoSource image, Path file, Optional<String> wanted, Wrong wrong)
      throws IOException {
    Optional<Imported> there = there(wanted);
    if (there.isPresent() && isKept(there.get())) {
      return there.get();
    }
    Imported imported = verified(image, file, wanted, wrong);
    if (!order.keepImage()) {
      return imported;
    }
    Path kept =
        KeptImage.keep(order.httpRoot(), imported.manifest().name(), file, progress, image::same);
    List<String> remarks = new ArrayList<>(imported.remarks());
    remarks.add("its image: " + kept);
    return new Imported(imported.folder(), imported.manifest(), imported.fresh(), remarks);
  }

  private Imported verified(IsoSource image, Path file, Optional<String> wanted, Wrong wrong)
      throws IOException {
    progress.begin("reading " + image.name(), Files.size(file));
    String digest = FileList.sha256(file, progress::passed);
    progress.end();
    image.same();
    if (wanted.isPresent() && !wanted.get().equals(digest)) {
      wrong.remove();
      throw new ImportException(
          image.name()
              + " has SHA-256 "
              + digest
              + ", and should have "
              + wanted.get()
              + ": it is damaged, not whole, or another one. Nothing was imported");
    }
    evidence.imageHolds();
    return from(image, digest);
  }

  private Imported tree(Source source) throws IOException {
    return from(source, null);
  }

  /**
   * Imports what was opened.
   *
   * @param image the digest of the image; null of a tree
   */
  private Imported from(Source source, @Nullable String image) throws IOException {
    Listing listing = Listing.of(source.name(), source.entries());
    String treeinfo = source.root() + Treeinfo.NAME;
    Entry.File file =
        listing
            .file(treeinfo)
            .filter(one -> one.size() <= Treeinfo.LARGEST)
            .orElseThrow(() ->
                new ImportException(
                    source.name() + " has no .treeinfo: it is no medium of Rocky Linux"));
    byte[] octets;
    try (InputStream in = source.open(file)) {
      octets = in.readNBytes(Treeinfo.LARGEST);
    }
    Treeinfo info = Treeinfo.of(source.name(), octets);
    if (image == null) {
      evidence.tree(source.name(), octets);
    }
    String version = info.version().filter(one -> one.matches(Treeinfo.VERSION)).orElse("");
    String arch = info.arch().filter(one -> one.matches(Treeinfo.ARCH)).orElse("");
    if (version.isEmpty() || arch.isEmpty()) {
      throw new ImportException(
          source.name()
              + ": .treeinfo says version '"
              + PlainText.cut(PlainText.of(info.version().orElse("")), 40)
              + "' for '"
              + PlainText.cut(PlainText.of(info.arch().orElse("")), 40)
              + "', which names no release of Rocky Linux");
    }
    Map<String, Digest> named = named(source, info, listing);
    named.put(treeinfo, Digest.sha256(Digest.sha256(octets)));
    for (String path : info.images(source.name())) {
      String below = TreeLayout.below(source.name(), source.root(), path);
      if (listing.file(below).isEmpty()) {
        throw new ImportException(
            source.name() + ": .treeinfo names " + below + ", which is not there");
      }
      if (image == null && !named.containsKey(below) && !order.insecure()) {
        throw new ImportException(
            source.name()
                + ": .treeinfo has no SHA-256 of "
                + below
                + ", so nothing vouches for it. Take it unverified, which is recorded:"
                + " --insecure-no-verify");
      }
    }
    String name = order.name() != null ? order.name() : Treeinfo.folder(version, arch);
    String identity = identity(source, listing, octets);
    Path place = releases.resolve(name);
    mend(name);
    Optional<Imported> there = inTheWay(place, identity, image);
    if (there.isPresent()) {
      return there.get();
    }
    Path folder = releases.resolve(".import-" + name);
    String begun = identity + " " + (image == null ? source.kind() : image);
    try (Staging staging = Staging.open(folder, begun)) {
      Room.check(releases, source.name(), missing(listing, staging));
      RpmLoaders loaders = new RpmLoaders(staging);
      FileList files = copied(source, listing, named, staging, loaders);
      source.same();
      List<String> remarks = new ArrayList<>(source.remarks());
      Manifest manifest =
          new Manifest(
              name,
              version,
              arch,
              PlainText.cut(PlainText.of(info.value("general", "family").orElse("")), 80),
              new Manifest.From(
                  source.kind(),
                  source.name(),
                  source.label().isEmpty() ? null : source.label(),
                  image),
              evidence.trust(),
              clock.instant().truncatedTo(ChronoUnit.SECONDS).toString(),
              new Manifest.Content(
                  identity, files.files().size(), files.size(), Digest.sha256(files.octets())),
              loaders.taken());
      staging.own("CHECKSUM", files.octets());
      staging.own("release.json", manifest.octets());
      staging.seal();
      comeToItsPlace(name);
      return new Imported(place, manifest, true, remarks);
    }
  }

  /** What {@code .treeinfo} says of files that are there. */
  private static Map<String, Digest> named(Source source, Treeinfo info, Listing listing)
      throws ImportException {
    Map<String, Digest> named = new HashMap<>();
    for (var entry : info.checksums().entrySet()) {
      String path = TreeLayout.below(source.name(), source.root(), entry.getKey());
      // A writer of images puts the boot info table into this one, after its digest was taken; it
      // serves media alone.
      if (listing.file(path).isPresent() && !path.endsWith("images/eltorito.img")) {
        named.put(path, entry.getValue());
      }
    }
    return named;
  }

  /** The same for each source of the same release: its {@code .treeinfo} and lists of packages. */
  private static String identity(Source source, Listing listing, byte[] treeinfo)
      throws IOException {
    MessageDigest identity = Digest.counter(Digest.SHA256);
    identity.update(treeinfo);
    for (Entry.File file : listing.files()) {
      if (file.path().endsWith("repodata/repomd.xml")) {
        try (InputStream in = source.open(file)) {
          identity.update(in.readNBytes(Repodata.LARGEST_INDEX));
        }
      }
    }
    return Digest.hex(identity);
  }

  /** After a process that was killed while it replaced a release. */
  private void mend(String name) throws IOException {
    Path old = old(name);
    if (Files.exists(old, LinkOption.NOFOLLOW_LINKS)) {
      if (Files.exists(releases.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
        Staging.delete(old);
      } else {
        Staging.rename(old, releases.resolve(name));
      }
    }
  }

  private Path old(String name) {
    return releases.resolve(".old-" + name);
  }

  private Optional<Imported> inTheWay(Path place, String identity, @Nullable String image)
      throws IOException {
    if (order.replace() || !Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    String other =
        ". --replace puts this one in its place, --name imports it beside under another name";
    Optional<Manifest> manifest = Manifest.read(place);
    if (manifest.isEmpty()) {
      throw new ImportException(place + " is there already, and was put there by hand" + other);
    }
    String known = manifest.get().source().sha256();
    boolean same =
        manifest.get().content().identity().equals(identity)
            && (image == null || known == null || image.equals(known));
    if (!same) {
      throw new ImportException(
          place
              + " is there already, and is another one, from "
              + manifest.get().source().from()
              + other);
    }
    if (manifest.get().trust().level() == Manifest.Level.NONE
        && evidence.level() != Manifest.Level.NONE) {
      throw new ImportException(
          place + " is there already, but was imported unverified. --replace verifies it now");
    }
    return Optional.of(new Imported(place, manifest.get(), false, List.of()));
  }

  private static long missing(Listing listing, Staging staging) {
    return listing.files().stream()
        .filter(file -> staging.done(file).isEmpty())
        .mapToLong(file -> Math.max(0, file.size()))
        .sum();
  }

  private FileList copied(
      Source source,
      Listing listing,
      Map<String, Digest> named,
      Staging staging,
      RpmLoaders loaders)
      throws IOException {
    staging.clear(listing);
    for (Entry entry : listing.entries()) {
      if (entry instanceof Entry.Folder folder) {
        staging.makeFolder(folder);
      }
    }
    // what is wrong with a tree as such shows before gigabytes of packages
    List<Entry.File> files =
        listing.files().stream()
            .sorted(Comparator.comparing((Entry.File file) -> isPackage(file.path())))
            .toList();
    progress.begin(
        "importing " + source.name(),
        files.stream().mapToLong(file -> Math.max(0, file.size())).sum());
    Map<String, FileList.One> list = new TreeMap<>();
    Map<String, FileList.One> bare = new TreeMap<>();
    for (Entry.File file : files) {
      Digest wanted = named.get(file.path());
      FileList.One one = copied(source, file, wanted, staging, loaders);
      list.put(file.path(), one);
      if (wanted == null && !isPackage(file.path())) {
        bare.put(file.path(), one);
      }
    }
    for (Entry entry : listing.entries()) {
      if (entry instanceof Entry.Link link) {
        staging.link(link);
      }
    }
    progress.end();
    for (String path : signedLists(listing, list, staging)) {
      bare.remove(path);
    }
    evidence.sum(named.size(), bare);
    list.putAll(loaders.files());
    return new FileList(list);
  }

  /** Rocky signs its lists of packages, in a file beside; other mirrors may not. */
  private List<String> signedLists(
      Listing listing, Map<String, FileList.One> files, Staging staging) throws IOException {
    List<String> signed = new ArrayList<>();
    for (Entry.File file : listing.files()) {
      String path = file.path();
      Optional<Entry.File> signature = listing.file(path + ".asc");
      if (!path.endsWith("repodata/repomd.xml") || signature.isEmpty()) {
        continue;
      }
      byte[] index = Files.readAllBytes(staging.folder().resolve(path));
      byte[] detached = Files.readAllBytes(staging.folder().resolve(path + ".asc"));
      if (!evidence.repository(path, index, detached)) {
        continue;
      }
      signed.add(path);
      signed.add(path + ".asc");
      String repository = path.substring(0, path.length() - "repodata/repomd.xml".length());
      for (Repodata.Named list : Repodata.lists(path, index)) {
        FileList.One one = files.get(repository + list.href());
        if (one != null && list.digest().algorithm().equals(Digest.SHA256)) {
          if (!one.sha256().equals(list.digest().hex())) {
            throw new ImportException(
                repository
                    + list.href()
                    + " is not what the signed "
                    + path
                    + " names. Nothing was imported, and no option takes it: get it anew");
          }
          signed.add(repository + list.href());
        }
      }
    }
    return signed;
  }

  private static boolean isPackage(String path) {
    return path.endsWith(".rpm");
  }

  /** Counts digests of octets that pass by. */
  private final class Counters implements Staging.Tap {
    private final Map<String, MessageDigest> counters = new HashMap<>();
    private long octets;

    Counters(Entry.File file, @Nullable Digest wanted) {
      counters.put(Digest.SHA256, Digest.counter(Digest.SHA256));
      for (Digest digest : new @Nullable Digest[] {wanted, file.digest()}) {
        if (digest != null) {
          counters.computeIfAbsent(digest.algorithm(), Digest::counter);
        }
      }
    }

    @Override
    public void pass(byte[] buffer, int length) {
      counters.values().forEach(counter -> counter.update(buffer, 0, length));
      octets += length;
      progress.passed(length);
    }

    Map<String, String> digests() {
      Map<String, String> digests = new HashMap<>();
      counters.forEach((algorithm, counter) -> digests.put(algorithm, Digest.hex(counter)));
      return digests;
    }
  }

  private FileList.One copied(
      Source source, Entry.File file, @Nullable Digest wanted, Staging staging, RpmLoaders loaders)
      throws IOException {
    Path staged = staging.folder().resolve(file.path());
    Optional<Staging.Done> done = staging.done(file);
    Counters counters = new Counters(file, wanted);
    Map<String, String> digests = Map.of();
    if (done.isPresent()) {
      try (InputStream in = Files.newInputStream(staged)) {
        byte[] buffer = new byte[1 << 18];
        for (int length = in.read(buffer); length >= 0; length = in.read(buffer)) {
          counters.pass(buffer, length);
        }
      }
      digests = counters.digests();
      if (!done.get().sha256().equals(digests.get(Digest.SHA256))) {
        staging.drop(file);
        done = Optional.empty();
        counters = new Counters(file, wanted);
      }
    }
    if (done.isEmpty()) {
      long most = file.size() == Entry.UNTOLD ? Long.MAX_VALUE : file.size();
      try (InputStream in = new FromSource(source, file)) {
        staging.copy(file, in, most, counters);
      }
      if (file.size() != Entry.UNTOLD && counters.octets != file.size()) {
        throw new ImportException(
            source.name()
                + ": "
                + file.path()
                + " ends after "
                + counters.octets
                + " of "
                + file.size()
                + " octets. Nothing was imported; run it again when the source is whole");
      }
      digests = counters.digests();
    }
    try {
      holds(source, file, wanted, digests);
      holds(source, file, file.digest(), digests);
      if (isPackage(file.path())) {
        evidence.rpm(staged, file.path(), loaders);
      }
    } catch (ImportException e) {
      staging.drop(file); // what is wrong is not gone on with
      throw e;
    }
    String sha256 = digests.getOrDefault(Digest.SHA256, "");
    if (done.isEmpty()) {
      staging.whole(file, sha256, counters.octets);
    }
    return new FileList.One(counters.octets, sha256);
  }

  private static void holds(
      Source source, Entry.File file, @Nullable Digest wanted, Map<String, String> digests)
      throws ImportException {
    if (wanted != null && !wanted.hex().equals(digests.get(wanted.algorithm()))) {
      throw new ImportException(
          source.name()
              + ": "
              + file.path()
              + " is not what the source itself says that it is ("
              + wanted.algorithm()
              + " "
              + wanted.hex()
              + "). Nothing was imported, and no option takes it: get it anew");
    }
  }

  /** Tells faults of the source from faults of the disk. */
  private static final class FromSource extends FilterInputStream {
    private final Source source;
    private final Entry.File file;

    FromSource(Source source, Entry.File file) throws IOException {
      super(InputStream.nullInputStream());
      this.source = source;
      this.file = file;
      try {
        in = source.open(file);
      } catch (ImportException e) {
        throw e;
      } catch (IOException e) {
        throw gone(e);
      }
    }

    private ImportException gone(IOException fault) {
      return new ImportException(
          source.name()
              + " cannot be read any more: "
              + file.path()
              + (fault instanceof NoSuchFileException ? " is not there" : ": " + fault.getMessage())
              + ". Nothing is there under the release's name; run it again to go on with what is"
              + " whole",
          fault);
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        return in.read(buffer, offset, length);
      } catch (ImportException e) {
        throw e;
      } catch (IOException e) {
        throw gone(e);
      }
    }
  }

  private void comeToItsPlace(String name) throws IOException {
    Path place = releases.resolve(name);
    if (Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      try {
        Staging.rename(place, old(name));
      } catch (IOException e) {
        throw new ImportException(
            place + " cannot be moved out of the way: is something mounted there? " + e, e);
      }
    }
    Staging.rename(releases.resolve(".import-" + name), place);
    Files.deleteIfExists(Staging.progress(place));
    Staging.delete(old(name));
  }
}
