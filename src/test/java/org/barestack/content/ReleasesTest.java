package org.barestack.content;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.barestack.content.Releases.Answer;
import org.barestack.content.Releases.Answer.Elsewhere;
import org.barestack.content.Releases.Answer.Found;
import org.barestack.content.Releases.Answer.Missing;
import org.barestack.content.Releases.Tree;
import org.barestack.model.Architecture;
import org.barestack.model.Site.Rocky;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReleasesTest {
  private static final Rocky ROCKY = new Rocky("9.7", Architecture.X86_64, null);

  /** The parts of a Rocky tree's file that are read here, and some that are not. */
  private static final String TREEINFO =
      """
      [header]
      type = productmd.treeinfo
      version = 1.2

      [release]
      name = Rocky Linux
      short = Rocky
      version = 9.7

      [general]
      ; WARNING.0 = This section provides compatibility with pre-productmd treeinfos.
      arch = x86_64
      family = Rocky Linux
      version = 9.7

      [images-x86_64]
      initrd = images/pxeboot/initrd.img
      kernel = images/pxeboot/vmlinuz

      [stage2]
      mainimage = images/install.img
      """;

  @TempDir Path httpRoot;
  private Path folder = Path.of("");

  @BeforeEach
  void aFolder() {
    folder = httpRoot.resolve("releases/rocky-9.7-x86_64");
  }

  private static void tree(Path root, String treeinfo) throws IOException {
    Files.createDirectories(root.resolve("images/pxeboot"));
    Files.writeString(root.resolve(".treeinfo"), treeinfo);
    for (String file : new String[] {"pxeboot/vmlinuz", "pxeboot/initrd.img", "install.img"}) {
      Files.writeString(root.resolve("images").resolve(file), file);
    }
  }

  private Answer find() throws IOException {
    return new Releases(httpRoot).find(ROCKY);
  }

  private void assertMissing(String... saying) throws IOException {
    assertThat(find())
        .isInstanceOfSatisfying(
            Missing.class, missing -> assertThat(missing.message()).contains(saying));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "BaseOS/x86_64/os"})
  void aTreeIsFoundAtTheTopAsOnADvdOrInBaseosAsOnAMirror(String place) throws IOException {
    Path root = folder.resolve(place);
    tree(root, TREEINFO);

    assertThat(find())
        .isEqualTo(
            new Found(
                new Tree(
                    httpRoot.relativize(root).toString(),
                    "9.7",
                    "x86_64",
                    false,
                    root.resolve("images/pxeboot/vmlinuz"),
                    root.resolve("images/pxeboot/initrd.img"),
                    root.resolve("images/install.img"))));
    assertThat(new Releases(httpRoot).list()).containsExactly("rocky-9.7-x86_64");
  }

  @Test
  void aStandInIsNamedAsOne() throws IOException {
    tree(folder, TREEINFO);
    assertThat(find())
        .isInstanceOfSatisfying(Found.class, found -> assertThat(found.tree().standIn()).isFalse());
    Files.writeString(folder.resolve(".standin"), "");
    assertThat(find())
        .isInstanceOfSatisfying(Found.class, found -> assertThat(found.tree().standIn()).isTrue());
  }

  @Test
  void nothingThereSaysHowToGetIt() throws IOException {
    assertThat(new Releases(httpRoot).list()).isEmpty();
    assertMissing(
        "there is no " + folder,
        "barestack import Rocky-9.7-x86_64-dvd.iso",
        "BaseOS and AppStream, to " + folder);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "another release     | version = 9.7 | version = 9.6 | says release 9.6 for x86_64",
        "another machine     | arch = x86_64 | arch = aarch64 | says release 9.7 for aarch64",
        "no kernel named     | kernel = images/pxeboot/vmlinuz | '' "
            + "| has no kernel in [images-x86_64]",
        "no image named      | mainimage = images/install.img | '' | has no mainimage in [stage2]",
        "a file not there    | images/install.img | images/other.img | images/other.img is missing",
        "a path out of it    | images/install.img | ../../x | names a file outside its tree:"
            + " ../../x",
        "an absolute path    | images/install.img | /etc/passwd | names a file outside its tree",
        "a root of a mirror  | = | : | says release (untold)",
      })
  void whatIsWrongIsSaid(String name, String from, String to, String complaint) throws IOException {
    tree(folder, TREEINFO.replace(from, to));
    assertMissing(complaint);
  }

  @Test
  void aFolderWithoutTreeinfoIsNoTree() throws IOException {
    Files.createDirectories(folder);
    assertMissing("has a .treeinfo", "barestack import");
  }

  @Test
  void aLinkOutOfHttpRootIsNamed(@TempDir Path elsewhere) throws IOException {
    tree(elsewhere, TREEINFO);
    Files.createDirectories(folder.getParent());
    Files.createSymbolicLink(folder, elsewhere);
    assertMissing("is a link to a place outside " + httpRoot);
  }

  @Test
  void anImportThatIsUnderWayIsNoRelease() throws IOException {
    tree(httpRoot.resolve("releases/.import-rocky-9.7-x86_64"), TREEINFO);
    assertThat(new Releases(httpRoot).list()).isEmpty();
  }

  @Test
  void aTreeElsewhereIsNotOurs() throws IOException {
    URI tree = URI.create("http://mirror.example/9.7/");
    assertThat(new Releases(httpRoot).find(new Rocky("9.7", Architecture.X86_64, tree)))
        .isEqualTo(new Elsewhere(tree));
  }

  @Test
  void treeinfoLinesThatMeanNothingAreSkipped() {
    Treeinfo info = Treeinfo.parse("stray = 1\n# x = 1\n[a]\r\nk=v=w\nnonsense\n[b]\nempty =\n");
    assertThat(info.value("a", "k")).contains("v=w");
    assertThat(info.value("b", "empty")).isEmpty();
    assertThat(info.value("c", "k")).isEmpty();
  }
}
