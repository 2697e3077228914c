package org.barestack.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.barestack.model.Node;
import org.barestack.model.Site;
import org.barestack.testing.Examples;
import org.barestack.testing.Sites;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveRendererTest {
  private final Site lab = Examples.site("lab");
  @TempDir Path folder;

  private Path template(String text) throws IOException {
    Path pxe = Files.createDirectories(folder.resolve("pxe"));
    return Files.writeString(pxe.resolve("entry.ipxe.j2"), text);
  }

  private static String entry(LiveRenderer live, Site site) {
    return live.now(site).ipxeEntry(site.baseUrl());
  }

  @Test
  void asLongAsNothingChangesItIsTheSame() throws IOException {
    template("#!ipxe\n");
    InstantSource later = () -> Instant.now().plusSeconds(3);
    LiveRenderer live = new LiveRenderer(List.of(folder), later);

    assertThat(live.now(lab)).isSameAs(live.now(lab));
  }

  @Test
  void writesWhatOneWithoutMemoryWrites() {
    LiveRenderer live = new LiveRenderer(List.of());
    for (Site site : List.of(Sites.rack(), lab, Sites.rack())) {
      for (Node node : site.nodes()) {
        assertThat(live.now(site).artefacts(site, node))
            .isEqualTo(new Renderer(List.of()).artefacts(site, node));
      }
    }
  }

  @Test
  void everyChangeIsSeenAtOnce() throws IOException {
    LiveRenderer live = new LiveRenderer(List.of(folder));
    String ours = entry(live, lab);
    Path file = template("one\n");
    assertThat(entry(live, lab)).isEqualTo("one\n");

    Files.writeString(file, "two\n"); // of the same size
    assertThat(entry(live, lab)).isEqualTo("two\n");

    FileTime date = Files.getLastModifiedTime(file);
    Files.writeString(file, "six\n");
    Files.setLastModifiedTime(file, date);
    assertThat(entry(live, lab)).isEqualTo("six\n");

    Path other = Files.writeString(folder.resolve("ten"), "ten\n");
    Files.move(other, file, StandardCopyOption.REPLACE_EXISTING);
    assertThat(entry(live, lab)).isEqualTo("ten\n");

    Files.delete(file);
    assertThat(entry(live, lab)).isEqualTo(ours);
  }

  /** An editor's lock is a link that leads nowhere. */
  @Test
  void linksHideNoChange() throws IOException {
    Path elsewhere = Files.createDirectories(folder.resolve("shared/pxe"));
    Path file = Files.writeString(elsewhere.resolve("entry.ipxe.j2"), "one\n");
    Files.createSymbolicLink(elsewhere.resolve(".#entry.ipxe.j2"), Path.of("someone@desk.17"));
    Path site = Files.createDirectories(folder.resolve("site"));
    Files.createSymbolicLink(site.resolve("pxe"), elsewhere);
    LiveRenderer live =
        new LiveRenderer(List.of(site), () -> Instant.now().plusSeconds(3)); // all is settled
    assertThat(entry(live, lab)).isEqualTo("one\n");
    assertThat(live.now(lab)).isSameAs(live.now(lab));

    Files.writeString(file, "another\n");
    assertThat(entry(live, lab)).isEqualTo("another\n");
  }

  @Test
  void aTemplateThatCannotBeUsedIsToldUntilItIsMended() throws IOException {
    LiveRenderer live = new LiveRenderer(List.of(folder));
    Path file = template("{{ nothing|ipxe }}\n");
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> entry(live, lab)).isInstanceOf(TemplateException.class);
    }
    Files.writeString(file, "#!ipxe\n");
    assertThat(entry(live, lab)).isEqualTo("#!ipxe\n");
  }
}
