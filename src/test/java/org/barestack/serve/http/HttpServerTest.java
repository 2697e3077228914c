package org.barestack.serve.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.barestack.content.Loaders;
import org.barestack.content.Releases;
import org.barestack.model.MacAddress;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.Phase;
import org.barestack.model.Token;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class HttpServerTest {
  private static final NodeName NODE = new NodeName("kvm1");

  private final Bench bench;

  HttpServerTest(@TempDir Path folder) throws IOException {
    bench = new Bench(folder);
  }

  @AfterEach
  void stop() {
    bench.close();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "entry script    | /boot.ipxe | 200 | #!ipxe entry",
        "MAC, colons     | /boot/52:54:00:AA:00:01?platform=efi&arch=x86_64&uuid=AB&serial=S%201"
            + "&product=P | 200 | #!ipxe install kvm1 for BootRequest[mac=52:54:00:aa:00:01,"
            + " client=iPXE on UEFI x86_64, uefi=true, uuid=ab, serial=S 1, product=P]",
        "MAC, hyphens    | /boot/52-54-00-aa-00-01 | 200 | #!ipxe install kvm1 for BootRequest["
            + "mac=52:54:00:aa:00:01, client=iPXE on BIOS, uefi=false, uuid=, serial=, product=]",
        "second NIC      | /boot/52-54-00-aa-00-02 | 200 | #!ipxe install kvm1",
        "stranger        | /boot/52-54-00-aa-00-99 | 200 | #!ipxe local disk",
        "control chars   | /boot/52-54-00-aa-00-99?serial=a%0Ab%1b | 200 | serial=a?b?,",
        "no MAC          | /boot/toaster | 400 | not a MAC address: 'toaster'",
        "GRUB, MAC       | /grub/52:54:00:aa:00:01 | 200 | # GRUB install for BootRequest["
            + "mac=52:54:00:aa:00:01, client=GRUB on UEFI, uefi=true, uuid=, serial=, product=]",
        "GRUB, stranger  | /grub/52:54:00:aa:00:99 | 200 | # GRUB local disk",
        "GRUB, no MAC    | /grub/toaster | 400 | not a MAC address: 'toaster'",
        "GRUB's own      | /grub.cfg | 200 | # GRUB entry",
        "beside shim     | /loaders//grub.cfg | 200 | # GRUB entry",
        "by its UUID     | /loaders/grub.cfg-11223344-5566-7788-99aa-bbccddeeff00 | 200 | # GRUB",
        "in /grub        | /grub/grub.cfg | 200 | # GRUB entry",
        "as on media     | /EFI/BOOT/grub.cfg | 200 | # GRUB entry",
        "as Rocky builds | /EFI/rocky/grub.cfg | 200 | # GRUB entry",
        "no module list  | /grub/x86_64-efi/fs.lst | 404 | there is nothing here",
        "loader          | /loaders/snponly.efi | 200 | a loader",
        "double slash    | //loaders//snponly.efi | 200 | a loader",
        "loader not here | /loaders/gone.kpxe | 500 | apt-get install ipxe",
        "no such loader  | /loaders/shim.efi | 404 | no loader has that name",
        "release file    | /releases/rocky-9.7-x86_64/images/install.img | 200 | the installer",
        "dot file        | /releases/rocky-9.7-x86_64/.treeinfo | 200 | [general]",
        "repository file | /repos/cloudstack/a+b~1.rpm | 200 | 0123456789",
        "escaped name    | /repos/cloudstack/a%2Bb%7E1.rpm | 200 | 0123456789",
        "no such file    | /releases/rocky-9.7-x86_64/treeinfo | 404 | there is no such file",
        "below a file    | /repos/cloudstack/a+b~1.rpm/x | 404 | there is no such file",
        "a folder        | /releases/rocky-9.7-x86_64 | 404 | there is no such file",
        "a folder, slash | /releases/rocky-9.7-x86_64/ | 404 | there is no such file",
        "a tree's root   | /releases/ | 404 | there is nothing here",
        "the root        | / | 404 | there is nothing here",
        "unknown         | /etc/passwd | 404 | there is nothing here",
      })
  void get(String name, String path, int status, String body) throws Exception {
    HttpResponse<String> response = bench.get(path);
    assertThat(response.statusCode()).as(name).isEqualTo(status);
    assertThat(response.body()).contains(body);
    assertThat(response.headers().firstValueAsLong("Content-Length"))
        .hasValue(response.body().length());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/boot.ipxe",
        "/loaders/snponly.efi",
        "/loaders/gone.kpxe",
        "/repos/cloudstack/a+b~1.rpm",
        "/install/TOKEN/kickstart",
        "/install/TOKEN/vmlinuz",
        "/nothing",
      })
  void headSaysWhatGetWouldSend(String path) throws Exception {
    String asked = path.replace("TOKEN", bench.token());
    HttpResponse<String> get = bench.get(asked);
    HttpResponse<String> head = bench.send("HEAD", asked);

    assertThat(head.statusCode()).isEqualTo(get.statusCode());
    assertThat(head.headers().firstValue("Content-Length"))
        .isEqualTo(get.headers().firstValue("Content-Length"));
    assertThat(head.headers().firstValue("ETag")).isEqualTo(get.headers().firstValue("ETag"));
    assertThat(head.body()).isEmpty();
  }

  /** The GRUB of Rocky asks by HEAD first, and would take a refusal for an answer. */
  @Test
  void whatGrubIsToDoIsDecidedByGetAlone() throws Exception {
    String path = "/grub/52:54:00:aa:00:01";
    assertThat(bench.send("HEAD", path).statusCode()).isEqualTo(200);
    assertThat(bench.desk.state(NODE).phase()).isEqualTo(Phase.ARMED);
    assertThat(bench.get(path).body()).startsWith("# GRUB install");
    assertThat(bench.desk.state(NODE).phase()).isEqualTo(Phase.BOOTING);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST   | /boot.ipxe | GET, HEAD",
        "HEAD   | /boot/52-54-00-aa-00-01 | GET",
        "DELETE | /releases/x | GET, HEAD",
        "PUT    | /repos/x | GET, HEAD",
        "GET    | /install/00000000000000000000000000000000/claim | POST",
        "HEAD   | /install/00000000000000000000000000000000/event | POST",
      })
  void aWrongMethodIsToldTheRightOnes(String method, String path, String allowed) throws Exception {
    HttpResponse<String> response = bench.send(method, path);
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow")).contains(allowed);
  }

  @Test
  void theKickstartIsTheSameEveryTimeAndChangesNoState() throws Exception {
    String path = "/install/" + bench.token() + "/kickstart";
    HttpResponse<String> first = bench.get(path);
    HttpResponse<String> second = bench.get(path);

    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.body()).isEqualTo("# kickstart of kvm1\n").isEqualTo(second.body());
    assertThat(bench.desk.state(NODE).phase()).isEqualTo(Phase.BOOTING);
    assertThat(bench.journal.await(event -> event.kind() == Kind.FETCHED).detail())
        .isEqualTo(Map.of("file", "kickstart", "bytes", "20"));
  }

  @Test
  void theSeedOfAnImage() throws Exception {
    String path = "/cloud-init/" + bench.seedToken() + "/";
    assertThat(bench.get(path + "user-data").body()).isEqualTo("#cloud-config of kvm1\n");
    assertThat(bench.journal.await(event -> event.kind() == Kind.FETCHED).detail())
        .isEqualTo(Map.of("file", "user-data", "bytes", "22"));
    assertThat(bench.desk.state(NODE).phase()).isEqualTo(Phase.INSTALLED);
  }

  /** cloud-init asks for minutes for what it gets a 404 for. */
  @ParameterizedTest
  @ValueSource(strings = {"vendor-data", "network-config", "what-comes-next"})
  void whatASeedDoesNotHaveIsEmpty(String name) throws Exception {
    HttpResponse<String> response = bench.get("/cloud-init/" + bench.seedToken() + "/" + name);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEmpty();
    assertThat(response.headers().firstValueAsLong("Content-Length")).hasValue(0);
  }

  @Test
  void aSeedAndAKickstartHaveNoTokenInCommon() throws Exception {
    String seed = bench.seedToken();
    assertThat(bench.get("/install/" + seed + "/kickstart").statusCode()).isEqualTo(404);
    assertThat(bench.get("/install/" + seed + "/vmlinuz").statusCode()).isEqualTo(404);
    bench.desk.reinstall(NODE, List.of());
    assertThat(bench.get("/cloud-init/" + seed + "/user-data").statusCode()).isEqualTo(404);
    String token = bench.token();
    assertThat(bench.get("/cloud-init/" + token + "/user-data").statusCode()).isEqualTo(404);
    assertThat(bench.get("/cloud-init/" + token + "/vendor-data").statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({"vmlinuz, the kernel", "initrd.img, the initrd"})
  void theInstallersKernelIsTheReleases(String name, String content) throws Exception {
    assertThat(bench.get("/install/" + bench.token() + "/" + name).body()).isEqualTo(content);
    assertThat(bench.journal.await(event -> event.kind() == Kind.FETCHED).detail())
        .isEqualTo(Map.of("file", name, "bytes", Integer.toString(content.length())));
  }

  @Test
  void aMissingReleaseIsAFaultThatSaysWhatToDo() throws Exception {
    Files.delete(bench.httpRoot.resolve(Bench.TREE + "/.treeinfo"));
    HttpResponse<String> response = bench.get("/install/" + bench.token() + "/vmlinuz");
    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).contains("has a .treeinfo", "barestack import Rocky-");
  }

  @Test
  void aKernelOnAnotherServerIsSentFor() throws Exception {
    URI tree = URI.create("http://mirror.example/9.7/");
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (HttpServer server = start(anyPort, new Releases.Answer.Elsewhere(tree));
        HttpClient client = HttpClient.newHttpClient()) {
      URI kernel =
          URI.create(
              "http://127.0.0.1:"
                  + server.address().getPort()
                  + "/install/"
                  + bench.token()
                  + "/vmlinuz");
      HttpResponse<String> response =
          client.send(HttpRequest.newBuilder(kernel).build(), HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(302);
      assertThat(response.headers().firstValue("Location"))
          .contains("http://mirror.example/9.7/images/pxeboot/vmlinuz");
    }
  }

  @Test
  void stage1sRequestsToTheTreeAreNotedByTheMacTheyTell() throws Exception {
    bench.token();
    String path = "/" + Bench.TREE + "/images/install.img";
    // libcurl sends one header an interface; the one that the site names need not be the first.
    bench.get(
        path,
        "X-RHN-Provisioning-MAC-0",
        "enp9s0 52:54:00:aa:00:77",
        "X-RHN-Provisioning-MAC-1",
        "enp0s2 " + Bench.KVM1_SECOND.text());

    assertThat(bench.journal.await(event -> event.kind() == Kind.FETCHED).detail())
        .isEqualTo(Map.of("file", "images/install.img", "bytes", "19"));
  }

  @Test
  void aFetchOutsideOfAnInstallIsNotNoted() {
    bench.desk.fetched(List.of(Bench.KVM1), Map.of("file", "x"));
    bench.desk.fetched(List.of(new MacAddress("52:54:00:aa:00:99")), Map.of("file", "x"));
    String token = bench.token();
    bench.desk.report(new Token(token), Kind.INSTALL_FAILED, Map.of());
    bench.desk.fetched(List.of(Bench.KVM1), Map.of("file", "x"));
    assertThat(bench.journal.count(Kind.FETCHED)).isZero();
  }

  @Test
  void onlyWhatTellsHowFarAnInstallIsGetsNoted() throws Exception {
    String mac = "enp0s2 " + Bench.KVM1.text();
    String header = "X-RHN-Provisioning-MAC-0";
    String token = bench.token();
    bench.get("/repos/cloudstack/a+b~1.rpm", header, mac);
    bench.get("/" + Bench.TREE + "/images/none.img", header, mac);
    bench.get("/" + Bench.TREE + "/images/install.img", header, mac, "Range", "bytes=0-3");
    bench.get("/" + Bench.TREE + "/images/install.img", header, "no address in here");
    bench.send("HEAD", "/install/" + token + "/kickstart");
    bench.get("/" + Bench.TREE + "/.treeinfo", header, mac);

    bench.journal.await(event -> event.detail().containsValue(".treeinfo"));
    assertThat(bench.journal.count(Kind.FETCHED)).isEqualTo(1);
  }

  @Test
  void aClaimOfABlankDiskIsGrantedAgainAndAgainUntilItIsLate() throws Exception {
    String path = "/install/" + bench.token();
    HttpResponse<String> granted = bench.post(path + "/claim", Bench.CLAIM);
    assertThat(granted.statusCode()).isEqualTo(200);
    assertThat(granted.body()).isEqualTo("clearpart --drives=vda\n");
    assertThat(granted.headers().firstValue("Content-Type")).contains("text/plain; charset=utf-8");
    assertThat(bench.post(path + "/claim", Bench.CLAIM).statusCode()).isEqualTo(200);
    assertThat(bench.desk.state(NODE).phase()).isEqualTo(Phase.CLAIMED);

    assertThat(bench.post(path + "/event", "kind=finished").statusCode()).isEqualTo(204);
    HttpResponse<String> late = bench.post(path + "/claim", Bench.CLAIM);
    assertThat(late.statusCode()).isEqualTo(409);
    assertThat(late.body()).contains("this install is over");
  }

  @Test
  void aClaimOfAFullDiskIsRefusedWithItsReason() throws Exception {
    String path = "/install/" + bench.token() + "/claim";
    HttpResponse<String> refused =
        bench.post(path, Bench.CLAIM.replace("edges=zero", "signatures=xfs"));
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).contains("vda (20 GiB, xfs) is not blank; nothing was written");
    assertThat(bench.desk.state(NODE).phase()).isEqualTo(Phase.REFUSED);
  }

  @ParameterizedTest
  @CsvSource({
    "kind=progress&step=packages, INSTALL_PROGRESS, {step=packages}",
    "kind=finished, INSTALL_FINISHED, {}",
    "kind=failed&reason=no+space%21, INSTALL_FAILED, {reason=no space!}",
    "kind=step-started&step=10-network, STEP_STARTED, {step=10-network}",
    "kind=step-finished&step=10-network&other=x, STEP_FINISHED, {step=10-network}",
    "kind=step-failed&step=a&reason=b, STEP_FAILED, '{reason=b, step=a}'",
    "kind=configured&step=, CONFIGURED, {}",
  })
  void anEventIsNoted(String form, Kind kind, String detail) throws Exception {
    assertThat(bench.post("/install/" + bench.token() + "/event", form).statusCode())
        .isEqualTo(204);
    assertThat(bench.journal.await(event -> event.kind() == kind).detail()).hasToString(detail);
  }

  @Test
  void aLongReasonIsCut() throws Exception {
    bench.post("/install/" + bench.token() + "/event", "kind=failed&reason=" + "x".repeat(60_000));
    assertThat(bench.journal.await(event -> event.kind() == Kind.INSTALL_FAILED).detail())
        .isEqualTo(Map.of("reason", "x".repeat(4096)));
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "unknown kind     | event | kind=explode | 400 | it is one of [configured, failed,",
        "no kind          | event | step=x | 400 | kind is ''",
        "no field         | event | '' | 400 | the form has no field",
        "broken escape    | event | kind=%zz | 400 | the form has a broken escape: %zz",
        "twice            | event | kind=failed&kind=finished | 400 | the field kind comes twice",
        "no number        | claim | disk.0.name=a&disk.0.size=big | 400 | disk.0.size is not a",
        "no field at all  | claim | x | 400 | the form has no field",
      })
  void aWrongFormSaysWhatIsWrong(
      String name, String what, String form, int status, String complaint) throws Exception {
    HttpResponse<String> response = bench.post("/install/" + bench.token() + "/" + what, form);
    assertThat(response.statusCode()).as(name).isEqualTo(status);
    assertThat(response.body()).contains(complaint);
  }

  @ParameterizedTest
  @CsvSource({"70000, a field is longer", "300000, a form has at most"})
  void aFormThatIsTooBigIsRefused(int size, String complaint) throws Exception {
    HttpResponse<String> response =
        bench.post(
            "/install/" + bench.token() + "/event", "kind=failed&reason=" + "x".repeat(size));
    assertThat(response.statusCode()).isEqualTo(413);
    assertThat(response.body()).contains(complaint);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00000000000000000000000000000000",
        "short",
        "0000000000000000000000000000000g",
        "a%0Ab",
      })
  void everyTokenThatOpensNothingIsAnsweredAlike(String token) throws Exception {
    bench.token();
    List<HttpResponse<String>> responses =
        List.of(
            bench.get("/install/" + token + "/kickstart"),
            bench.get("/install/" + token + "/vmlinuz"),
            bench.get("/cloud-init/" + token + "/user-data"),
            bench.get("/cloud-init/" + token + "/vendor-data"),
            bench.post("/install/" + token + "/event", "kind=finished"));
    assertThat(responses)
        .allSatisfy(response -> {
          assertThat(response.statusCode()).isEqualTo(404);
          assertThat(response.body()).isIn("no install is open here\n", "there is nothing here\n");
        });
    assertThat(bench.desk.state(NODE).phase()).isEqualTo(Phase.BOOTING);
  }

  /** An installer tries again after any other status, and its install will not come back. */
  @Test
  void aClaimWithADeadTokenIsRefusedInWords() throws Exception {
    bench.token();
    HttpResponse<String> response =
        bench.post("/install/00000000000000000000000000000000/claim", Bench.CLAIM);
    assertThat(response.statusCode()).isEqualTo(409);
    assertThat(response.body()).contains("no install is open here", "nothing was written");
    assertThat(bench.desk.state(NODE).phase()).isEqualTo(Phase.BOOTING);
  }

  @ParameterizedTest
  @CsvSource({
    "/install/TOKEN/kickstart, the kickstart of kvm1 cannot be rendered",
    "/boot/52-54-00-aa-00-01, the boot script of kvm1 cannot be rendered",
    "/boot/52-54-00-aa-00-99, the boot script of 52:54:00:aa:00:99 cannot be rendered",
    "/boot.ipxe, the entry script cannot be rendered",
  })
  void aRenderFaultNamesTheNode(String path, String complaint) throws Exception {
    String asked = path.replace("TOKEN", bench.token());
    bench.fault = new IllegalStateException("undefined variable");
    HttpResponse<String> response = bench.get(asked);
    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).contains(complaint);
  }

  @ParameterizedTest
  @CsvSource({"/install/TOKEN/kickstart, ''", "/boot/52-54-00-aa-00-01, ' \n'", "/boot.ipxe, ''"})
  void anEmptyTextIsNeverSentAsSuccess(String path, String text) throws Exception {
    String asked = path.replace("TOKEN", bench.token());
    bench.instead = text;
    HttpResponse<String> response = bench.get(asked);
    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).isNotEmpty();
  }

  @Test
  void aBrokenJournalIsAFaultAndNotAnAnswer() throws Exception {
    String token = bench.token();
    bench.journal.breakDown(new UncheckedIOException(new IOException("disk full")));
    assertThat(
            List.of(
                bench.get("/boot/52-54-00-aa-00-01"),
                bench.get("/install/" + token + "/kickstart"),
                bench.get("/install/00000000000000000000000000000000/kickstart"),
                bench.post("/install/" + token + "/claim", Bench.CLAIM),
                bench.post("/install/" + token + "/event", "kind=finished")))
        .allSatisfy(response -> {
          assertThat(response.statusCode()).isEqualTo(500);
          assertThat(response.body()).isNotEmpty();
        });
  }

  @Test
  void manyMachinesAtOnceAreAllAnswered() throws Exception {
    String path = "/install/" + bench.token();
    String image = "i".repeat(3_000_000);
    bench.write(Bench.TREE + "/images/install.img", image);
    List<Callable<Boolean>> machines = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      machines.add(() ->
          bench.get("/boot/52-54-00-aa-00-99").statusCode() == 200
              && bench.get(path + "/kickstart").body().equals("# kickstart of kvm1\n")
              && bench.get("/" + Bench.TREE + "/images/install.img").body().equals(image)
              && bench.post(path + "/event", "kind=progress").statusCode() == 204);
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Boolean> machine : threads.invokeAll(machines)) {
        assertThat(machine.get()).isTrue();
      }
    }
    assertThat(bench.journal.count(Kind.INSTALL_PROGRESS)).isEqualTo(64);
  }

  @Test
  void noLogLineHoldsATokenOrAControlCharacter() throws Exception {
    Logger ours = (Logger) LoggerFactory.getLogger("org.barestack");
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    ours.addAppender(lines);
    Level usual = ours.getLevel();
    ours.setLevel(Level.DEBUG);
    String token = bench.token();
    String path = "/install/" + token;
    try {
      bench.get("/boot/52-54-00-aa-00-01?serial=a%0aINFO%20forged%1b%5b31m");
      bench.get(path + "/kickstart");
      bench.get(path + "/none");
      bench.get("/boot/" + token);
      bench.get("/releases/%1b%0a" + token);
      bench.post(
          path + "/claim",
          Bench.CLAIM.replace("edges=zero", "edges=data") + "&disk.0.serial=a%0ab");
      bench.post(path + "/event", "kind=failed&reason=a%0ab%1bc&step=" + token);
      bench.fault = new IllegalStateException("a fault");
      bench.get(path + "/kickstart");
      bench.journal.breakDown(new UncheckedIOException(new IOException("disk full")));
      bench.get(path + "/kickstart");
    } finally {
      ours.detachAppender(lines);
      ours.setLevel(usual);
    }
    assertThat(lines.list).hasSizeGreaterThan(9);
    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .allSatisfy(
            line -> assertThat(line).doesNotContain(token).doesNotContainPattern("\\p{Cc}"));
  }

  private HttpServer start(InetSocketAddress address) throws IOException {
    return start(address, new Releases.Answer.Missing("none"));
  }

  private HttpServer start(InetSocketAddress address, Releases.Answer release) throws IOException {
    return HttpServer.start(
        address,
        "lo",
        bench.desk,
        bench.texts,
        Loaders.read(bench.httpRoot, List::of),
        bench.httpRoot,
        () -> release,
        bench.logs,
        bench.backups,
        bench.media,
        null);
  }

  @Test
  void aPortInUseIsNamed() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatIOException()
          .isThrownBy(() ->
              start(new InetSocketAddress(taken.getInetAddress(), taken.getLocalPort())).close())
          .withMessageContainingAll(
              "cannot listen on 127.0.0.1 port " + taken.getLocalPort(), "ss -ltnp");
    }
  }

  @Test
  void anAddressOfAnotherMachineIsNamed() {
    // 192.0.2.0/24 is for documentation (RFC 5737): no machine has it.
    assertThatIOException()
        .isThrownBy(() -> start(new InetSocketAddress("192.0.2.1", 0)).close())
        .withMessageContainingAll("192.0.2.1", "this machine has no such address");
  }
}
