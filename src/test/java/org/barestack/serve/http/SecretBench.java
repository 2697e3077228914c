package org.barestack.serve.http;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.barestack.boot.BootAnswer;
import org.barestack.boot.BootRequest;
import org.barestack.boot.ClaimAnswer;
import org.barestack.boot.SecretDesk;
import org.barestack.content.Loaders;
import org.barestack.content.Releases;
import org.barestack.model.Ipv4;
import org.barestack.model.MachineReport;
import org.barestack.model.Node;
import org.barestack.model.NodeEvent.Kind;
import org.barestack.model.NodeName;
import org.barestack.model.RestoreFile;
import org.barestack.model.Secret;
import org.barestack.model.Subject;
import org.barestack.model.Token;
import org.barestack.secrets.FreshSecrets;
import org.barestack.secrets.SiteAuthority;
import org.barestack.secrets.SiteSecrets;
import org.barestack.testing.Command;
import org.jspecify.annotations.Nullable;

/** A bench whose server hands out secrets by TLS on the loopback. */
final class SecretBench implements AutoCloseable {
  static final Ipv4 LOOPBACK = Ipv4.parse("127.0.0.1");

  /** The worker and the management node of the bench's site. */
  static final List<String> NODES = List.of("kvm1", "mgmt1");

  private static final SiteSecrets SECRETS = FreshSecrets.make();

  final Path folder;
  final Bench bench;
  final HttpServer server;
  final Path ca;

  SecretBench(Path folder) throws IOException {
    this(folder, HttpServer.Patience.USUAL);
  }

  SecretBench(Path folder, HttpServer.Patience patience) throws IOException {
    this.folder = folder;
    bench = new Bench(folder);
    SiteAuthority authority = SECRETS.authority();
    ca = Files.writeString(folder.resolve("ca.pem"), authority.certificate());
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    server =
        HttpServer.start(
            any,
            "lo",
            bench.desk,
            bench.texts,
            Loaders.read(folder, List::of),
            bench.httpRoot,
            () -> new Releases.Answer.Missing("none"),
            bench.logs,
            bench.backups,
            bench.media,
            new SecretHandout(
                any,
                List.of(authority.serverKeys(LOOPBACK)),
                new SecretDesk(bench.desk, bench.journal, InstantSource.fixed(Instant.EPOCH)),
                (granted, key) -> {
                  Map<String, Secret> all = new LinkedHashMap<>(values(granted.node()));
                  Node node = granted.node();
                  all.put(
                      "certificate",
                      new Secret(
                          SiteAuthority.pem(
                              authority.issue(
                                  key,
                                  bench.site.fqdn(node),
                                  node.name().text(),
                                  node.address()))));
                  return all;
                }),
            patience);
  }

  Map<String, Secret> values(Node node) {
    return SECRETS.of(node.role());
  }

  Node node(String name) {
    return bench.site.node(new NodeName(name)).orElseThrow();
  }

  /** A new install of that node, which has only begun. */
  Token booting(String name) {
    return booting(name, null);
  }

  /** The same, whose order handed over that backup. */
  Token booting(String name, @Nullable RestoreFile restore) {
    bench.desk.reinstall(new NodeName(name), List.of(), restore);
    BootRequest request = new BootRequest(node(name).bootMac(), "test", true, "", "", "");
    return ((BootAnswer.Install) bench.desk.boot(request)).install().token();
  }

  /** A new install of that node, whose installer has finished. */
  Token installed(String name) {
    return installed(name, null);
  }

  /** The same, whose order handed over that backup. */
  Token installed(String name, @Nullable RestoreFile restore) {
    Token token = booting(name, restore);
    Map<String, String> report = new HashMap<>();
    for (String field :
        Bench.CLAIM.replace("name=vda", "name=vda&disk.0.serial=" + name).split("&", -1)) {
      String[] both = field.split("=", 2);
      report.put(both[0], both[1]);
    }
    ClaimAnswer answer = bench.desk.claim(token, MachineReport.parse(report));
    if (!(answer instanceof ClaimAnswer.Granted)) {
      throw new AssertionError(answer.reason());
    }
    bench.desk.report(token, Kind.INSTALL_FINISHED, Map.of());
    return token;
  }

  /** How many events of that kind the node has. */
  long count(String name, Kind kind) {
    return bench.journal.events(new Subject.OfNode(new NodeName(name))).stream()
        .filter(event -> event.kind() == kind)
        .count();
  }

  String url(String path) {
    return "https://127.0.0.1:" + server.secureAddress().getPort() + path;
  }

  String plainUrl(String path) {
    return "http://127.0.0.1:" + server.address().getPort() + path;
  }

  /** A key with a certificate that nobody else signed: {@code NAME.key}, {@code NAME.crt}. */
  void key(String name, String... kind) {
    run("openssl", List.of("genpkey", "-out", folder + "/" + name + ".key"), kind);
    run(
        "openssl",
        List.of("req", "-new", "-x509", "-key", folder + "/" + name + ".key"),
        "-subj",
        "/CN=" + name,
        "-out",
        folder + "/" + name + ".crt");
  }

  static Command.Result run(String program, List<String> words, String... more) {
    List<String> line = new java.util.ArrayList<>(List.of(program));
    line.addAll(words);
    line.addAll(List.of(more));
    Command.Result result = Command.of(line.toArray(String[]::new)).run();
    if (result.status() != 0) {
      throw new AssertionError(line + ": " + result.all());
    }
    return result;
  }

  @Override
  public void close() {
    server.close();
    bench.close();
  }
}
