package org.barestack.render;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.barestack.testing.Command;
import org.barestack.testing.Command.Result;

/**
 * A machine in a folder, for the scripts of {@code %pre}: its sysfs and procfs are plain files, its
 * disks are sparse ones that the real wipefs, blkid and dd look into. curl, reboot, poweroff and
 * sleep note that they were called.
 */
final class FakeMachine {
  static final long GIB = 1L << 30;

  private final Path root;
  private final Path log;
  private int devices;

  FakeMachine(Path folder) throws IOException {
    root = Files.createDirectories(folder.resolve("root"));
    log = folder.resolve("calls");
    write("proc/cmdline", "inst.ks=http://192.0.2.1/ks ip=dhcp");
    write("proc/self/mountinfo", "22 1 0:20 / /proc rw - proc proc rw");
    write("proc/swaps", "Filename Type Size Used Priority");
    write("proc/meminfo", "MemTotal:       16384256 kB\nMemFree: 1 kB");
    write("proc/cpuinfo", "flags\t\t: fpu vmx sse");
    write("sys/class/dmi/id/product_uuid", "11223344-5566-7788-99AA-BBCCDDEEFF00");
    write("sys/class/dmi/id/product_serial", "SN-1");
    write("sys/class/tty/console/active", "tty0 ttyS0");
    write("dev/tty0", "");
    write("dev/ttyS0", "");
    Files.createDirectories(root.resolve("tmp"));
    Files.createDirectories(root.resolve("sys/firmware/efi"));
    Path programs = Files.createDirectories(folder.resolve("bin"));
    for (String program : List.of("reboot", "poweroff", "systemctl", "sleep")) {
      program(programs.resolve(program), "echo \"" + program + " $*\" >>" + log);
    }
    Files.createDirectories(folder.resolve("answers"));
    program(
        programs.resolve("curl"),
        """
        fields=()
        while (($#)); do
          case $1 in
            --output) output=$2; shift ;;
            --data-urlencode) fields+=("$2"); shift ;;
            --connect-timeout | --max-time | --noproxy | --write-out) shift ;;
            --header | --data-binary | --retry | --retry-max-time) shift ;;
            --*) ;;
            *) url=$1 ;;
          esac
          shift
        done
        printf 'POST %%s\\n' "$url" >>%1$s
        printf '  %%s\\n' "${fields[@]}" >>%1$s
        if [[ $url == */log/* ]]; then
          . %3$s
          gzip -dc >%4$s/${url##*/}
        fi
        [[ $url == */claim ]] || exit 0
        for answer in %2$s/*; do
          read -r code <"$answer"
          tail -n +2 "$answer" >"$output"
          rm "$answer"
          echo "$code"
          exit 0
        done
        printf 000
        exit 7
        """
            .formatted(
                log, folder.resolve("answers"), folder.resolve("upload"), folder.resolve("sent")));
    Files.createDirectories(folder.resolve("sent"));
    uploads(":");
  }

  /** What curl does, in bash, before it takes a log; it may exit. */
  FakeMachine uploads(String before) throws IOException {
    Files.writeString(root.resolveSibling("upload"), before + "\n");
    return this;
  }

  /** The log that was sent under that name, unpacked. */
  Path sent(String name) {
    return root.resolveSibling("sent").resolve(name);
  }

  private static void program(Path file, String body) throws IOException {
    Files.writeString(file, "#!/usr/bin/bash\n" + body + "\n");
    if (!file.toFile().setExecutable(true)) {
      throw new IOException("cannot make " + file + " executable");
    }
  }

  /** Puts a file of that machine. */
  FakeMachine write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text + "\n");
    return this;
  }

  /** Puts a blank disk; {@code attributes} are further files of its folder in sysfs. */
  Path disk(String name, long size, Map<String, String> attributes) throws IOException {
    return device("sys/block/" + name, name, size, attributes);
  }

  /** Puts a partition of a disk. */
  Path partition(String disk, String name, long size) throws IOException {
    return device("sys/block/" + disk + "/" + name, name, size, Map.of("partition", "1"));
  }

  private Path device(String folder, String name, long size, Map<String, String> attributes)
      throws IOException {
    write(folder + "/size", Long.toString(size / 512));
    write(folder + "/ro", "0");
    write(folder + "/dev", "8:" + devices++);
    for (Map.Entry<String, String> attribute : attributes.entrySet()) {
      write(folder + "/" + attribute.getKey(), attribute.getValue());
    }
    Path device = root.resolve("dev/" + name);
    try (RandomAccessFile file = new RandomAccessFile(device.toFile(), "rw")) {
      file.setLength(size);
    }
    return device;
  }

  /** Puts a symbolic link, as udev does. */
  void link(String path, String target) throws IOException {
    Path link = root.resolve(path);
    Files.createDirectories(link.getParent());
    Files.createSymbolicLink(link, Path.of(target));
  }

  /** Writes into a disk. */
  static void put(Path device, long offset, String text) throws IOException {
    put(device, offset, text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Writes into a disk. */
  static void put(Path device, long offset, byte[] octets) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(device.toFile(), "rw")) {
      file.seek(offset);
      file.write(octets);
    }
  }

  /** What the n-th claim is answered with. */
  FakeMachine answer(int number, String text) throws IOException {
    Files.writeString(root.resolveSibling("answers").resolve("%02d".formatted(number)), text);
    return this;
  }

  /** Runs a script on that machine. */
  Result run(String script) {
    return Command.of("bash")
        .with("BARESTACK_ROOT", root)
        .with("PATH", root.resolveSibling("bin") + ":/usr/sbin:/usr/bin:/sbin:/bin")
        .input(script)
        .run();
  }

  /** The calls of programs, POSTs without their fields. */
  List<String> calls() throws IOException {
    return Files.exists(log)
        ? Files.readAllLines(log).stream().filter(line -> !line.startsWith(" ")).toList()
        : List.of();
  }

  /** The fields of each POST to a path, in order. */
  List<Map<String, String>> posts(String path) throws IOException {
    List<Map<String, String>> posts = new ArrayList<>();
    boolean wanted = false;
    for (String line : Files.readAllLines(log)) {
      if (!line.startsWith(" ")) {
        wanted = line.startsWith("POST ") && line.endsWith(path);
        if (wanted) {
          posts.add(new LinkedHashMap<>());
        }
      } else if (wanted) {
        String[] field = line.strip().split("=", 2);
        posts.getLast().put(field[0], field[1]);
      }
    }
    return posts;
  }

  Path file(String path) {
    return root.resolve(path);
  }
}
