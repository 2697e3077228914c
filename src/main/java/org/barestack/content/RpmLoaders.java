package org.barestack.content;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.barestack.format.rpm.PackagedFile;
import org.barestack.format.rpm.RpmPackage;
import org.barestack.format.rpm.RpmReader;

/**
 * Loaders out of a release's packages, into {@code .barestack/loaders}, where {@code
 * pxe/loaders.yaml} looks for them: iPXE, which no medium has besides, and shim and GRUB.
 */
final class RpmLoaders {
  static final String FOLDER = "loaders/";

  /** Octets of a loader; GRUB has 4 MB. */
  private static final int LARGEST = 32 << 20;

  /** Ends of paths, by the package that has them. */
  private static final Map<String, List<String>> WANTED =
      Map.of(
          "ipxe-bootimgs-x86", List.of("/undionly.kpxe", "/ipxe-snponly-x86_64.efi"),
          "ipxe-bootimgs-aarch64", List.of("/arm64-efi/snponly.efi"),
          "shim-x64", List.of("/shimx64.efi", "/mmx64.efi"),
          "shim-aa64", List.of("/shimaa64.efi", "/mmaa64.efi"),
          "grub2-efi-x64", List.of("/grubx64.efi"),
          "grub2-efi-aa64", List.of("/grubaa64.efi"));

  /** Packages whose files also stand on media, in EFI/BOOT. */
  private static final Set<String> ON_MEDIA =
      Set.of(
          "shim-x64",
          "shim-aa64",
          "grub2-efi-x64",
          "grub2-efi-aa64",
          "grub2-efi-x64-cdboot",
          "grub2-efi-aa64-cdboot");

  private final Staging staging;
  private final Map<String, Manifest.Loader> taken = new TreeMap<>();
  private final Map<String, FileList.One> files = new TreeMap<>();

  RpmLoaders(Staging staging) {
    this.staging = staging;
  }

  /** Reads a package's payload to its end, and takes out what is wanted of it. */
  void take(RpmReader reader) throws IOException {
    RpmPackage rpm = reader.rpm();
    Map<String, byte[]> loaders = new LinkedHashMap<>();
    List<String> paths = new ArrayList<>();
    for (String end : WANTED.getOrDefault(rpm.name(), List.of())) {
      rpm.files().stream()
          .filter(file -> file.kind() == PackagedFile.Kind.FILE && !file.ghost())
          .filter(file -> file.path().endsWith(end) && file.size() <= LARGEST)
          .findFirst()
          .ifPresent(file -> paths.add(file.path()));
    }
    reader.extract(
        paths,
        (asked, file, content) -> {
          byte[] octets = content.readAllBytes();
          asked.forEach(path -> loaders.put(path.substring(path.lastIndexOf('/') + 1), octets));
        });
    // Here the payload's digest held; before, nothing of it may be used.
    for (var loader : loaders.entrySet()) {
      String sha256 = Digest.sha256(loader.getValue());
      staging.own(FOLDER + loader.getKey(), loader.getValue());
      taken.put(loader.getKey(), new Manifest.Loader(loader.getKey(), rpm.nevra(), sha256));
      files.put(
          Listing.OURS + "/" + FOLDER + loader.getKey(),
          new FileList.One(loader.getValue().length, sha256));
    }
  }

  /** SHA-256 digests of files that a package has for media. */
  static List<String> digests(RpmPackage rpm) {
    return ON_MEDIA.contains(rpm.name()) && rpm.fileDigest().equals(Digest.SHA256)
        ? rpm.files().stream()
            .filter(file -> file.kind() == PackagedFile.Kind.FILE)
            .map(PackagedFile::digest)
            .toList()
        : List.of();
  }

  List<Manifest.Loader> taken() {
    return List.copyOf(taken.values());
  }

  /** The same with sizes, by their paths in the release. */
  Map<String, FileList.One> files() {
    return files;
  }
}
