package org.barestack.rehearse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The replica of an install tree. */
class StandInTreeIT {
  private static final Pattern CHECKSUM = Pattern.compile("(?m)^(images/\\S+) = sha256:(\\S+)$");

  @TempDir Path directory;

  private Path build(String name) throws IOException {
    Path tree = directory.resolve(name);
    Command.run(List.of("src/standin/build.sh", tree.toString(), "10.1"));
    return tree;
  }

  private static Map<String, String> digests(Path tree)
      throws IOException, NoSuchAlgorithmException {
    Map<String, String> digests = new TreeMap<>();
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
        digests.put(tree.relativize(file).toString(), HexFormat.of().formatHex(digest));
      }
    }
    return digests;
  }

  @Test
  void theTreeinfoIsTrueAndTheBytesAreTheSameEachTime() throws Exception {
    Path tree = build("one");
    Map<String, String> digests = digests(tree);

    String treeinfo = Files.readString(tree.resolve(".treeinfo"));
    assertThat(treeinfo)
        .contains("\n[release]\nname = Rocky Linux\nshort = Rocky\nversion = 10.1\n");
    assertThat(CHECKSUM.matcher(treeinfo).results().map(match -> match.group(1)))
        .containsExactly(
            "images/install.img", "images/pxeboot/initrd.img", "images/pxeboot/vmlinuz");
    assertThat(CHECKSUM.matcher(treeinfo).results())
        .allSatisfy(match -> assertThat(match.group(2)).isEqualTo(digests.get(match.group(1))));
    assertThat(Files.readString(tree.resolve("images/install.img"))).contains("STAND-IN");

    assertThat(digests(build("two"))).isEqualTo(digests);
  }

  @Test
  void anotherFolderIsNeverOverwritten() throws IOException {
    Path mine = Files.createDirectory(directory.resolve("mine"));
    Files.createFile(mine.resolve("precious"));
    assertThatThrownBy(() -> build("mine")).hasMessageContaining("is no stand-in tree");
    assertThat(mine.resolve("precious")).exists();
  }
}
