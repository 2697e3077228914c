package org.barestack.format.rpm;

import java.util.List;
import java.util.Optional;

/**
 * What a package's headers say. True only once a signature over them was verified.
 *
 * @param source what was read, for messages: a file's name or a URL
 * @param arch as in "x86_64", "noarch"
 * @param fileDigest algorithm of the digests of files, as Java calls it: "SHA-256"
 * @param compressor of the payload: "gzip", "bzip2", "xz", "lzma", "zstd"; what rpm's tag says
 * @param payloadFormat "cpio"
 * @param payloadSha256 SHA-256 of the payload as it is, in lower-case hexadecimal; none in packages
 *     from before 2017
 * @param payloadSha256Alt the same of the unpacked payload
 * @param files in the header's order
 */
public record RpmPackage(
    String source,
    String name,
    String version,
    String release,
    String arch,
    String fileDigest,
    String compressor,
    String payloadFormat,
    Optional<String> payloadSha256,
    Optional<String> payloadSha256Alt,
    List<PackagedFile> files,
    HeaderSignatures signatures) {
  /** Copies the list. */
  public RpmPackage {
    files = List.copyOf(files);
  }

  /** Name, version, release and architecture, as in "shim-x64-15.8-4.el9.x86_64". */
  public String nevra() {
    return name + "-" + version + "-" + release + "." + arch;
  }
}
