package org.barestack.app;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.barestack.testing.Command;

/**
 * What an install left on the image of a disk, looked at without the machine: a partition for
 * {@code /boot} and, in a volume group behind it, the root file system, both XFS.
 */
final class InstalledDisk {
  private static final Pattern PARTITION =
      Pattern.compile("start= *([0-9]+), size= *([0-9]+), type=([0-9A-F-]{36})");

  /** LVM2's own kind of partition. */
  private static final String VOLUMES = "E6D6D379-F507-44C2-A23C-238F2A3DF928";

  private static final long EXTENT = 4L << 20;

  private final Path image;

  InstalledDisk(Path image) {
    this.image = image;
  }

  /** The label of {@code /boot}: whose install it is, and whether it ended. */
  String bootLabel() throws IOException {
    Matcher partition = partitions();
    while (partition.find()) {
      long at = Long.parseLong(partition.group(1)) * 512;
      // sb_fname of XFS's superblock: twelve octets at 108
      if (text(at, 4).equals("XFSB")) {
        return text(at + 108, 12).replace("\0", "");
      }
    }
    throw new AssertionError("no XFS on " + image);
  }

  /** A file of the root file system. */
  String file(String path) throws IOException {
    Path folder = Files.createTempDirectory("installed");
    String options = "ro,norecovery,nouuid,loop,offset=" + root();
    run("mount", "-t", "xfs", "-o", options, image.toString(), folder.toString());
    try {
      return Files.readString(folder.resolve(path));
    } finally {
      run("umount", folder.toString());
      Files.delete(folder);
    }
  }

  /** The first file system in the volume group; its extents begin behind 1 MiB of LVM's own. */
  private long root() throws IOException {
    Matcher partition = partitions();
    while (partition.find()) {
      long begin = Long.parseLong(partition.group(1)) * 512 + (1L << 20);
      long end = begin + Long.parseLong(partition.group(2)) * 512;
      for (long at = begin; partition.group(3).equals(VOLUMES) && at < end; at += EXTENT) {
        if (text(at, 4).equals("XFSB")) {
          return at;
        }
      }
    }
    throw new AssertionError("no file system in a volume group on " + image);
  }

  private Matcher partitions() {
    return PARTITION.matcher(run("sfdisk", "--dump", image.toString()));
  }

  private String text(long at, int length) throws IOException {
    ByteBuffer octets = ByteBuffer.allocate(length);
    try (FileChannel file = FileChannel.open(image)) {
      file.read(octets, at);
    }
    return new String(octets.array(), US_ASCII);
  }

  private static String run(String... words) {
    Command.Result result = Command.of(words).run();
    assertThat(result.status()).as(result.all()).isZero();
    return result.output();
  }
}
