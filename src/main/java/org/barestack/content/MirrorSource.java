package org.barestack.content;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.barestack.verify.ExpectedContent;

/**
 * A tree on a web server. Its files are those that its {@code .treeinfo} names, the loaders beside
 * them, and the packages of each of its repositories, by their own lists: a server tells no list of
 * a folder in a way that can be relied on.
 */
final class MirrorSource implements Source {
  /** Octets of an image; install.img has 1 GB. */
  private static final long LARGEST_IMAGE = 8L << 30;

  /** Octets of each file beside the images. */
  private static final int LARGEST_SMALL = 64 << 20;

  /** What is taken besides, where it is there: loaders, and what a person would look for. */
  private static final List<String> BESIDES =
      List.of(
          "EFI/BOOT/BOOTX64.EFI",
          "EFI/BOOT/grubx64.efi",
          "EFI/BOOT/mmx64.efi",
          "EFI/BOOT/BOOTAA64.EFI",
          "EFI/BOOT/grubaa64.efi",
          "EFI/BOOT/mmaa64.efi",
          "EFI/BOOT/grub.cfg",
          ".discinfo",
          "media.repo",
          "extra_files.json",
          "LICENSE",
          "RPM-GPG-KEY-Rocky-9",
          "RPM-GPG-KEY-Rocky-10");

  private final Http http;
  private final URI base;
  private final String root;
  private final Treeinfo info;
  private final Map<String, byte[]> read = new HashMap<>();
  private final List<String> remarks = new ArrayList<>();

  private MirrorSource(Http http, URI base, String root, Treeinfo info, byte[] treeinfo) {
    this.http = http;
    this.base = base;
    this.root = root;
    this.info = info;
    this.read.put(root + Treeinfo.NAME, treeinfo);
  }

  /**
   * Reads its {@code .treeinfo}.
   *
   * @param tree ends with a slash
   * @throws ImportException if there is none
   */
  static MirrorSource open(Http http, URI tree) throws IOException {
    byte[] treeinfo =
        http.small(Http.below(tree, Treeinfo.NAME), Treeinfo.LARGEST)
            .orElseThrow(() ->
                new ImportException(
                    Http.shown(tree)
                        + " is no install tree: it has no .treeinfo. A mirror's trees are called"
                        + " .../BaseOS/ARCH/os/; an image's URL ends with .iso"));
    Treeinfo info = Treeinfo.of(Http.shown(tree), treeinfo);
    String root = TreeLayout.root(Http.shown(tree), tree.getPath(), info);
    URI base = root.isEmpty() ? tree : tree.resolve("../".repeat(TreeLayout.depth(root)));
    return new MirrorSource(http, base, root, info, treeinfo);
  }

  @Override
  public String name() {
    return Http.shown(Http.below(base, root));
  }

  @Override
  public String kind() {
    return "url";
  }

  @Override
  public String root() {
    return root;
  }

  @Override
  public List<String> remarks() {
    return List.copyOf(remarks);
  }

  @Override
  public Collection<Entry> entries() throws IOException {
    Map<String, Entry> entries = new LinkedHashMap<>();
    keep(entries, root + Treeinfo.NAME, read.getOrDefault(root + Treeinfo.NAME, new byte[0]));
    for (String image : info.images(name())) {
      String path = TreeLayout.below(name(), root, image);
      entries.put(path, new Entry.File(path, Entry.UNTOLD, "", null));
    }
    for (String beside : BESIDES) {
      Optional<byte[]> octets = small(root + beside);
      if (octets.isPresent()) {
        keep(entries, root + beside, octets.get());
      }
    }
    for (String repository : info.repositories()) {
      String path = TreeLayout.below(name(), root, repository);
      repository(entries, path.isEmpty() ? "" : path + "/");
    }
    return new ArrayList<>(entries.values());
  }

  private Optional<byte[]> small(String path) throws IOException {
    return http.small(Http.below(base, path), LARGEST_SMALL);
  }

  /** What was read is not asked for a second time, when it might be something else. */
  private void keep(Map<String, Entry> entries, String path, byte[] octets) {
    read.put(path, octets);
    Digest digest = Digest.sha256(Digest.sha256(octets));
    entries.put(path, new Entry.File(path, octets.length, digest.hex(), digest));
  }

  private void repository(Map<String, Entry> entries, String folder) throws IOException {
    String index = folder + "repodata/repomd.xml";
    if (read.containsKey(index)) {
      return;
    }
    Optional<byte[]> repomd = http.small(Http.below(base, index), Repodata.LARGEST_INDEX);
    if (repomd.isEmpty()) {
      remarks.add(folder + " has no repository, though .treeinfo names it: its packages stay out");
      return;
    }
    keep(entries, index, repomd.get());
    Optional<byte[]> signature = small(index + ".asc");
    if (signature.isPresent()) {
      keep(entries, index + ".asc", signature.get());
    }
    for (Repodata.Named list : Repodata.lists(place(index), repomd.get())) {
      Entry.File file = put(entries, folder, list);
      if (list.type().equals("primary")) {
        try (InputStream in = http.open(Http.below(base, file.path()), limit(file))) {
          InputStream checked = list.digest().content().of(in, place(file.path()));
          for (Repodata.Named one : Repodata.packages(place(file.path()), checked, list.href())) {
            put(entries, folder, one);
          }
          checked.transferTo(OutputStream.nullOutputStream());
        } catch (ExpectedContent.Mismatch e) {
          throw new ImportException(e.getMessage() + ", as " + index + " says", e);
        }
      }
    }
  }

  private String place(String path) {
    return Http.shown(Http.below(base, path));
  }

  private static Entry.File put(Map<String, Entry> entries, String folder, Repodata.Named named) {
    String path = folder + named.href();
    Entry.File file = new Entry.File(path, named.size(), named.digest().hex(), named.digest());
    entries.put(path, file);
    return file;
  }

  private static long limit(Entry.File file) {
    if (file.size() != Entry.UNTOLD) {
      return file.size();
    }
    return file.path().contains("/repodata/") ? Repodata.LARGEST_LIST : LARGEST_IMAGE;
  }

  @Override
  public InputStream open(Entry.File file) throws IOException {
    byte[] known = read.get(file.path());
    return known != null
        ? new ByteArrayInputStream(known)
        : http.open(Http.below(base, file.path()), limit(file));
  }
}
