package org.barestack.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.barestack.testing.Command;
import org.barestack.testing.LargeSite;
import org.barestack.testing.Namespace;
import org.barestack.testing.Namespace.Program;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two hundred simulated machines of all kinds at once, on a network that loses one of a hundred
 * datagrams, against our server: each gets all that it asks for, and is known as installed.
 */
@Timeout(600)
class StormIT {
  private static final int MACHINES = 200;

  /** RFC 2544's test network, in a place that no other test takes. */
  private static final String NET = "198.18.255";

  private static final String BARESTACK = Path.of("barestack").toAbsolutePath().toString();

  @TempDir private Path folder;
  private Namespace machines;
  private final List<Program> programs = new ArrayList<>();

  @BeforeEach
  void lay() throws IOException {
    machines = Namespace.open(NET + ".1/24", "52:54:00:5e:00:01");
    machines.start("ip", "addr", "add", NET + ".2/24", "dev", "eth0").exitStatus();
    StringBuilder site =
        new StringBuilder(
            """
            site: storm
            rocky: { release: "9.7" }
            provisioning: { interface: %s, address: NET.1, dhcp: full, pool: NET.250-NET.251 }
            networks:
              management: { subnet: NET.0/24, gateway: NET.1, system_vms: NET.240-NET.245 }
              public: { range: NET.246-NET.249 }
            access:
              ssh_keys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF3HD5Pg5cjoQG0WbWZmRu29EXp9bmHK1Y0Bk2VJq8eg admin@desk]
            nodes:
              mgmt1: { role: management, address: NET.10, nics: { nic1: "52:54:00:60:00:0a" } }
            """
                .formatted(machines.hostDevice()));
    for (int i = 1; i < MACHINES; i++) {
      site.append(
          String.format(
              Locale.ROOT,
              "  kvm%d: { role: kvm-worker, address: NET.%d, nics: { nic1: \"52:54:00:61:00:%02x\""
                  + " } }\n",
              i,
              10 + i,
              i));
    }
    Files.writeString(folder.resolve("site.yaml"), site.toString().replace("NET", NET));
    LargeSite.release(folder.resolve("http-root"), 8 << 20);
  }

  @AfterEach
  void remove() {
    programs.forEach(Program::close);
    machines.close();
  }

  private Program serve() {
    Program server =
        Namespace.startOnHost(
            BARESTACK,
            "serve",
            "--no-secrets",
            "--site=" + folder.resolve("site.yaml"),
            "--state=" + folder.resolve("state"),
            "--http-root=" + folder.resolve("http-root"));
    programs.add(server);
    server.await("serving site storm");
    return server;
  }

  @Test
  void nobodyIsLost() throws Exception {
    serve();
    Path report = folder.resolve("report.json");
    Process storm =
        new ProcessBuilder(
                "ip",
                "netns",
                "exec",
                machines.name(),
                BARESTACK,
                "storm",
                "--interface=eth0",
                "--site=" + folder.resolve("site.yaml"),
                "--loss=1%",
                "--minutes=8",
                "--json")
            .redirectOutput(report.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertThat(storm.waitFor(9, TimeUnit.MINUTES)).isTrue();
    String text = Files.readString(report);
    JsonNode found = JsonMapper.builder().build().readTree(text);
    assertThat(found.path("done").asInt()).as(text).isEqualTo(MACHINES);
    assertThat(found.path("lost").asInt()).isZero();
    assertThat(found.path("dropped").asInt()).isPositive();
    assertThat(found.path("octets").asLong()).isGreaterThan(MACHINES * (20L << 20));
    assertThat(found.path("phases").path("loader").path("machines").asInt()).isEqualTo(133);
    assertThat(found.path("phases").path("events").path("machines").asInt()).isEqualTo(MACHINES);
    assertThat(storm.exitValue()).isZero();

    Barestack status =
        Barestack.run(
            "status",
            "--site=" + folder.resolve("site.yaml"),
            "--state=" + folder.resolve("state"),
            "--json");
    JsonNode nodes = JsonMapper.builder().build().readTree(status.out()).path("nodes");
    assertThat(nodes).hasSize(MACHINES);
    nodes.forEach(node -> assertThat(node.path("phase").asText()).isEqualTo("installed"));
  }

  /** On this end of the cable, by a process that comes from no other network than that. */
  @Test
  void aNetworkThatMayBeOthersIsRefused() {
    for (String address : List.of(NET + ".1/24", "none")) {
      if (address.equals("none")) {
        Namespace.run("ip", "-4", "addr", "flush", "dev", machines.hostDevice());
      }
      assertThat(orphan(BARESTACK, "storm", "--interface=" + machines.hostDevice(), "--machines=1"))
          .as(address)
          .contains("--i-own-this-network")
          .endsWith("\nstatus 1\n");
    }
    Barestack unknown = Barestack.run("storm", "--interface=nothere", "--machines=1");
    assertThat(unknown.status()).isEqualTo(2);
    assertThat(unknown.err()).contains("nothere: there is no such interface, or it has no address");
  }

  /** What a program prints whose parent is gone, and its status. */
  private static String orphan(String... command) {
    String script = "( { \"$@\" 2>&1; echo \"status $?\"; } & ) | cat";
    return Command.of(
            Stream.concat(Stream.of("sh", "-c", script, "sh"), Stream.of(command))
                .toArray(String[]::new))
        .run()
        .output();
  }
}
