package org.barestack.diff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnpackedTest {
  @TempDir Path outside;
  private Path root = Path.of("");

  @BeforeEach
  void aFolder() throws IOException {
    root = Files.createDirectory(outside.resolve("root")).toRealPath();
  }

  private static InputStream tar(TarArchiveEntry... entries) throws IOException {
    ByteArrayOutputStream octets = new ByteArrayOutputStream();
    try (TarArchiveOutputStream out = new TarArchiveOutputStream(octets, "UTF-8")) {
      out.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (TarArchiveEntry entry : entries) {
        byte[] text =
            entry.isFile() && !entry.isLink() && entry.getLinkName().isEmpty()
                ? "text".getBytes(StandardCharsets.UTF_8)
                : new byte[0];
        entry.setSize(text.length);
        out.putArchiveEntry(entry);
        out.write(text);
        out.closeArchiveEntry();
      }
    }
    return new ByteArrayInputStream(octets.toByteArray());
  }

  private static TarArchiveEntry file(String name) {
    return new TarArchiveEntry(name, true);
  }

  private static TarArchiveEntry link(String name, String target) {
    TarArchiveEntry link = new TarArchiveEntry(name, TarConstants.LF_SYMLINK, true);
    link.setLinkName(target);
    return link;
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.walk(outside)) {
      return files
          .filter(file -> !Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS))
          .map(file -> outside.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  @Test
  void filesKeepTheirNames() throws IOException {
    String lengthy = "a".repeat(90) + "/" + "b".repeat(90);
    new Unpacked(root).add(tar(file("über/価格 1"), file(lengthy), file("./dot")));
    assertThat(names()).containsExactly("root/" + lengthy, "root/dot", "root/über/価格 1");
    assertThat(root.resolve("über/価格 1")).hasContent("text");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "a/../../x", "/x", "a//x", "a/.."})
  void noNameLeavesTheFolder(String name) throws IOException {
    assertThatThrownBy(() -> new Unpacked(root).add(tar(file(name))))
        .isInstanceOf(Unpacked.Refused.class)
        .hasMessage("'" + name + "' is no name below the folder");
    assertThat(names()).isEmpty();
  }

  @Test
  void nothingIsWrittenThroughALink() throws IOException {
    Unpacked unpacked = new Unpacked(root);
    unpacked.add(tar(link("a", ".."), file("a/x")));
    assertThatThrownBy(unpacked::link).isInstanceOf(IOException.class);
    unpacked = new Unpacked(root);
    unpacked.add(tar(link("b", ".."), link("b/x", "y")));
    assertThatThrownBy(unpacked::link).isInstanceOf(IOException.class);
    assertThat(Files.exists(outside.resolve("x"), LinkOption.NOFOLLOW_LINKS)).isFalse();
  }

  @Test
  void noLinkLeadsOut() throws IOException {
    Files.writeString(outside.resolve("secret"), "x");
    Unpacked unpacked = new Unpacked(root);
    unpacked.add(
        tar(
            file("deep/er/file"),
            link("in", "deep/er/file"),
            link("up", "../secret"),
            link("etc", "/etc"),
            link("deep/er/top", "../.."),
            // By its words alone it stays inside: deep/secret.
            link("through", "deep/er/top/../secret"),
            link("one", "two"),
            link("two", "one"),
            link("nothing", "deep/none")));
    Unpacked.Links links = unpacked.link();
    assertThat(links.outside().keySet())
        .containsExactlyInAnyOrder("up", "etc", "through", "one", "two");
    assertThat(links.dangling()).isEqualTo(Map.of("nothing", "deep/none"));
    assertThat(names())
        .containsExactly("root/deep/er/file", "root/deep/er/top", "root/in", "secret");
    assertThat(root.resolve("in").toRealPath()).isEqualTo(root.resolve("deep/er/file"));
  }

  @Test
  void whatALinkLedToMayComeLater() throws IOException {
    Unpacked unpacked = new Unpacked(root);
    unpacked.add(tar(link("site/templates", "../common")));
    assertThat(unpacked.link().dangling()).containsOnlyKeys("site/templates");
    unpacked.add(tar(file("common/motd")));
    assertThat(unpacked.link().dangling()).isEmpty();
    assertThat(root.resolve("site/templates/motd")).hasContent("text");
  }

  @Test
  void devicesAreRefused() throws IOException {
    TarArchiveEntry device = new TarArchiveEntry("null", TarConstants.LF_CHR, true);
    assertThatThrownBy(() -> new Unpacked(root).add(tar(device)))
        .isInstanceOf(Unpacked.Refused.class)
        .hasMessage("'null' is neither file, folder nor link");
  }
}
