package org.barestack.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.barestack.kickstart.Release;

/**
 * Checks the kernel's command line in a script of iPXE or GRUB. What the kernel cannot hold it cuts
 * off without a word, and the installer asks instead of reporting what it does not understand.
 */
final class BootArguments {
  /** x86's COMMAND_LINE_SIZE, of which one octet ends the text. */
  static final int LONGEST = 2047;

  private static final Pattern KERNEL = Pattern.compile("(?m)^kernel (\\S+)(.*?)( \\|\\| .*)?$");

  private static final Pattern GRUB_KERNEL =
      Pattern.compile("(?m)^ *if linux (\\S+)(.*?)(; then)$");

  /**
   * What GRUB puts before the arguments, with the kernel's file; arguments that then have no place
   * it leaves out (grub-core/loader/i386/linux.c, lib/cmdline.c).
   */
  private static final String GRUB_IMAGE = "BOOT_IMAGE=";

  /** What iPXE puts in its place is as long as this. */
  private static final Pattern MAC = Pattern.compile("\\$\\{netX/mac:hexhyp}");

  /** Names that installers before 7 took without inst., and these do not. */
  private static final Set<String> WITHOUT_PREFIX =
      Set.of(
          "ks",
          "repo",
          "method",
          "stage2",
          "updates",
          "text",
          "cmdline",
          "graphical",
          "vnc",
          "sshd",
          "syslog",
          "proxy",
          "noverifyssl",
          "addrepo",
          "dd",
          "gpt",
          "loglevel",
          "askmethod",
          "ksdevice");

  private static final Map<String, String> REMOVED =
      Map.of(
          "inst.zram", "leave it out",
          "inst.singlelang", "leave it out",
          "inst.loglevel", "leave it out: all levels are kept",
          "inst.mediacheck", "write rd.live.check");

  private static final Map<Release, Map<String, String>> REMOVED_IN =
      Map.of(
          Release.ROCKY_9,
          Map.of(
              "inst.profile", "release 9 has inst.product", "inst.rdp", "release 9 has inst.vnc"),
          Release.ROCKY_10,
          Map.of(
              "inst.product", "release 10 has inst.profile",
              "inst.variant", "release 10 has inst.profile",
              "inst.vnc", "release 10 has inst.rdp"));

  private BootArguments() {}

  /**
   * @param line from 1
   * @param column from 1
   */
  record Problem(int line, int column, String message, String remedy) {}

  /** What is wrong with the kernel's arguments in a script of iPXE. */
  static List<Problem> ofIpxe(String script, Release release) {
    return problems(script, KERNEL, release, false);
  }

  /** The same for a script of GRUB; of a kernel that is at several places, the first counts. */
  static List<Problem> ofGrub(String script, Release release) {
    return problems(script, GRUB_KERNEL, release, true);
  }

  private static List<Problem> problems(
      String script, Pattern command, Release release, boolean grub) {
    List<Problem> problems = new ArrayList<>();
    Matcher kernel = command.matcher(script);
    if (kernel.find()) {
      int line = (int) script.substring(0, kernel.start()).chars().filter(c -> c == '\n').count();
      int begin = kernel.start(2) - script.lastIndexOf('\n', kernel.start(2)) - 1;
      int before = grub ? (GRUB_IMAGE + unquoted(kernel.group(1)) + " ").length() : 0;
      new Line(line + 1, begin, before, release, problems).check(kernel.group(2));
    }
    return problems;
  }

  private static String unquoted(String words) {
    return words.replace("'", "");
  }

  /**
   * @param begin column at which the arguments begin, from 0
   * @param before characters that a loader puts before them
   */
  private record Line(int line, int begin, int before, Release release, List<Problem> problems) {
    void check(String arguments) {
      String sent = MAC.matcher(arguments.strip()).replaceAll("00-00-00-00-00-00");
      int length = before + unquoted(sent).length();
      if (length > LONGEST) {
        add(
            0,
            "the kernel's arguments are " + length + " characters long",
            "shorten kernel_args: a kernel keeps " + LONGEST + " and drops the rest");
      }
      Matcher word = Pattern.compile("\\S+").matcher(arguments);
      while (word.find()) {
        argument(word.group(), word.start());
      }
    }

    private void argument(String argument, int at) {
      int odd = 0;
      while (odd < argument.length() && argument.charAt(odd) > ' ' && argument.charAt(odd) < 127) {
        odd++;
      }
      if (odd < argument.length()) {
        add(
            at + odd,
            "'" + argument + "' has a character that boot loaders do not pass on",
            "use printable ASCII only");
      }
      String name = argument.split("=", 2)[0];
      String value = argument.substring(Math.min(argument.length(), name.length() + 1));
      if (WITHOUT_PREFIX.contains(name)) {
        add(
            at,
            "the installer does not know '" + name + "'",
            "write inst." + name + ": every option of the installer begins so");
      }
      String removed =
          REMOVED.getOrDefault(name, REMOVED_IN.getOrDefault(release, Map.of()).get(name));
      if (removed != null) {
        add(at, "the installer of release " + release + " has no " + name, removed);
      }
      if ((name.equals("inst.repo") || name.equals("inst.stage2"))
          && (value.indexOf('?') >= 0 || value.indexOf('&') >= 0)) {
        add(
            at,
            name + " must not have a query: the installer puts paths behind it",
            "name a tree whose URL has neither ? nor &");
      }
    }

    private void add(int at, String message, String remedy) {
      problems.add(new Problem(line, begin + at + 1, message, remedy));
    }
  }
}
