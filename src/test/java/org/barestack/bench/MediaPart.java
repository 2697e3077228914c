package org.barestack.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.barestack.bench.Result.Better;
import org.barestack.bench.Result.Goal;
import org.barestack.testing.BootableIso;
import org.barestack.testing.IsoReplica.Media;
import org.barestack.testing.LargeSite;

/** Bootable media, into files and in flight. */
final class MediaPart implements Part {
  private static final String COPY = "cp + sync FILE";
  private static final String COPY_ALONE = "cp";

  /** At least as fast as a copy, but for a tenth. */
  private static final Goal AS_A_COPY = new Goal(Goal.Kind.RATIO, 0.91);

  private static final String OURS =
      "exec \"$barestack\" build-iso kvm1 --from \"$from\" -o \"$to\" --site \"${from%/*}/site\"";

  /** What mkksiso does, without its checks: the kickstart and the menus in, all else as it is. */
  private static final String XORRISO =
      """
      d=${from%/*}/peer
      xorriso -abort_on FAILURE -indev "$from" -outdev "$to" -boot_image any replay \
        -map "$d/ks.cfg" /ks.cfg -map "$d/grub.cfg" /EFI/BOOT/grub.cfg \
        -map "$d/isolinux.cfg" /isolinux/isolinux.cfg
      implantisomd5 "$to"
      sync "$to"
      """;

  @Override
  public String name() {
    return "media";
  }

  @Override
  public String title() {
    return "Bootable media";
  }

  @Override
  public String method() {
    return """
    `build-iso` of one node out of images in the layout of Rocky Linux 9's DVD that boot, filled with files of 1 MiB of random octets; each run is a process of its own, started by the launcher in the checkout. The image is read once before each run, so it comes from the page cache for everybody; what is made is removed after each run. `build-iso` ends when its file is on the disk, so the others are followed by coreutils' `sync FILE`; `cp` without it leaves its work to the kernel, and stands here for the record. xorriso takes the image over with `-boot_image any replay` and maps a kickstart and two menus into it (it leaves the menu inside the EFI partition as it is), and implantisomd5 then puts the check sum in; it is not divided: xorriso writes and implantisomd5 reads again. With reflinks: on an XFS in a loop file, beside `cp --reflink=always`. Memory is VmHWM.

    In flight: `serve` and curl in two network namespaces with a cable between them, on an image with 10,000 files; the time from curl's start of the connection to the first octet (`time_starttransfer`) of a range. First request: the first one of all to a server that has just come up. New token: the first one of its install. Known token: the same again.
    """;
  }

  @Override
  public List<Result> run(Setting setting) throws Exception {
    Path folder = setting.folder().toAbsolutePath();
    LargeSite.write(folder.resolve("site"), 40, Cable.DEVICE);
    peerFiles(folder.resolve("peer"));
    List<Result> results = new ArrayList<>();
    List<Double> small = new ArrayList<>();
    List<Double> large = new ArrayList<>();
    Path source = image(folder, setting.size(2048, 16), 1 << 20);
    results.addAll(copies(setting, "2 GiB", source, small));
    Files.delete(source);
    source = image(folder, setting.size(8192, 64), 1 << 20);
    results.addAll(copies(setting, "8 GiB", source, large));
    results.add(reflinks(setting, source));
    Files.delete(source);
    SequencedMap<String, List<Double>> memory = new LinkedHashMap<>();
    memory.put(Result.OURS, large);
    memory.put("barestack from 2 GiB", small);
    results.add(
        new Result(
            "memory at the most, from 8 GiB, no check sum",
            "MB",
            Better.LESS,
            memory,
            new Goal(Goal.Kind.RATIO, 0.9),
            ""));
    results.addAll(inFlight(setting, image(folder, setting.size(10_000, 500), 8 << 10)));
    return results;
  }

  private static void peerFiles(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("ks.cfg"), "text\n".repeat(1000));
    Files.writeString(folder.resolve("grub.cfg"), "set timeout=5\n".repeat(50));
    Files.writeString(folder.resolve("isolinux.cfg"), "timeout 50\n".repeat(50));
  }

  private static Path image(Path folder, int files, int length) throws IOException {
    Path filler = Filler.write(folder.resolve("filler"), files, length);
    Path image = BootableIso.with(9, Media.DVD, filler, folder);
    Cable.run("rm", "-rf", filler.toString());
    return image;
  }

  /**
   * Into a file.
   *
   * @param memory gets what ours held, a figure a round
   */
  private static List<Result> copies(Setting setting, String size, Path source, List<Double> memory)
      throws Exception {
    Copying copying = new Copying(source, source.resolveSibling("made.iso"));
    Result plain =
        Contest.less("", "s")
            .entrant(
                Result.OURS,
                () -> {
                  double seconds = copying.seconds(OURS + " --no-md5");
                  memory.add(copying.memory());
                  return seconds;
                })
            .entrant(COPY, () -> copying.seconds("cp \"$from\" \"$to\"; sync \"$to\""))
            .entrant(COPY_ALONE, () -> copying.seconds("cp \"$from\" \"$to\""))
            .run(setting.rounds());
    Result summed =
        Contest.less(size + ", with check sum", "s")
            .entrant(Result.OURS, () -> copying.seconds(OURS))
            .entrant("xorriso + implantisomd5", () -> copying.seconds(XORRISO))
            .atLeast(1)
            .run(setting.rounds());
    return List.of(
        missed(
            plain.beside(COPY, size + ", no check sum", AS_A_COPY),
            "the copy itself costs what cp's does (the kernel does both), and its writing to the"
                + " disk goes on meanwhile; what is left is the start of the JVM and the reading of"
                + " the site and its templates, some 0.8 s of a processor whatever the size, of"
                + " which 0.2 s go when the training run of the AOT cache makes a medium too."),
        plain.beside(COPY_ALONE, size + ", no check sum, beside a copy in memory only", null),
        summed);
  }

  /** Where both files can share their blocks. */
  private static Result reflinks(Setting setting, Path source) throws Exception {
    Path folder = source.resolveSibling("xfs");
    Path disk = source.resolveSibling("xfs.img");
    Files.createDirectory(folder);
    long size = Files.size(source) + (512L << 20);
    Cable.run("truncate", "-s", Long.toString(size), disk.toString());
    Cable.run("mkfs.xfs", "-q", "-m", "reflink=1", disk.toString());
    Cable.run("mount", "-o", "loop", disk.toString(), folder.toString());
    try {
      Cable.run("cp", "-r", source.resolveSibling("site").toString(), folder.toString());
      Path there = folder.resolve("source.iso");
      Cable.run("cp", source.toString(), there.toString());
      Copying copying = new Copying(there, folder.resolve("made.iso"));
      return Contest.less("8 GiB, no check sum, with reflinks", "s")
          .entrant(Result.OURS, () -> copying.seconds(OURS + " --no-md5"))
          .entrant(
              "cp --reflink=always + sync FILE",
              () -> copying.seconds("cp --reflink=always \"$from\" \"$to\"; sync \"$to\""))
          .within(1)
          .run(setting.rounds());
    } finally {
      Cable.run("umount", folder.toString());
      Files.delete(disk);
    }
  }

  // In flight

  private static List<Result> inFlight(Setting setting, Path source) throws Exception {
    Path site = source.resolveSibling("site");
    Path root = site.resolve("http-root");
    LargeSite.release(root, 1 << 20);
    Files.createDirectories(root.resolve("media"));
    Files.createLink(root.resolve("media/rocky-9.7-x86_64.iso"), source);
    try (Cable cable = Cable.lay()) {
      Nodes nodes = new Nodes(site);
      List<Result> results = new ArrayList<>();
      List<Double> first = new ArrayList<>();
      List<Double> fresh = new ArrayList<>();
      List<Double> known = new ArrayList<>();
      for (int round = 0; round < setting.rounds(); round++) {
        String one = nodes.url();
        String other = nodes.url();
        try (Serving _ = Serving.start(cable, site, ".barestack")) {
          first.add(firstOctet(cable, one));
          fresh.add(firstOctet(cable, other));
          known.add(firstOctet(cable, other));
        }
      }
      results.add(octets("first octet in flight, first request", first));
      results.add(octets("first octet in flight, new token", fresh));
      results.add(octets("first octet in flight, known token", known));
      return results;
    }
  }

  private static Result missed(Result result, String why) {
    return result.reached() ? result : result.noting(why);
  }

  private static Result octets(String what, List<Double> milliseconds) {
    SequencedMap<String, List<Double>> ours = new LinkedHashMap<>();
    ours.put(Result.OURS, List.copyOf(milliseconds));
    System.err.printf("  %s: %s ms%n", what, milliseconds);
    return missed(
        new Result(what, "ms", Better.LESS, ours, new Goal(Goal.Kind.LIMIT, 50), ""),
        "the medium is made at the first request of its token: all directories of the image are"
            + " read and checked, in some 60 ms for 10,000 files when that code is compiled, and in"
            + " a server that has just begun it is not. Next: keep what was read of an image for"
            + " the next token, and read it once in the background when the server has begun.");
  }

  private static double firstOctet(Cable cable, String url) {
    String said =
        cable.asked(
            "curl",
            "-sSf",
            "-o",
            "/dev/null",
            "-r",
            "32768-98303",
            "-w",
            "%{size_download} %{time_starttransfer}",
            url);
    String[] words = said.split(" ", 2);
    if (!words[0].equals("65536")) {
      throw new AssertionError(url + ": " + said);
    }
    return Double.parseDouble(words[1]) * 1000;
  }

  /** Opens an install of another node each time. */
  private static final class Nodes {
    private static final Pattern URL = Pattern.compile("http://\\S+/media/[^/\\s]+[.]iso");

    private final Path site;
    private int opened;

    Nodes(Path site) {
      this.site = site;
    }

    String url() {
      opened++;
      String said =
          Cable.run(
              Path.of("barestack").toAbsolutePath().toString(),
              "build-iso",
              "kvm" + opened,
              "--in-flight",
              "--site=" + site);
      Matcher url = URL.matcher(said);
      if (!url.find()) {
        throw new AssertionError(said);
      }
      return url.group();
    }
  }
}
