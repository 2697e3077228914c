package org.barestack.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.barestack.testing.LargeSite;

/** Files of a release and kickstarts, beside nginx. */
final class HttpPart implements Part {
  private static final int OURS = 8080;
  private static final int NGINX = 8081;
  private static final int CLIENTS = 64;

  private static final String TREE = "/releases/rocky-9.7-x86_64";
  private static final String LARGE = TREE + "/images/pxeboot/initrd.img";

  private static final int SMALL_FILES = 500;
  private static final int WARM_SECONDS = 10;
  private static final Pattern SENT = Pattern.compile("Transfer/sec: +([0-9.]+)([KMGT]?)B");
  private static final Pattern REQUESTS = Pattern.compile("Requests/sec: +([0-9.]+)");
  private static final Pattern KICKSTART = Pattern.compile("inst\\.ks=http://[^/]+(/\\S+)");

  @Override
  public String name() {
    return "http";
  }

  @Override
  public String title() {
    return "HTTP";
  }

  @Override
  public String method() {
    return """
    nginx with two workers, `sendfile`, `tcp_nopush`, `open_file_cache` and no access log serves the same folder. The large file has 1 GiB and is in the page cache: one client is `curl`, 64 are `wrk` for 8 s. The small ones are 500 files of 1 to 64 KiB of the release's tree, asked for by 64 clients of `wrk` in turn. A kickstart is asked for by 64 clients of `wrk` for 5 s over connections that stay open, for the first time after 10 s of the same: ours is that of an install under way, found by its token in the journal, nginx has the same octets as a file. All clients are at the other end of the cable and share the processors.
    """;
  }

  @Override
  public List<Result> run(Setting setting) throws Exception {
    Path folder = setting.folder();
    Path root = folder.resolve("http-root");
    LargeSite.write(folder, setting.size(1000, 50), Cable.DEVICE);
    LargeSite.release(root, (long) setting.size(1024, 64) << 20);
    Path script = smallFiles(folder, root);
    try (Cable cable = Cable.lay();
        Serving _ = Serving.start(cable, folder, "state");
        AutoCloseable _ = nginx(cable, folder, root)) {
      Asking asking = new Asking(cable, setting);
      String kickstart = kickstart(asking, root);
      if (setting.full()) { // a server that has run for a while is what meets a storm
        for (String url : List.of(url(OURS, kickstart), url(NGINX, "/kickstart"))) {
          asking.wrk(WARM_SECONDS, url);
        }
      }
      Result one =
          contest(Contest.more("a large file, 1 client", "MB/s"), LARGE, LARGE, asking::download)
              .atLeast(0.9)
              .run(setting.rounds());
      return List.of(
          one.reached()
              ? one
              : one.noting(
                  "both send by sendfile, and rounds of the same server differ as much. Next: how"
                      + " much each call of it moves, and how often the I/O thread is woken."),
          contest(
                  Contest.more("a large file, %d clients".formatted(CLIENTS), "MB/s"),
                  LARGE,
                  LARGE,
                  url -> asking.sent(asking.wrk(8, url)))
              .atLeast(0.9)
              .run(setting.rounds()),
          contest(
                  Contest.more("small files, %d clients".formatted(CLIENTS), "1/s"),
                  TREE,
                  TREE,
                  url -> asking.requests(asking.wrk(5, url, "-s" + script)))
              .run(setting.rounds()),
          contest(
                  Contest.more("a kickstart, %d clients".formatted(CLIENTS), "1/s"),
                  kickstart,
                  "/kickstart",
                  url -> asking.requests(asking.wrk(5, url)))
              .atLeast(1)
              .run(setting.rounds()));
    }
  }

  private interface Measure {
    double of(String url);
  }

  private static Contest contest(Contest contest, String ours, String theirs, Measure measure) {
    return contest
        .entrant(Result.OURS, () -> measure.of(url(OURS, ours)))
        .entrant("nginx", () -> measure.of(url(NGINX, theirs)));
  }

  private static String url(int port, String path) {
    return "http://" + Cable.SERVER + ":" + port + path;
  }

  /** What clients ask, and what they say of it. */
  private record Asking(Cable cable, Setting setting) {
    double download(String url) {
      String[] told =
          cable
              .asked(
                  "curl", "-sS", "--fail", "-o/dev/null", "-w%{size_download} %{time_total}", url)
              .strip()
              .split(" ", -1);
      return Double.parseDouble(told[0]) / Double.parseDouble(told[1]) / 1e6;
    }

    /** For so many seconds; for one in a short run. */
    String wrk(int seconds, String url, String... more) {
      List<String> command =
          new ArrayList<>(
              List.of(
                  "wrk", "-t1", "-c" + CLIENTS, "-d" + setting.size(seconds, 1), "--timeout=30"));
      command.addAll(List.of(more));
      command.add(url);
      String told = cable.asked(command.toArray(String[]::new));
      if (told.contains("Non-2xx") || told.contains("Socket errors")) {
        throw new AssertionError(told);
      }
      return told;
    }

    double sent(String told) {
      Matcher matcher = found(SENT, told);
      double unit = Math.pow(1024, "KMGT".indexOf(matcher.group(2)) + 1);
      return Double.parseDouble(matcher.group(1)) * unit / 1e6;
    }

    double requests(String told) {
      return Double.parseDouble(found(REQUESTS, told).group(1));
    }
  }

  private static Matcher found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new AssertionError("there is no " + pattern + " in " + text);
    }
    return matcher;
  }

  /** The way of a machine: its boot script names the kickstart. nginx gets the same octets. */
  private static String kickstart(Asking asking, Path root) throws IOException {
    String script =
        asking.cable().asked("curl", "-sS", "--fail", url(OURS, "/boot/" + LargeSite.mac(1)));
    String path = found(KICKSTART, script).group(1);
    Files.writeString(
        root.resolve("kickstart"), asking.cable().asked("curl", "-sS", "--fail", url(OURS, path)));
    return path;
  }

  /** Writes them, and a script with which wrk asks for one after the other. */
  private static Path smallFiles(Path folder, Path root) throws IOException {
    Path packages = root.resolve(TREE.substring(1)).resolve("Packages");
    Files.createDirectories(packages);
    Random random = new Random(1);
    for (int i = 0; i < SMALL_FILES; i++) {
      byte[] octets = new byte[1024 + random.nextInt(63 * 1024)];
      random.nextBytes(octets);
      Files.write(packages.resolve("package-%d.rpm".formatted(i)), octets);
    }
    return Files.writeString(
            folder.resolve("small.lua"),
            """
            local at = 0
            request = function()
              at = (at + 1) %% %d
              return wrk.format("GET", "%s/Packages/package-" .. at .. ".rpm")
            end
            """
                .formatted(SMALL_FILES, TREE))
        .toAbsolutePath();
  }

  private static AutoCloseable nginx(Cable cable, Path folder, Path root) throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("nginx.conf"),
            """
            user root;
            worker_processes 2;
            daemon off;
            pid %1$s/nginx.pid;
            error_log stderr notice;
            events { worker_connections 4096; }
            http {
              access_log off;
              sendfile on;
              tcp_nopush on;
              keepalive_requests 1000000;
              open_file_cache max=10000 inactive=60s;
              client_body_temp_path %1$s/body;
              proxy_temp_path %1$s/proxy;
              fastcgi_temp_path %1$s/fastcgi;
              uwsgi_temp_path %1$s/uwsgi;
              scgi_temp_path %1$s/scgi;
              server { listen %2$s:%3$d; root %4$s; }
            }
            """
                .formatted(folder.toAbsolutePath(), Cable.SERVER, NGINX, root.toAbsolutePath()));
    Path log = folder.resolve("nginx.log");
    Process process =
        cable.serve(
            log,
            "nginx",
            "-e",
            "stderr",
            "-p",
            folder.toAbsolutePath().toString(),
            "-c",
            file.toAbsolutePath().toString());
    Log.await(log, "start worker processes", process);
    return () -> cable.stop(process);
  }
}
