package org.barestack.media;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A boot menu as its configuration says it. What a loader would find out only when it runs
 * (variables, conditions) is left as it is written.
 *
 * @param timeout seconds until the default starts; null if it waits for a person
 * @param entries with those of submenus, at most {@link #MOST}
 * @param labels of volumes on which it looks for kernels (GRUB's {@code search})
 */
public record BootMenu(@Nullable Double timeout, List<Entry> entries, List<String> labels) {
  /** Entries that are read. */
  static final int MOST = 200;

  /** Submenus above an entry. */
  private static final int DEEPEST = 16;

  /**
   * What can be chosen.
   *
   * @param title with those of the submenus above it, apart by {@code >}
   * @param kernel its path, from the root if that can be said; empty for what starts no kernel
   * @param arguments of it
   * @param isDefault whether it starts when nobody chooses
   */
  public record Entry(
      String title, String kernel, List<String> initrds, String arguments, boolean isDefault) {
    public Entry {
      initrds = List.copyOf(initrds);
    }

    /** Values of an argument, such as {@code inst.ks=}. */
    List<String> values(String argument) {
      return Arrays.stream(arguments.split("\\s+", -1))
          .map(one -> one.replaceAll("^[\"']|[\"']$", ""))
          .filter(one -> one.startsWith(argument + "="))
          .map(one -> one.substring(argument.length() + 1))
          .toList();
    }

    boolean has(String argument) {
      return Arrays.asList(arguments.split("\\s+", -1)).contains(argument);
    }
  }

  public BootMenu {
    entries = List.copyOf(entries);
    labels = List.copyOf(labels);
  }

  /** What starts when nobody chooses. */
  public Optional<Entry> byDefault() {
    return entries.stream().filter(Entry::isDefault).findFirst();
  }

  /** An entry that is being read. */
  private static final class Draft {
    final String name;
    final String place;
    String title;
    String kernel = "";
    List<String> initrds = new ArrayList<>();
    String arguments = "";
    boolean chosen;

    Draft(String name, String title, String place) {
      this.name = name;
      this.title = title;
      this.place = place;
    }

    Entry entry(boolean isDefault) {
      return new Entry(title, kernel, initrds, arguments.strip(), isDefault);
    }
  }

  private static BootMenu of(
      @Nullable Double timeout, List<Draft> drafts, List<String> labels, Predicate<Draft> first) {
    Optional<Draft> byDefault = drafts.stream().filter(first).findFirst();
    return new BootMenu(
        timeout,
        drafts.stream()
            .limit(MOST)
            .map(draft -> draft.entry(byDefault.filter(one -> one == draft).isPresent()))
            .toList(),
        labels.stream().distinct().limit(MOST).toList());
  }

  private static @Nullable Double seconds(String text, double unit) {
    return text.matches("[0-9]{1,6}") ? Double.parseDouble(text) / unit : null;
  }

  /**
   * Of SYSLINUX's isolinux.
   *
   * @param folder of the configuration, from which paths are told; with a {@code /} at its end
   */
  public static BootMenu isolinux(String text, String folder) {
    List<Draft> drafts = new ArrayList<>();
    @Nullable Double timeout = null;
    String byDefault = "";
    for (String raw : text.split("\\R", -1)) {
      String line = raw.strip();
      String[] parts = line.split("\\s+", 2);
      String word = parts[0].toLowerCase(Locale.ROOT);
      String rest = parts.length < 2 ? "" : parts[1].strip();
      String both = word + " " + rest.toLowerCase(Locale.ROOT).split("\\s+", 2)[0];
      if (word.equals("label")) {
        drafts.add(new Draft(rest, rest, ""));
      } else if (word.equals("timeout")) {
        timeout = seconds(rest, 10);
      } else if (word.equals("default") || word.equals("ontimeout")) {
        byDefault = rest;
      } else if (!drafts.isEmpty()) {
        Draft draft = drafts.getLast();
        if (word.equals("kernel") || word.equals("linux")) {
          draft.kernel = below(folder, rest.split("\\s+", 2)[0]);
        } else if (word.equals("append")) {
          draft.arguments = rest;
        } else if (word.equals("initrd")) {
          draft.initrds.addAll(paths(folder, rest));
        } else if (both.equals("menu label")) {
          draft.title =
              rest.split("\\s+", 2).length < 2 ? "" : rest.split("\\s+", 2)[1].replace("^", "");
        } else if (both.equals("menu default")) {
          draft.chosen = true;
        }
      }
    }
    for (Draft draft : drafts) {
      for (String word : draft.arguments.split("\\s+", -1)) {
        if (word.startsWith("initrd=")) {
          draft.initrds.addAll(paths(folder, word.substring(7)));
        }
      }
    }
    String chosen = byDefault;
    boolean marked = drafts.stream().anyMatch(draft -> draft.chosen);
    boolean named = drafts.stream().anyMatch(draft -> draft.name.equals(chosen));
    return of(
        timeout == null || timeout == 0 ? null : timeout,
        drafts,
        List.of(),
        draft -> named ? draft.name.equals(chosen) : marked ? draft.chosen : true);
  }

  private static List<String> paths(String folder, String list) {
    return Arrays.stream(list.split(",", -1)).map(path -> below(folder, path)).toList();
  }

  private static String below(String folder, String path) {
    return path.startsWith("/") ? path.substring(1) : folder + path;
  }

  /** Of GRUB 2. */
  public static BootMenu grub(String text) {
    return new Grub().read(text);
  }

  /** Reads GRUB's scripts as far as menus need it: words, quotes, blocks in braces. */
  private static final class Grub {
    /** Words after which a command begins. */
    private static final Set<String> AFTER = Set.of("if", "then", "else", "do");

    private final List<Draft> drafts = new ArrayList<>();
    private final List<String> labels = new ArrayList<>();
    private final TreeMap<String, String> variables = new TreeMap<>();

    /** Titles of the submenus that are open; and what each open brace began. */
    private final Deque<String> titles = new ArrayDeque<>();

    private final Deque<String> blocks = new ArrayDeque<>();
    private final Deque<Integer> counts = new ArrayDeque<>(List.of(0));
    private final Deque<String> places = new ArrayDeque<>(List.of(""));
    private @Nullable Draft open;

    BootMenu read(String text) {
      List<String> words = new ArrayList<>();
      StringBuilder word = new StringBuilder();
      boolean isWord = false;
      char quote = 0;
      for (int i = 0; i < text.length(); i++) {
        char one = text.charAt(i);
        if (quote == 0 && one == '#' && !isWord) {
          while (i + 1 < text.length() && text.charAt(i + 1) != '\n') {
            i++;
          }
        } else if (one == '\\' && quote != '\'' && i + 1 < text.length()) {
          char next = text.charAt(++i);
          boolean keeps = quote == '"' && next != '"' && next != '\\' && next != '$';
          if (next != '\n') {
            word.append(keeps ? "\\" : "").append(next);
            isWord = true;
          }
        } else if (quote != 0) {
          if (one == quote) {
            quote = 0;
          } else {
            word.append(one);
          }
        } else if (one == '\'' || one == '"') {
          quote = one;
          isWord = true;
        } else if (Character.isWhitespace(one) || one == ';' || (!isWord && braces(one))) {
          if (isWord) {
            words.add(word.toString());
          }
          word.setLength(0);
          isWord = false;
          if (one == '{') {
            begin(words);
          } else if (one == '\n' || one == ';' || one == '}') {
            command(words);
            if (one == '}') {
              end();
            }
          }
          if (!Character.isWhitespace(one) || one == '\n') {
            words.clear();
          }
        } else {
          word.append(one);
          isWord = true;
        }
      }
      if (isWord) {
        words.add(word.toString());
      }
      command(words);
      String byDefault = variables.getOrDefault("default", "0");
      String timeout = variables.getOrDefault("timeout", "");
      return of(
          seconds(timeout, 1),
          drafts,
          labels,
          draft ->
              draft.place.equals(byDefault)
                  || draft.name.equals(byDefault)
                  || draft.title.equals(byDefault));
    }

    private static boolean braces(char one) {
      return one == '{' || one == '}';
    }

    private void begin(List<String> words) {
      String what = words.isEmpty() ? "" : words.getFirst();
      boolean isMenu =
          what.equals("menuentry") || (what.equals("submenu") && titles.size() < DEEPEST);
      blocks.push(isMenu && words.size() > 1 ? what : "");
      if (isMenu && words.size() > 1) {
        int number = counts.pop();
        counts.push(number + 1);
        String place = places.peek() + number;
        if (what.equals("submenu")) {
          titles.addLast(words.get(1));
          counts.push(0);
          places.push(place + ">");
        } else if (drafts.size() < MOST) {
          String title =
              titles.stream().map(one -> one + " > ").collect(Collectors.joining()) + words.get(1);
          int id = words.indexOf("--id");
          open = new Draft(id > 0 && id + 1 < words.size() ? words.get(id + 1) : "", title, place);
          drafts.add(open);
        }
      }
    }

    private void end() {
      String what = blocks.isEmpty() ? "" : blocks.pop();
      if (what.equals("submenu")) {
        titles.pollLast();
        counts.pop();
        places.pop();
      } else if (what.equals("menuentry")) {
        open = null;
      }
    }

    private void command(List<String> all) {
      boolean isAfter = !all.isEmpty() && AFTER.contains(all.getFirst());
      List<String> words = isAfter ? all.subList(1, all.size()) : all;
      if (words.isEmpty()) {
        return;
      }
      String what = words.getFirst();
      List<String> rest = words.subList(1, words.size());
      if (open != null && what.matches("linux(16|efi)?") && !rest.isEmpty()) {
        open.kernel = path(rest.getFirst());
        open.arguments = String.join(" ", rest.subList(1, rest.size()));
      } else if (open != null && what.matches("initrd(16|efi)?")) {
        rest.forEach(one -> open.initrds.add(path(one)));
      } else if (what.equals("search")) {
        search(rest);
      } else if (open == null) {
        String set = what.equals("set") && !rest.isEmpty() ? rest.getFirst() : what;
        int equals = set.indexOf('=');
        if (equals > 0) {
          variables.put(set.substring(0, equals), set.substring(equals + 1));
        }
      }
    }

    private void search(List<String> words) {
      boolean isLabel = words.stream().anyMatch(one -> one.equals("-l") || one.equals("--label"));
      if (isLabel && !words.getLast().startsWith("-")) {
        labels.add(words.getLast());
      }
    }

    /** Without the device; that is where the menu's search led. */
    private static String path(String text) {
      return text.replaceFirst("^\\([^)]*\\)", "").replaceFirst("^/+", "");
    }
  }
}
