package org.barestack.format.iso;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.barestack.testing.Command;
import org.barestack.testing.IsoReplica;
import org.barestack.testing.IsoReplica.Media;

/** Good images in memory, which tests then make bad ones of. */
final class SmallImages {
  private SmallImages() {}

  /** Links, a directory that is moved for its depth, a name that goes on, Joliet. */
  static byte[] curious() {
    return made(List.of("genisoimage", "-quiet", "-R", "-J", "-joliet-long", "-V", "CURIOUS"));
  }

  /** The same without Rock Ridge. */
  static byte[] joliet() {
    return made(List.of("genisoimage", "-quiet", "-J", "-joliet-long"));
  }

  /** The same with ECMA-119's names alone. */
  static byte[] plain() {
    return made(List.of("genisoimage", "-quiet"));
  }

  /** A replica. */
  static byte[] rocky(int major) {
    return within(folder -> {
      IsoReplica replica =
          major == 9 ? IsoReplica.rocky9(Media.BOOT) : IsoReplica.rocky10(Media.BOOT);
      return replica.with("images/install.img", "short").write(folder);
    });
  }

  private interface Writer {
    Path write(Path folder) throws IOException;
  }

  private static byte[] within(Writer writer) {
    try {
      Path folder = Files.createTempDirectory("small-images");
      try {
        return Files.readAllBytes(writer.write(folder));
      } finally {
        Command.of("rm", "-r", folder.toString()).run();
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] made(List<String> words) {
    return within(folder -> {
      Path tree = folder.resolve("tree");
      Path deep = tree.resolve("d1/d2/d3/d4/d5/d6/d7/d8/d9");
      Files.createDirectories(deep);
      Files.writeString(deep.resolve("ground"), "down here\n");
      Path dir = Files.createDirectory(tree.resolve("dir"));
      Files.write(dir.resolve("one"), "x".repeat(3000).getBytes(UTF_8));
      Files.writeString(dir.resolve("two"), "two");
      Files.writeString(dir.resolve("empty"), "");
      Files.writeString(tree.resolve("n".repeat(230)), "long");
      Files.createSymbolicLink(tree.resolve("link"), Path.of("../dir/one"));
      Path iso = folder.resolve("x.iso");
      List<String> command = new ArrayList<>(words);
      command.addAll(List.of("-o", iso.toString(), tree.toString()));
      Command.Result result = Command.of(command.toArray(String[]::new)).run();
      if (result.status() != 0) {
        throw new AssertionError(result.all());
      }
      return iso;
    });
  }
}
