package org.barestack.content;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.barestack.content.Importer.Imported;
import org.barestack.model.Architecture;
import org.barestack.model.Site.Rocky;
import org.barestack.testing.IsoReplica;
import org.barestack.testing.IsoReplica.Media;
import org.barestack.testing.SignedRpms;
import org.barestack.testing.SignedRpms.Packing;
import org.barestack.testing.SignedRpms.Signer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images and trees from a web server, and from such that break off, change or lie. */
class ImportFromWebTest {
  @TempDir private Path work = Path.of("");
  private Path web = Path.of("");
  private final WebServer server;

  ImportFromWebTest() throws IOException {
    server = new WebServer();
  }

  @BeforeEach
  void open() throws IOException {
    web = Files.createDirectory(work.resolve("web"));
    server.serve(web);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private Imports importing(String path) {
    return new Imports(work, server.uri(path));
  }

  private Path releases() {
    return Imports.httpRoot(work).resolve("releases");
  }

  private void refused(Imports imports, String... saying) throws IOException {
    assertThatThrownBy(imports::run)
        .isInstanceOf(ImportException.class)
        .hasMessageContainingAll(saying);
    assertThat(new Releases(Imports.httpRoot(work)).list()).isEmpty();
  }

  // Images

  /** Rocky's own folders: keys at the top, images in isos/ARCH. */
  private Path image() throws IOException {
    Path folder = Files.createDirectories(web.resolve("rocky/10.1/isos/x86_64"));
    Path iso =
        IsoReplica.rocky10(Media.BOOT).with("images/install.img", new byte[400_000]).write(folder);
    Imports.checksum(iso, Signer.RSA);
    return iso;
  }

  private static final String IMAGE = "rocky/10.1/isos/x86_64/Rocky-10.1-x86_64-boot.iso";

  @Test
  void anImageComesByItsUrl() throws IOException {
    Path iso = image();
    Imported imported = importing(IMAGE).key(Signer.RSA).run();
    assertThat(imported.manifest().source().from()).isEqualTo(server.uri(IMAGE).toString());
    assertThat(imported.manifest().trust().level()).isEqualTo(Manifest.Level.SIGNED);
    assertThat(Imports.digests(Imports.files(imported.folder())))
        .isEqualTo(Imports.digests(Imports.extracted(iso, work.resolve("extracted"))));
    assertThat(parts()).isEmpty();
    assertThat(server.requests()).contains("rocky/RPM-GPG-KEY-Rocky-10");

    int before = server.requests().size();
    assertThat(importing(IMAGE).key(Signer.RSA).run().fresh()).isFalse();
    assertThat(server.requests().subList(before, server.requests().size()))
        .as("what is there is known by its digest")
        .doesNotContain(IMAGE);
  }

  private List<Path> parts() throws IOException {
    try (Stream<Path> all = Files.list(releases())) {
      return all.filter(path -> path.toString().contains(".part")).toList();
    }
  }

  @Test
  void whatNothingVouchesForIsNotEvenFetched() throws IOException {
    image();
    Files.delete(web.resolve("rocky/10.1/isos/x86_64/CHECKSUM.asc"));
    refused(importing(IMAGE), "nothing vouches for Rocky-10.1-x86_64-boot.iso", "is not signed");
    assertThat(server.requests()).doesNotContain(IMAGE);
  }

  @Test
  void aConnectionThatBreaksIsTakenUpWhereItBroke() throws IOException {
    Path iso = image();
    AtomicInteger left = new AtomicInteger(6);
    server.faults((exchange, path) -> {
      if (path.endsWith(".iso") && left.getAndDecrement() > 0) {
        WebServer.send(exchange, iso, 100_000);
        return true;
      }
      return false;
    });
    importing(IMAGE).key(Signer.RSA).run();
    assertThat(server.requests())
        .contains(IMAGE + " bytes=100000-", IMAGE + " bytes=600000-")
        .doesNotContain(IMAGE + " bytes=700000-");
  }

  @Test
  void theNextRunGoesOnWithWhatCame() throws IOException {
    Path iso = image();
    server.faults((exchange, path) -> {
      if (path.endsWith(".iso") && exchange.getRequestHeaders().containsKey("Range")) {
        exchange.sendResponseHeaders(503, -1);
      } else if (path.endsWith(".iso")) {
        WebServer.send(exchange, iso, 300_000);
      } else {
        return false;
      }
      return true;
    });
    refused(importing(IMAGE).key(Signer.RSA), "cannot be had", "503", "go on where it stopped");
    assertThat(parts()).hasSize(2);
    server.faults((_, _) -> false);
    int before = server.requests().size();

    Imported imported = importing(IMAGE).key(Signer.RSA).run();

    assertThat(server.requests().subList(before, server.requests().size()))
        .contains(IMAGE + " bytes=300000-")
        .doesNotContain(IMAGE);
    assertThat(imported.manifest().source().sha256())
        .isEqualTo(Digest.sha256(Files.readAllBytes(iso)));
    assertThat(parts()).isEmpty();
  }

  @Test
  void anotherVersionComesAnew() throws IOException {
    Path iso = image();
    server.faults((exchange, path) -> {
      if (path.endsWith(".iso")) {
        WebServer.send(exchange, iso, exchange.getRequestHeaders().containsKey("Range") ? 0 : 99);
        return true;
      }
      return false;
    });
    refused(importing(IMAGE).key(Signer.RSA), "cannot be had");
    server.faults((_, _) -> false);
    Files.delete(iso);
    Path other =
        IsoReplica.rocky10(Media.BOOT).with("LICENSE", "Another.\n").write(iso.resolveSibling(""));
    Files.setLastModifiedTime(other, FileTime.fromMillis(5_000_000));
    Imports.checksum(other, Signer.RSA);
    Imported imported = importing(IMAGE).key(Signer.RSA).run();
    assertThat(Files.readString(imported.folder().resolve("LICENSE"))).isEqualTo("Another.\n");
  }

  @Test
  void aFileThatChangesUnderwayIsRefused() throws IOException {
    Path iso = image();
    AtomicInteger times = new AtomicInteger();
    server.faults((exchange, path) -> {
      if (path.endsWith(".iso") && times.getAndIncrement() == 0) {
        WebServer.send(exchange, iso, 1000);
        Files.setLastModifiedTime(iso, FileTime.fromMillis(1));
        return true;
      }
      return false;
    });
    refused(importing(IMAGE).key(Signer.RSA), "changed while it was fetched");
  }

  @Test
  void anImageThatIsNotTheSignedOneIsRemoved() throws IOException {
    Path iso = image();
    Files.write(iso, new byte[] {1}, StandardOpenOption.APPEND);
    refused(importing(IMAGE).key(Signer.RSA).insecure(), "and should have", "Nothing was imported");
    assertThat(parts()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "file:///etc/passwd         | that is not followed",
        "ftp://127.0.0.1/x          | that is not followed",
        "/rocky/loop                | redirects without an end",
        "http://[                   | redirects to no URL",
      })
  void redirectsElsewhereAreNotFollowed(String to, String why) throws IOException {
    image();
    server.faults((exchange, path) -> {
      if (path.endsWith(".iso") || path.endsWith("loop")) {
        exchange.getResponseHeaders().set("Location", to);
        exchange.sendResponseHeaders(302, -1);
        return true;
      }
      return false;
    });
    refused(importing(IMAGE).key(Signer.RSA), why);
  }

  @Test
  void aRedirectToAnotherServerIsFollowed() throws IOException {
    Path iso = image();
    Path elsewhere = Files.createDirectory(work.resolve("elsewhere"));
    Files.move(iso, elsewhere.resolve("cdn.iso"));
    try (WebServer other = new WebServer().serve(elsewhere)) {
      server.faults((exchange, path) -> {
        if (path.endsWith(".iso")) {
          exchange.getResponseHeaders().set("Location", other.uri("cdn.iso").toString());
          exchange.sendResponseHeaders(302, -1);
          return true;
        }
        return false;
      });
      assertThat(importing(IMAGE).key(Signer.RSA).run().fresh()).isTrue();
    }
  }

  @Test
  void aServerThatIsNotThereIsNamed() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    refused(
        new Imports(work, "http://127.0.0.1:" + port + "/os/").insecure(),
        "http://127.0.0.1:" + port + "/os/.treeinfo cannot be had",
        "ConnectException");
    refused(importing("nothing/x.iso").sha256("0".repeat(64)), "is not there (404)");
    refused(importing("nothing/").insecure(), "it has no .treeinfo", "ends with .iso");
  }

  @Test
  void aBodyWithoutAnEndIsCutOff() throws IOException {
    server.faults((exchange, path) -> {
      if (path.endsWith(".treeinfo")) {
        exchange.sendResponseHeaders(200, 0); // chunked
        try (OutputStream out = exchange.getResponseBody()) {
          while (true) {
            out.write(new byte[1 << 16]);
          }
        } catch (IOException e) {
          return true; // the client had enough
        }
      }
      return false;
    });
    refused(importing("os/").insecure(), "more than the 1048576 that it may have");
  }

  // Trees

  private static final String TREE = "rocky/9.7/BaseOS/x86_64/os/";

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(text.getBytes(UTF_8));
    }
    return packed.toByteArray();
  }

  /** A repository's lists, of the packages that are in its folder. */
  private static void repodata(Path repository) throws IOException {
    StringBuilder primary = new StringBuilder("<metadata xmlns='c' xmlns:rpm='r' packages='1'>");
    for (Map.Entry<String, byte[]> rpm : new TreeMap<>(Imports.files(repository)).entrySet()) {
      if (rpm.getKey().endsWith(".rpm")) {
        primary.append(
            """
            <package type="rpm"><name>x</name><checksum type="sha256" pkgid="YES">%s</checksum>
            <size package="%d" installed="1" archive="1"/><location href="%s"/>
            <format><rpm:entry name="size"/></format></package>
            """
                .formatted(Digest.sha256(rpm.getValue()), rpm.getValue().length, rpm.getKey()));
      }
    }
    lists(repository, primary.append("</metadata>").toString());
  }

  private static void lists(Path repository, String primary) throws IOException {
    Files.createDirectories(repository.resolve("repodata"));
    byte[] packed = gzip(primary);
    Files.write(repository.resolve("repodata/primary.xml.gz"), packed);
    byte[] repomd =
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <repomd xmlns="x"><revision>1</revision><data type="primary">
        <checksum type="sha256">%s</checksum><open-checksum type="sha256">ab</open-checksum>
        <location href="repodata/primary.xml.gz"/><size>%d</size><open-size>9</open-size>
        </data></repomd>
        """
            .formatted(Digest.sha256(packed), packed.length)
            .getBytes(UTF_8);
    Files.write(repository.resolve("repodata/repomd.xml"), repomd);
    Files.write(
        repository.resolve("repodata/repomd.xml.asc"), SignedRpms.detached(repomd, Signer.RSA));
  }

  /** A mirror with BaseOS and AppStream, one package each. */
  private Path mirror() throws IOException {
    Path os = Files.createDirectories(web.resolve(TREE));
    IsoReplica.rocky9(Media.BOOT).without("RPM-GPG-KEY-Rocky-9").tree(os);
    Files.writeString(
        os.resolve(".treeinfo"),
        """

        [variant-AppStream]
        repository = ../../../AppStream/x86_64/os
        [variant-BaseOS]
        repository = .
        [variant-NFV]
        repository = ../../../NFV/os
        """,
        StandardOpenOption.APPEND);
    Path app = Files.createDirectories(web.resolve("rocky/9.7/AppStream/x86_64/os"));
    for (Path repository : List.of(os, app)) {
      Path packages = Files.createDirectories(repository.resolve("Packages/x"));
      Files.copy(SignedRpms.usual(Packing.ZSTD), packages.resolve("x-1.0~1+2^3.el9.rpm"));
      repodata(repository);
    }
    return os;
  }

  private Imports mirrored() throws IOException {
    return importing(TREE).key(Signer.RSA).sha256(web.resolve(TREE + ".treeinfo"));
  }

  @Test
  void aTreeComesWithItsRepositories() throws IOException {
    Path os = mirror();
    Imported imported = mirrored().run();
    Map<String, String> wanted = Imports.digests(Imports.files(os.resolve("../../..")));
    wanted.keySet().removeIf(path -> path.matches(".*/(isolinux/.*|efiboot.img)"));
    assertThat(Imports.digests(Imports.files(imported.folder()))).isEqualTo(wanted);
    assertThat(imported.remarks())
        .containsExactly(
            "NFV/os/ has no repository, though .treeinfo names it: its packages stay out");
    assertThat(imported.manifest().trust().verified())
        .anyMatch(line -> line.startsWith("2 packages with their payloads, signed by RSA"))
        .anyMatch(
            line -> line.startsWith("AppStream/x86_64/os/repodata/repomd.xml, with the lists"))
        .noneMatch(line -> line.contains("primary"));
    assertThat(
            new Releases(Imports.httpRoot(work)).find(new Rocky("9.7", Architecture.X86_64, null)))
        .isInstanceOf(Releases.Answer.Found.class);
  }

  @Test
  void aTreeThatOnlyBootsIsFineAndSoIsAUrlWithoutTheSlash() throws IOException {
    IsoReplica.rocky9(Media.BOOT).tree(Files.createDirectories(web.resolve("boot")));
    Imported imported = importing("boot").insecure().run();
    assertThat(imported.folder().resolve("images/install.img")).exists();
    assertThat(imported.folder().resolve("EFI/BOOT/grubx64.efi")).exists();
  }

  @Test
  void aTreeThatBreaksOffIsGoneOnWith() throws IOException {
    mirror();
    server.faults((exchange, path) -> {
      if (path.contains("BaseOS") && path.endsWith(".rpm")) {
        exchange.sendResponseHeaders(500, -1);
        return true;
      }
      return false;
    });
    refused(mirrored(), "500", "go on where it stopped");
    server.faults((_, _) -> false);
    int before = server.requests().size();
    assertThat(mirrored().run().fresh()).isTrue();
    assertThat(server.requests().subList(before, server.requests().size()))
        .filteredOn(request -> request.endsWith(".rpm"))
        .as("what was whole is not fetched again")
        .hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"Packages/x/x-1.0~1+2^3.el9.rpm", "images/install.img", "repodata/primary.xml.gz"})
  void aFileThatIsNotWhatIsSaidOfItIsRefused(String path) throws IOException {
    Path file = mirror().resolve(path);
    byte[] octets = Files.readAllBytes(file);
    octets[octets.length - 9] ^= 1;
    Files.write(file, octets);
    refused(mirrored().insecure(), path.substring(path.lastIndexOf('/') + 1));
  }

  @Test
  void aListWithAWrongSignatureIsRefused() throws IOException {
    Path os = mirror();
    Files.writeString(os.resolve("repodata/repomd.xml"), "<!-- -->", StandardOpenOption.APPEND);
    refused(mirrored().insecure(), "repomd.xml.asc", "not of these octets");
  }

  private static String named(String href, String more) {
    return "<metadata><package><checksum type='sha256'>"
        + "0".repeat(64)
        + "</checksum><size package='1'/><location href='"
        + href
        + "'"
        + more
        + "/></package></metadata>";
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "../../../../etc/passwd, is no plain path below the release",
    "/etc/passwd, is no plain path below the release",
    "Packages//x.rpm, is no plain path below the release",
    "http://evil.example/x.rpm, is no plain path below the release",
    "Packages/x&#9;y.rpm, has characters that no file of a release has",
    "Packages\\x.rpm, has characters that no file of a release has",
    "'', is no plain path below the release",
  })
  void packagesElsewhereAreRefused(String href, String why) throws IOException {
    Path os = mirror();
    lists(os, named(href, ""));
    refused(mirrored(), why);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "entities   | <!DOCTYPE a [<!ENTITY b 'c'>]><metadata>&b;</metadata> | has a document type",
        "base       | BASE                                    | names files of another server",
        "sha1       | SHA1                                    | digests by SHA-1",
        "no xml     | nonsense                                | is no list of a repository",
        "not ended  | <metadata><package>                     | is no list of a repository",
        "deep       | DEEP                                    | is no list of a repository",
        "a bomb     | BOMB                                    | unpacks to more than",
      })
  void listsThatDoHarmAreRefused(String name, String list, String why) throws IOException {
    Path os = mirror();
    switch (list) {
      case "BASE" -> lists(os, named("x.rpm", " xml:base='http://evil.example/'"));
      case "SHA1" -> lists(os, named("x.rpm", "").replace("sha256", "sha1"));
      case "DEEP" -> lists(os, "<a>".repeat(200_000));
      case "BOMB" -> {
        lists(os, "<metadata/>");
        Path packed = os.resolve("repodata/primary.xml.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
          byte[] blanks = " ".repeat(1 << 20).getBytes(UTF_8);
          out.write("<metadata>".getBytes(UTF_8));
          for (int i = 0; i < 1100; i++) {
            out.write(blanks);
          }
        }
        Path index = os.resolve("repodata/repomd.xml");
        byte[] octets = Files.readAllBytes(packed);
        Files.writeString(
            index,
            Files.readString(index)
                .replaceFirst("[0-9a-f]{64}", Digest.sha256(octets))
                .replaceFirst("<size>[0-9]+", "<size>" + octets.length));
      }
      default -> lists(os, list);
    }
    refused(mirrored(), why);
  }
}
