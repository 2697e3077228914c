package org.barestack.site;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.barestack.model.Role;
import org.barestack.model.Site;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveSiteTest {
  private static final Set<Role> ROLES = Set.of(Role.MANAGEMENT, Role.KVM_WORKER);
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir Path folder;

  private final List<SiteResult> told = new ArrayList<>();
  private Instant now = BEGIN;
  private int edits;

  private Path file() {
    return folder.resolve("site.yaml");
  }

  /** Writes the smallest example with this name for a site, at a time of its own. */
  private void write(String name) throws IOException {
    String example = Files.readString(Path.of("examples/minimal/site.yaml"));
    Files.writeString(file(), example.replace("site: tiny", "site: " + name));
    edits++;
    Files.setLastModifiedTime(file(), FileTime.from(BEGIN.plusMillis(edits)));
  }

  private LiveSite live() throws IOException {
    assertThat(SiteFile.load(file(), ROLES)).isInstanceOf(SiteResult.Good.class);
    Site site = ((SiteResult.Good) SiteFile.load(file(), ROLES)).site();
    return new LiveSite(file(), ROLES, site, () -> now, told::add);
  }

  private void later() {
    now = now.plus(Duration.ofSeconds(1));
  }

  @BeforeEach
  void aSite() throws IOException {
    write("first");
  }

  @Test
  void aChangeIsTakenAtTheNextLook() throws IOException {
    LiveSite live = live();
    write("second");
    assertThat(live.get().name()).as("a look holds for a second").isEqualTo("first");
    later();
    assertThat(live.get().name()).isEqualTo("second");
    later();
    assertThat(live.get().name()).isEqualTo("second");
    assertThat(told).singleElement().isInstanceOf(SiteResult.Good.class);
  }

  @Test
  void aBadChangeIsNotTakenAndToldOnce() throws IOException {
    LiveSite live = live();
    write("Not A Name");
    for (int look = 0; look < 3; look++) {
      later();
      assertThat(live.get().name()).isEqualTo("first");
    }
    assertThat(told)
        .singleElement()
        .isInstanceOfSatisfying(
            SiteResult.Bad.class,
            bad ->
                assertThat(bad.problems())
                    .filteredOn(one -> one.severity() == SiteProblem.Severity.ERROR)
                    .singleElement()
                    .hasFieldOrPropertyWithValue("path", "site"));
    write("third");
    later();
    assertThat(live.get().name()).isEqualTo("third");
    assertThat(told).hasSize(2);
  }

  @Test
  void aFileThatIsGoneForAMomentChangesNothing() throws IOException {
    LiveSite live = live();
    Files.delete(file());
    later();
    assertThat(live.get().name()).isEqualTo("first");
    assertThat(told).isEmpty();
    write("second");
    later();
    assertThat(live.get().name()).isEqualTo("second");
  }

  @Test
  void anOlderFileIsAChangeToo() throws IOException {
    LiveSite live = live();
    write("restored");
    Files.setLastModifiedTime(file(), FileTime.from(BEGIN.minusSeconds(86_400)));
    later();
    assertThat(live.get().name()).isEqualTo("restored");
  }

  @Test
  void nothingIsToldWhereNothingChanged() throws IOException {
    LiveSite live = live();
    later();
    Site site = live.get();
    later();
    assertThat(live.get()).isSameAs(site);
    assertThat(told).isEmpty();
  }
}
