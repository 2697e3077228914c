package org.barestack.serve.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.barestack.boot.BootAnswer;
import org.barestack.boot.BootDesk;
import org.barestack.boot.BootDesk.OpenInstall;
import org.barestack.boot.BootRequest;
import org.barestack.boot.ClaimAnswer;
import org.barestack.content.Loaders;
import org.barestack.content.Releases;
import org.barestack.journal.BoundedJournal;
import org.barestack.journal.InstallLogs;
import org.barestack.journal.RestoreFiles;
import org.barestack.media.ServedMedia;
import org.barestack.model.MacAddress;
import org.barestack.model.NodeName;
import org.barestack.model.RestoreFile;
import org.barestack.model.Site;
import org.barestack.model.TooManyEventsException;
import org.barestack.testing.Fuzz;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What anybody may ask of the routes, without sockets, and what must hold for every answer. */
public class RoutesFuzzTest {
  private static final MacAddress OTHER = new MacAddress("52:54:00:aa:00:03");
  private static final Site SITE =
      Bench.site(
          Bench.node("kvm1", "192.168.50.11", Bench.KVM1, Bench.KVM1_SECOND),
          Bench.node("kvm2", "192.168.50.12", OTHER, new MacAddress("52:54:00:aa:00:04")));
  private static final char NEXT = '\u001e';

  private static final Place PLACE = Place.make();
  private static final Requests.Log LOG = new Requests.Log();

  /** All is of one input: a site, two nodes that install, and what they are sent. */
  private static final class World implements Texts {
    final ListJournal events = new ListJournal();
    final BootDesk desk;
    final Routes routes;
    final String token;
    final String other;

    World() {
      var clock = InstantSource.fixed(Instant.EPOCH);
      var journal = new BoundedJournal(events, clock, line -> {});
      desk = new BootDesk(() -> SITE, journal, clock, new Random(7));
      routes =
          new Routes(
              desk,
              this,
              PLACE.loaders(),
              () -> {
                try {
                  return new Releases(PLACE.httpRoot()).find(SITE.rocky());
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              },
              new StaticTree(PLACE.httpRoot()),
              PLACE.logs(),
              PLACE.backups(),
              new ServedMedia(_ -> Optional.empty(), InstantSource.system()),
              null);
      desk.reinstall(new NodeName("kvm1"), List.of(), PLACE.backup());
      token = token(Bench.KVM1);
      other = token(OTHER);
    }

    private String token(MacAddress mac) {
      return desk.boot(new BootRequest(mac, "", true, "", "", ""))
              instanceof BootAnswer.Install install
          ? install.install().token().secret()
          : "none";
    }

    @Override
    public String entry() {
      return "#!ipxe";
    }

    @Override
    public String install(BootAnswer.Install answer, BootRequest request) {
      return answer.install().token().secret() + request;
    }

    @Override
    public String localDisk(BootAnswer.LocalDisk answer, BootRequest request) {
      return "#!ipxe" + request;
    }

    @Override
    public String grubEntry() {
      return "# GRUB";
    }

    @Override
    public String grub(BootAnswer answer, BootRequest request) {
      return answer instanceof BootAnswer.Install install
          ? install.install().token().secret() + request
          : "# GRUB" + request;
    }

    @Override
    public String kickstart(OpenInstall install) {
      return install.install().token().secret();
    }

    @Override
    public Map<String, String> seed(OpenInstall install) {
      return Map.of("user-data", install.install().token().secret());
    }

    @Override
    public String diskFragment(ClaimAnswer.Granted granted) {
      return granted.disks().toString();
    }
  }

  /** What all inputs share: the files. */
  private record Place(
      Path httpRoot,
      Loaders loaders,
      InstallLogs logs,
      RestoreFiles backups,
      RestoreFile backup,
      Set<Path> served) {
    static Place make() {
      try {
        Path folder = Files.createTempDirectory(Path.of("target").toRealPath(), "routes");
        Bench bench = new Bench(folder);
        bench.close();
        Path httpRoot = bench.httpRoot;
        Set<Path> served = new HashSet<>(Set.of(folder.resolve("loader")));
        try (Stream<Path> files = Files.walk(httpRoot)) {
          files.filter(Files::isRegularFile).forEach(served::add);
        }
        Files.createSymbolicLink(httpRoot.resolve("repos/out"), folder);
        Files.createSymbolicLink(httpRoot.resolve("repos/tree"), Path.of("cloudstack"));
        Files.writeString(folder.resolve("secret"), "TOP SECRET");
        Path file = Files.writeString(folder.resolve("lab.cms"), "a backup");
        RestoreFile backup = bench.backups.keep(new NodeName("kvm1"), file);
        served.add(bench.backups.find(new NodeName("kvm1"), backup).orElseThrow());
        return new Place(
            httpRoot, Loaders.read(folder, List::of), bench.logs, bench.backups, backup, served);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @AfterAll
  static void theLogIsTheConsoleAgain() {
    LOG.close();
  }

  @Test
  void everyAnswerIsInOrder() {
    List<byte[]> seeds =
        Stream.of(
                "GET /boot.ipxe\n",
                "GET /boot/52:54:00:aa:00:01?platform=efi&arch=x86_64&uuid=A&serial=1&product=x\n",
                "GET /boot/52:54:00:aa:00:09?platform=pcbios&product=%1b\n",
                "HEAD /grub/52-54-00-aa-00-01\n" + NEXT + "GET /grub/52:54:00:aa:00:01\n",
                "GET /loaders//grub.cfg-01-52-54-00-aa-00-01\n" + NEXT + "GET /EFI/x/grub.cfg\n",
                "GET /install/TOKEN/kickstart\n",
                "GET /cloud-init/TOKEN/user-data\n" + NEXT + "HEAD /cloud-init/TOKEN/x\n",
                "HEAD /install/TOKEN/vmlinuz\n" + NEXT + "GET /install/TOKEN/initrd.img\n",
                "POST /install/TOKEN/claim\n" + Bench.CLAIM,
                "POST /install/TOKEN/claim\n"
                    + Bench.CLAIM
                    + NEXT
                    + "POST /install/TOKEN/event\nkind=progress&step=disk"
                    + NEXT
                    + "POST /install/TOKEN/event\nkind=finished"
                    + NEXT
                    + "POST /install/TOKEN/event\nkind=step-started&step=10-hosts"
                    + NEXT
                    + "POST /install/TOKEN/event\nkind=configured&boot=a&uptime=3",
                "POST /install/TOKEN/log/anaconda.log\nlines",
                "POST /install/TOKEN/event\nkind=logs-sent",
                "GET /install/TOKEN/restore\n" + NEXT + "HEAD /install/TOKEN/restore\n",
                "POST /install/TOKEN/secrets\nnode=kvm1",
                "POST /install/TOKEN/event\nkind=failed&reason=why",
                "GET /releases/rocky-9.7-x86_64/.treeinfo\n",
                "GET /repos/cloudstack/a+b~1.rpm\n" + NEXT + "GET /repos/tree/a+b~1.rpm\n",
                "GET /repos/out/secret\n",
                "GET /loaders//snponly.efi\n")
            .map(text -> text.getBytes(ISO_8859_1))
            .toList();
    Fuzz.run("routes", 50_000, seeds, Requests.WORDS, RoutesFuzzTest::shape);
  }

  /** For the coverage-guided fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    shape(input);
  }

  private static Object shape(byte[] input) throws IOException {
    World world = new World();
    Set<Object> shape = new HashSet<>();
    for (String text : new String(input, ISO_8859_1).split("" + NEXT, -1)) {
      String asked = text.replace("TOKEN", world.token);
      int before = size(world.events);
      Object answer = ask(world, asked);
      int octets = size(world.events) - before;
      assertThat(octets).as("what the journal takes").isLessThan(2 * asked.length() + 2000);
      shape.add(List.of(answer, octets > 0));
    }
    LOG.check(world.token, world.other);
    return shape;
  }

  private static int size(ListJournal events) {
    return events.since(0).stream()
        .mapToInt(event -> 100 + event.detail().toString().length())
        .sum();
  }

  private static Object ask(World world, String text) throws IOException {
    int line = text.indexOf('\n');
    String[] head = (line < 0 ? text : text.substring(0, line)).split(" ", 2);
    String target = head.length > 1 ? head[1] : "";
    int query = target.indexOf('?');
    String path = query < 0 ? target : target.substring(0, query);
    return switch (world.routes.match(head[0], path)) {
      case Routes.Match.Nothing() -> "nothing";
      case Routes.Match.WrongMethod(String allowed) -> allowed;
      case Routes.Match.To(Route route, List<String> captured) -> {
        byte[] body = text.substring(line + 1).getBytes(ISO_8859_1);
        String told = text.toLowerCase(Locale.ROOT).replaceAll("[:-]", "");
        try {
          Request request =
              new Request(
                  captured,
                  query(query < 0 ? "" : target.substring(query + 1)),
                  head[0].equals("POST") && !route.upload() ? Form.parse(body) : Map.of(),
                  new ByteArrayInputStream(body),
                  List.of(),
                  "192.0.2.1",
                  null);
          Reply reply = route.action().answer(request);
          yield List.of(route.pattern(), shape(world, told, reply));
        } catch (BadRequest e) {
          yield List.of(route.pattern(), shape(world, told, e.reply()));
        } catch (TooManyEventsException e) {
          yield "too many";
        }
      }
    };
  }

  private static Map<String, String> query(String text) {
    Map<String, String> query = new HashMap<>();
    for (String pair : text.split("&", -1)) {
      String[] both = pair.split("=", 2);
      query.put(both[0], both.length > 1 ? both[1] : "");
    }
    return query;
  }

  private static Object shape(World world, String told, Reply reply) throws IOException {
    return switch (reply) {
      case Reply.Done done -> "done";
      case Reply.Nothing nothing -> "nothing";
      case Reply.Redirect redirect -> throw new AssertionError(redirect);
      case Reply.Image image -> throw new AssertionError("none is there: " + image);
      case Reply.StoredFile(Path from, Path file, var sent) -> {
        try (var channel = OpenedFile.open(from, file).channel()) {
          assertThat(channel.size()).isPositive();
        }
        assertThat(PLACE.served()).contains(file);
        yield file;
      }
      case Reply.Text(int status, String body, var sent) -> {
        assertThat(body).isNotBlank();
        assertThat(List.of(200, 400, 403, 404, 409, 413, 415)).contains(status);
        if (!told.contains("525400aa0001")
            && !told.contains("525400aa0002")
            && !told.contains(world.token)) {
          assertThat(body).doesNotContain(world.token);
        }
        if (!told.contains("525400aa0003") && !told.contains("525400aa0004")) {
          assertThat(body).doesNotContain(world.other);
        }
        if (status != 200) {
          assertThat(body).matches("[^\\p{Cntrl}]+\n");
        }
        yield status + body.replaceAll("[^a-z ]|'.*'", "").split(" ", -1)[0];
      }
    };
  }

  @Test
  void oneAnswerIsAsGoodAfterAll() throws IOException {
    assertThat(shape("GET /boot.ipxe\n".getBytes(ISO_8859_1)).toString()).contains("200");
    assertThat(Arrays.asList(new World().token, new World().other)).doesNotContain("none");
  }
}
