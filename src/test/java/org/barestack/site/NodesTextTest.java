package org.barestack.site;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.barestack.testing.Properties.forAll;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.barestack.model.MacAddress;
import org.barestack.model.Node;
import org.barestack.model.Role;
import org.barestack.model.Site;
import org.barestack.site.Adoption.Answer;
import org.barestack.site.Adoption.Edit;
import org.barestack.testing.Golden;
import org.junit.jupiter.api.Test;

/** One more node in a file that people wrote: only what is added changes. */
class NodesTextTest {
  private static final Set<Role> ROLES = Set.of(Role.MANAGEMENT, Role.KVM_WORKER);
  private static final Path FILE = Path.of("site.yaml");
  private static final String MGMT =
      "mgmt1: { role: management, address: 192.168.60.10, nics: { nic1: \"52:54:00:60:00:0a\" } }";
  private static final String KVM =
      "kvm1: { role: kvm-worker, address: 192.168.60.11, nics: { nic1: \"52:54:00:60:00:0b\" } }";

  /** All of a site but its nodes. */
  private static String head() {
    try {
      String minimal = Files.readString(Path.of("examples/minimal/site.yaml"));
      return minimal.substring(0, minimal.indexOf("nodes:"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Answer adopt(String text) {
    return Adoption.of(
        FILE,
        text.getBytes(UTF_8),
        ROLES,
        new Adoption.Wish(
            new MacAddress("52:54:00:60:00:0c"), "kvm2", null, null, null, Map.of(), null));
  }

  private static Map<String, String> files() {
    String head = head();
    String lines = "nodes:\n  " + MGMT + "\n  " + KVM;
    Map<String, String> files = new LinkedHashMap<>();
    files.put("one-line-each", head + lines + "\n");
    files.put("no-final-newline", head + lines);
    files.put("windows-line-ends", (head + lines + "\n").replace("\n", "\r\n"));
    files.put("windows-no-final-newline", (head + lines).replace("\n", "\r\n"));
    files.put("mixed-line-ends", head + lines.replace("\n", "\r\n") + "\nzone: { name: z }\n");
    files.put("old-mac-line-ends", (head + lines + "\n").replace("\n", "\r"));
    files.put("byte-order-mark", "\ufeff" + head + lines + "\n");
    files.put(
        "beyond-the-basic-plane", head + "# 𝒻𝓊𝓃 é\n" + lines + " # 🚀 à la fin\nzone: {}\n");
    files.put("document-marks", "--- # site\n" + head + lines + "\n...\n# after the end\n");
    files.put(
        "comments-around",
        head
            + """
            nodes:              # all of them
              # the one that counts
              %s   # left rack

              # workers
              %s   # right rack
                # firmware: bios
              # kvm9: still in its box

            # Names in CloudStack.

            zone: { name: z }   # end
            """
                .formatted(MGMT, KVM));
    files.put(
        "comment-right-below-at-the-margin",
        head + lines + "\n# about the zone\nzone: { name: z }\n");
    files.put(
        "block-style-with-blank-lines",
        head
            + """
            nodes:
              mgmt1:
                role: management
                address: 192.168.60.10
                nics: { nic1: "52:54:00:60:00:0a" }

              # the first worker
              kvm1:
                role: kvm-worker
                address: 192.168.60.11
                nics: { nic1: "52:54:00:60:00:0b" }
                disks:
                  os: { min: 80G }   # small ones

            zone: { name: z }
            """);
    files.put(
        "odd-indentation",
        head
            + """
            nodes:
                   mgmt1:
                      role: management
                      address: 192.168.60.10
                      nics:
                           nic1: "52:54:00:60:00:0a"
                   kvm1:
                      role: kvm-worker
                      address: 192.168.60.11
                      nics:
                        nic1: "52:54:00:60:00:0b"

            """);
    files.put(
        "nodes-before-other-keys",
        "site: tiny\n" + lines + "\n" + head.replace("site: tiny\n", ""));
    files.put(
        "anchors-and-aliases",
        head
            + """
            nodes: &all
              mgmt1: &m
                role: management
                address: &a 192.168.60.10
                nics: { nic1: "52:54:00:60:00:0a" }
                disks: &d { os: { min: 40G } }
              kvm1:
                role: kvm-worker
                address: 192.168.60.11
                nics: { nic1: "52:54:00:60:00:0b" }
                disks: *d   # as above
            zone: {}
            """);
    files.put(
        "folded-text-at-the-end",
        head
            + """
            nodes:
              %s
              kvm1:
                address: 192.168.60.11
                nics: { nic1: "52:54:00:60:00:0b" }
                role: >-
                  kvm-worker

            # the end
            zone: {}
            """
                .formatted(MGMT));
    files.put(
        "literal-text-at-the-end-of-the-file",
        head
            + """
            nodes:
              %s
              kvm1:
                address: 192.168.60.11
                nics: { nic1: "52:54:00:60:00:0b" }
                role: |-
                  kvm-worker\
            """
                .formatted(MGMT));
    files.put("braces-in-one-line", head + "nodes: { " + MGMT + ", " + KVM + " }  # all\n");
    files.put("braces-with-a-last-comma", head + "nodes: {" + MGMT + ", " + KVM + ",}\n");
    files.put(
        "braces-over-lines",
        head + "nodes: {\n  " + MGMT + ",   # left\n  " + KVM + "    # right, too\n}\n");
    files.put(
        "braces-over-lines-with-a-last-comma",
        head
            + "nodes: {\n  "
            + MGMT
            + ",\n  "
            + KVM
            + ", # right\n  # more to come\n}\nzone: {}\n");
    files.put(
        "tabs-where-none-may-be",
        head
            + "nodes:\t# all\n  mgmt1:\t"
            + MGMT.substring(7)
            + "\t# a\n  kvm1:\t"
            + KVM.substring(6)
            + "\t\n\t\n");
    files.put("tabs-in-comments", head + lines.replace("\n", " #\tleft\t\n") + "\n #\tthe\tend\n");
    files.put("quoted-names", head + "nodes:\n  " + MGMT + "\n  'kvm1'" + KVM.substring(4) + "\n");
    files.put("question-marks", head + "nodes:\n  ? mgmt1\n  : " + MGMT.substring(7) + "\n");
    files.put(
        "whole-file-in-braces", "{" + inBraces(head) + ", nodes: {" + MGMT + "," + KVM + "}}");
    files.put("no-nodes-yet", head + "nodes:   # to come\n  # by adopt\n\nzone: {}\n");
    files.put("empty-braces", head + "nodes: {}\n");
    files.put("empty-braces-with-a-comment", head + "nodes: { # none yet\n}\n");
    files.put("no-key-nodes", head);
    files.put(
        "nodes-are-an-alias",
        head.replace("site: tiny", "site: tiny\nzone: &z {}") + "nodes: *z\n");
    files.put("nodes-are-a-list", head + "nodes:\n  - { name: mgmt1 }\n");
    files.put(
        "merge-keys",
        head
            + "nodes:\n  "
            + MGMT
            + "\n"
            + "  kvm1: &k { role: kvm-worker, address: 192.168.60.11, nics: { nic1:"
            + " \"52:54:00:60:00:0b\" } }\n"
            + "  kvm3:\n"
            + "    <<: *k\n"
            + "    address: 192.168.60.13\n");
    return files;
  }

  /** The keys of the head as a flow mapping's. */
  private static String inBraces(String head) {
    return head.lines()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.replaceFirst(" *#.*", ""))
        .collect(Collectors.joining("\n"))
        .replace("provisioning:\n", ", provisioning: {")
        .replace("192.168.60.5\n", "192.168.60.5},\n")
        .replace("eno1\n", "eno1,\n")
        .replace("networks:\n", "networks: {")
        .replace("management:\n", "management: {")
        .replace("0/24\n", "0/24,\n")
        .replace("60.1\n", "60.1,\n")
        .replace("60.90\n", "60.90},\n")
        .replace("public:\n", "public: {")
        .replace("60.149\n", "60.149}},\n")
        .replace("access:\n", "access: {")
        .replace("@desk]", "@desk]}");
  }

  /** What can be seen of a text: its line ends too. */
  private static String visible(String text) {
    return text.replace("\ufeff", "<BOM>")
        .replace("\r\n", "<CRLF>\n")
        .replace("\r", "<CR>\n")
        .replace("\t", "<TAB>");
  }

  private static String told(String text) {
    int nodes = Math.max(0, text.indexOf("\nnodes:") + 1);
    return switch (adopt(text)) {
      case Answer.Drafted draft
          when draft.edit() instanceof Edit.Possible(String after, int line) ->
          visible(
                  after.substring(
                      text.startsWith("site: tiny\nnodes")
                              || text.startsWith("\ufeff")
                              || nodes == 0
                          ? 0
                          : nodes))
              + "<END> kvm2 is in line "
              + line
              + "\n";
      case Answer.Drafted draft when draft.edit() instanceof Edit.Impossible(String reason) ->
          "not written: " + reason + "\n" + String.join("\n", draft.lines()) + "\n";
      case Answer other -> other + "\n";
    };
  }

  @Test
  void whatBecomesOfEachFile() {
    Map<String, String> texts = new LinkedHashMap<>();
    files().forEach((name, text) -> texts.put(name + ".txt", told(text)));
    Golden.check("org/barestack/site/adopt", texts);
  }

  @Test
  void nothingElseChangesInAnyOfThem() {
    files()
        .forEach((name, text) -> {
          if (adopt(text) instanceof Answer.Drafted draft
              && draft.edit() instanceof Edit.Possible(String after, int line)) {
            assertThat(after.length()).as(name).isGreaterThan(text.length());
            assertThat(isSubsequence(text, after)).as(name).isTrue();
            assertThat(after.split("\r\n|[\r\n]", -1)[line - 1])
                .as(name)
                .contains("kvm2: ".strip());
          }
        });
  }

  private static boolean isSubsequence(String text, String of) {
    int at = 0;
    for (int i = 0; i < of.length() && at < text.length(); i++) {
      at += of.charAt(i) == text.charAt(at) ? 1 : 0;
    }
    return at == text.length();
  }

  // Random files.

  /** Text that stands in one line or more, and ends them. */
  private static String filler(SplittableRandom random, int indent) {
    return switch (random.nextInt(9)) {
      case 0 -> "\n";
      case 1 -> "   \n";
      case 2 -> "# at the margin\n";
      case 3 -> " ".repeat(indent) + "# - at: the nodes' own\n";
      case 4 -> " ".repeat(indent + 3) + "# further in, with 'quotes\n\n";
      case 5 -> "    #\tünïcode 🚀 {[\n";
      default -> "";
    };
  }

  private static String behind(SplittableRandom random) {
    return switch (random.nextInt(5)) {
      case 0 -> "   # said behind: it\n";
      case 1 -> "  \n";
      case 2 -> " #\ttab\t\n";
      default -> "\n";
    };
  }

  private static String node(SplittableRandom random, int number, int indent, boolean alias) {
    String role = number == 0 ? "management" : "kvm-worker";
    String name = number == 0 ? "mgmt1" : "kvm" + number;
    String address = "192.168.60." + (10 + number);
    String mac = "\"52:54:00:60:00:%02x\"".formatted(10 + number);
    String pad = " ".repeat(indent);
    String anchor = random.nextInt(4) == 0 ? "&n" + number + " " : "";
    if (random.nextInt(3) == 0) {
      return "%s%s: %s{ role: %s, address: %s, nics: {nic1: %s} }%s"
          .formatted(pad, name, anchor, role, address, mac, behind(random));
    }
    String in = " ".repeat(indent + random.nextInt(1, 6));
    StringBuilder text =
        new StringBuilder(
            pad + name + ":" + (anchor.isEmpty() ? "" : " " + anchor.strip()) + behind(random));
    text.append(in).append("role: ").append(role).append(behind(random));
    text.append(filler(random, indent));
    text.append(in).append("address: ").append(address).append(behind(random));
    if (random.nextBoolean()) {
      text.append(in).append("nics: { nic1: ").append(mac).append(" }").append(behind(random));
    } else {
      text.append(in).append("nics:").append(behind(random));
      text.append(in).append("  nic1: ").append(mac).append(behind(random));
    }
    if (alias) {
      text.append(in).append("disks: *disks").append(behind(random));
    } else if (random.nextInt(4) == 0) {
      text.append(in)
          .append("kernel_args:\n")
          .append(in)
          .append("- console=tty0")
          .append(behind(random));
    } else if (random.nextInt(4) == 0) {
      text.append(in)
          .append("local_boot: >-\n")
          .append(in)
          .append("  auto\n\n# so much for its text\n");
    }
    return text.toString();
  }

  private static String file(SplittableRandom random) {
    String head =
        head()
            .replace(
                "site: tiny\n", "site: tiny\ndefaults:\n  disks: &disks { os: { min: 80G } }\n");
    int indent = List.of(2, 4, 1, 3, 7).get(random.nextInt(5));
    int shape = random.nextInt(3);
    StringBuilder nodes = new StringBuilder("nodes:" + behind(random));
    for (int number = 0; number < random.nextInt(2, 6); number++) {
      nodes.append(filler(random, indent));
      boolean alias = shape < 2 && random.nextInt(4) == 0; // its anchor comes before
      nodes.append(node(random, number, indent, alias));
    }
    nodes.append(filler(random, indent)).append(filler(random, indent));
    String after = "zone: { name: z }" + behind(random) + filler(random, 0);
    String text =
        switch (shape) {
          case 0 -> head + nodes;
          case 1 -> head + nodes + after;
          default -> "---\n" + nodes + filler(random, 0) + head + after + "...\n";
        };
    if (random.nextInt(3) == 0) {
      text = text.stripTrailing();
    }
    return switch (random.nextInt(5)) {
      case 0 -> text.replace("\n", "\r\n");
      case 1 -> mixed(random, text);
      case 2 -> "\ufeff" + text;
      default -> text;
    };
  }

  private static String mixed(SplittableRandom random, String text) {
    return text.lines()
        .map(line -> line + (random.nextBoolean() ? "\r\n" : "\n"))
        .collect(Collectors.joining());
  }

  private static Site site(String text) {
    SiteResult result = SiteFile.load(FILE, text.getBytes(UTF_8), ROLES);
    assertThat(result).as(visible(text)).isInstanceOf(SiteResult.Good.class);
    return ((SiteResult.Good) result).site();
  }

  @Test
  void withoutTheAddedLinesEveryFileIsWhatItWas() {
    forAll(
        1_000,
        random -> {
          String before = file(random);
          Site old = site(before);
          Answer answer = adoptAs(before, "kvm99");
          assertThat(answer).as(visible(before)).isInstanceOf(Answer.Drafted.class);
          Answer.Drafted draft = (Answer.Drafted) answer;
          assertThat(draft.edit()).as(visible(before)).isInstanceOf(Edit.Possible.class);
          String after = ((Edit.Possible) draft.edit()).text();

          // Only what lies between two places is new, and that is the node's lines and line breaks.
          int begin = lineStart(after, ((Edit.Possible) draft.edit()).line());
          int length = after.length() - before.length();
          List<String> without =
              IntStream.rangeClosed(begin - 4, begin)
                  .filter(from -> from >= 0 && from + length <= after.length())
                  .filter(from ->
                      after
                          .substring(from, from + length)
                          .replaceAll("[\\r\\n]", "")
                          .equals(String.join("", draft.lines())))
                  .mapToObj(from -> after.substring(0, from) + after.substring(from + length))
                  .toList();
          assertThat(without).as(visible(after)).contains(before);

          Site now = site(after);
          List<Node> nodes = new ArrayList<>(now.nodes());
          Node added = nodes.removeLast();
          assertThat(added.name().text()).isEqualTo("kvm99");
          assertThat(added.bootMac()).isEqualTo(new MacAddress("52:54:00:60:00:99"));
          assertThat(nodes).isEqualTo(old.nodes());
          assertThat(without(now)).isEqualTo(without(old));
        });
  }

  private static int lineStart(String text, int line) {
    Matcher ends = Pattern.compile("\r\n|[\r\n]").matcher(text);
    int at = 0;
    for (int i = 1; i < line && ends.find(); i++) {
      at = ends.end();
    }
    return at;
  }

  /** However a file is mangled, there is an answer; and what was put in is found again. */
  @Test
  void everyFileIsAnswered() {
    Pattern token = Pattern.compile("\\n *|\\w+|[^\\w\\n]");
    List<List<String>> examples =
        Stream.of("minimal", "lab", "rack")
            .map(name -> token.matcher(example(name)).results().map(MatchResult::group).toList())
            .toList();
    AtomicInteger possible = new AtomicInteger();
    forAll(
        600,
        random -> {
          String text = mangled(random, examples.get(random.nextInt(examples.size())));
          Answer answer = adoptAs(text, "kvm99");
          if (answer instanceof Answer.Drafted draft
              && draft.edit() instanceof Edit.Possible(String after, int _)) {
            possible.incrementAndGet();
            assertThat(isSubsequence(text, after)).as(visible(after)).isTrue();
            assertThat(adoptAs(after, "kvm99"))
                .as(visible(after))
                .isInstanceOf(Answer.Already.class);
          }
        });
    assertThat(possible).hasPositiveValue();
  }

  private static String example(String name) {
    try {
      return Files.readString(Path.of("examples", name, "site.yaml"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String mangled(SplittableRandom random, List<String> tokens) {
    List<String> odd =
        List.of(
            "",
            "~",
            "[]",
            "{}",
            "- ",
            ": ",
            "\n",
            "\r\n",
            "\t",
            "\"",
            "#",
            "&a ",
            "*a",
            "|",
            "? ",
            "---\n",
            "...\n",
            "\ufeff",
            "\u2028",
            "nodes:",
            "<<: ",
            ",",
            "}",
            "255.255.255.255",
            "10.20.20.0-10.20.20.255",
            "kvm999999999",
            "🚀");
    List<String> mangled = new ArrayList<>(tokens);
    for (int edits = random.nextInt(1, 4); edits > 0; edits--) {
      int at = random.nextInt(mangled.size());
      switch (random.nextInt(4)) {
        case 0 -> mangled.remove(at);
        case 1 -> mangled.add(at, odd.get(random.nextInt(odd.size())));
        case 2 -> mangled.set(at, odd.get(random.nextInt(odd.size())));
        default -> mangled.set(at, mangled.get(random.nextInt(mangled.size())));
      }
    }
    return String.join("", mangled);
  }

  private static Answer adoptAs(String text, String name) {
    return Adoption.of(
        FILE,
        text.getBytes(UTF_8),
        ROLES,
        new Adoption.Wish(
            new MacAddress("52:54:00:60:00:99"), name, null, null, null, Map.of(), null));
  }

  /** All of a site but its nodes. */
  private static Object without(Site site) {
    return List.of(
        site.name(),
        site.time(),
        site.localization(),
        site.rocky(),
        site.cloudstack(),
        site.repositories(),
        site.provisioning(),
        site.networks(),
        site.access(),
        site.workers(),
        site.storage(),
        site.zone());
  }
}
