package org.barestack.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.barestack.testing.BootableIso;
import org.barestack.testing.IsoReplica.Media;
import org.barestack.testing.LargeSite;
import org.barestack.testing.SignedRpms;
import org.barestack.testing.SignedRpms.Packing;
import org.barestack.testing.SignedRpms.Signer;

/** A release out of an image into the folder that is served. */
final class ImportPart implements Part {
  /** Verifies, unpacks and brings to the disk, as ours does. */
  private static final String CAREFUL =
      "sha256sum \"$from\"; mkdir \"$to\"; %s; find \"$to\" -type f -exec sync {} +";

  private static final String XORRISO =
      "xorriso -osirrox on -indev \"$from\" -extract / \"$to/tree\"";
  private static final String BSDTAR = "bsdtar -C \"$to\" -xf \"$from\"";

  @Override
  public String name() {
    return "import";
  }

  @Override
  public String title() {
    return "Import of a release";
  }

  @Override
  public String method() {
    return """
    An image in the layout of Rocky Linux 9's DVD, 2 GiB, 4,000 of its files packages of half a MiB, signed by a key that is named (`--key`); `--sha256` names the image's digest. `barestack import` reads the image for its digest, verifies the signature of each package and its payload, keeps the digest of each file, and ends when all is on the disk. The others do less: with the digest and durable, they are preceded by `sha256sum IMAGE` and followed by coreutils' `sync` of each file; alone, they do neither. The image is read once before each run, so it comes from the page cache for everybody; what is made is removed after each run.
    """;
  }

  @Override
  public List<Result> run(Setting setting) throws Exception {
    Path folder = setting.folder().toAbsolutePath();
    LargeSite.write(folder.resolve("site"), 2, Cable.DEVICE);
    Files.write(folder.resolve("key.asc"), SignedRpms.key(Signer.RSA));
    Path rpm =
        SignedRpms.sign(
            SignedRpms.build(
                "filler", Packing.ZSTD, root -> Filler.write(root.resolve("usr"), 1, 512 << 10)),
            Signer.RSA);
    Path packages = Filler.packages(folder.resolve("packages"), setting.size(4000, 40), rpm);
    Path source = BootableIso.with(9, Media.DVD, packages, folder);
    Cable.run("rm", "-rf", packages.toString());
    String digest = Cable.run("sha256sum", source.toString()).substring(0, 64);
    String ours =
        ("mkdir \"$to\"; exec \"$barestack\" import \"$from\" --sha256=%s --key=%s --site=%s"
                + " --http-root=\"$to\"")
            .formatted(digest, folder.resolve("key.asc"), folder.resolve("site"));
    Copying copying = new Copying(source, folder.resolve("made"));
    Result careful =
        Contest.less("with the image's digest, durable", "s")
            .entrant(Result.OURS, () -> copying.seconds(ours))
            .entrant("xorriso -extract", () -> copying.seconds(CAREFUL.formatted(XORRISO)))
            .entrant("bsdtar", () -> copying.seconds(CAREFUL.formatted(BSDTAR)))
            .run(setting.rounds());
    Result alone =
        Contest.less("beside those that verify nothing and leave it in memory", "s")
            .entrant(Result.OURS, () -> copying.seconds(ours))
            .entrant("xorriso -extract", () -> copying.seconds("mkdir \"$to\"; " + XORRISO))
            .entrant("bsdtar", () -> copying.seconds("mkdir \"$to\"; " + BSDTAR))
            .entrant("cp of the image", () -> copying.seconds("cp \"$from\" \"$to\""))
            .run(setting.rounds());
    return List.of(careful, alone);
  }
}
