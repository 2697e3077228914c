package org.barestack.media;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.barestack.media.Inspection.EfiSystem;
import org.barestack.media.Inspection.Finding;
import org.barestack.media.Inspection.PlacedMenu;
import org.barestack.media.Inspection.Way;
import org.barestack.model.Octets;
import org.barestack.model.PlainText;
import org.jspecify.annotations.Nullable;

/** An inspection for people, and for programs. What came from the image cannot steer a terminal. */
public final class InspectionText {
  private static final String BOLD = "\033[1m";
  private static final String RED = "\033[31m";
  private static final String PLAIN = "\033[0m";

  /** Names of files of a directory that are shown. */
  private static final int FILES = 12;

  /** Entries of a menu, and kickstarts, that are shown. */
  private static final int ROWS = 40;

  private final StringBuilder text = new StringBuilder();
  private final boolean colour;

  private InspectionText(boolean colour) {
    this.colour = colour;
  }

  /**
   * On one screen, if the menus are short.
   *
   * @param name of the image, for the first line
   */
  public static String of(String name, Inspection inspection, boolean colour) {
    return new InspectionText(colour).write(name, inspection);
  }

  private String write(String name, Inspection of) {
    line(
        "%s: %s, %s"
            .formatted(
                name,
                of.release().isEmpty() ? "no release named" : of.release(),
                Octets.words(of.size())));
    line("label      " + (of.label().isEmpty() ? "none" : of.label()));
    line("trees      " + (of.trees().isEmpty() ? "none" : String.join(", ", of.trees())));
    line("check sum  " + of.checkSum());
    title("WHAT BOOTS");
    table(of.ways().stream().map(InspectionText::way).toList());
    if (!of.catalog().isEmpty()) {
      title("EL TORITO");
      table(
          of.catalog().stream()
              .map(one ->
                  List.of(
                      one.platform() + (one.bootable() ? "" : ", not bootable"),
                      one.target(),
                      "%d sectors from %d".formatted(one.sectors(), one.sector())))
              .toList());
    }
    if (!of.partitions().isEmpty()) {
      title("PARTITIONS");
      table(
          of.partitions().stream()
              .map(one ->
                  List.of(
                      one.table() + " " + one.number(),
                      one.type(),
                      "%d sectors from %s"
                          .formatted(one.sectors(), Long.toUnsignedString(one.start())),
                      one.note()))
              .toList());
    }
    if (!of.hybrid().isEmpty()) {
      line("a hybrid image: " + of.hybrid().getFirst() + more(of.hybrid().size() - 1));
    }
    of.efi().forEach(this::efi);
    of.menus().forEach(this::menu);
    kickstarts(of);
    findings(of.findings());
    return text.toString();
  }

  private static List<String> way(Way way) {
    return List.of(
        way.firmware() + ", " + way.as(),
        way.starts().isEmpty() ? "nothing" : way.starts(),
        way.menu().isEmpty() ? "" : "menu " + way.menu());
  }

  private void efi(EfiSystem system) {
    title("EFI SYSTEM at sector " + system.sector());
    if (system.kind().isEmpty()) {
      line(Octets.words(system.length()) + ", cannot be read");
      return;
    }
    line(
        "%s, %s%s, %s free"
            .formatted(
                Octets.words(system.length()),
                system.kind(),
                system.label().isEmpty() ? "" : ", " + system.label(),
                Octets.words(system.free())));
    Map<String, List<String>> folders = new TreeMap<>();
    for (String path : system.files()) {
      int slash = path.lastIndexOf('/') + 1;
      folders
          .computeIfAbsent(path.substring(0, slash), _ -> new ArrayList<>())
          .add(path.substring(slash));
    }
    table(
        folders.entrySet().stream()
            .limit(ROWS)
            .map(one ->
                List.of(
                    "/" + one.getKey(),
                    one.getValue().stream().limit(FILES).collect(Collectors.joining("  "))
                        + more(one.getValue().size() - FILES)))
            .toList());
  }

  private static String more(int count) {
    return count > 0 ? " and " + count + " more" : "";
  }

  private void menu(PlacedMenu placed) {
    title("MENU " + placed.name());
    placed.same().forEach(one -> line("the same: " + one));
    BootMenu menu = placed.menu();
    line(
        menu.byDefault()
            .map(one ->
                menu.timeout() == null
                    ? "waits for a person; the default is " + one.title()
                    : "after %s s: %s".formatted(seconds(menu.timeout()), one.title()))
            .orElse("no default entry"));
    for (BootMenu.Entry entry : menu.entries().stream().limit(ROWS).toList()) {
      line((entry.isDefault() ? "* " : "  ") + entry.title());
      if (!entry.kernel().isEmpty()) {
        line("    " + entry.kernel() + " " + entry.arguments());
      }
    }
    if (menu.entries().size() > ROWS) {
      line(" " + more(menu.entries().size() - ROWS));
    }
  }

  private static String seconds(double seconds) {
    return seconds == Math.rint(seconds)
        ? Long.toString((long) seconds)
        : String.format(Locale.ROOT, "%.1f", seconds);
  }

  private void kickstarts(Inspection of) {
    if (of.kickstarts().isEmpty()) {
      return;
    }
    title("KICKSTARTS");
    table(
        of.kickstarts().stream()
            .limit(ROWS)
            .map(one ->
                one.named().isEmpty()
                    ? List.of("/" + one.path(), "here; no menu names it")
                    : List.of(one.named(), one.found().toString()))
            .toList());
  }

  private void findings(List<Finding> findings) {
    title("FINDINGS");
    if (findings.isEmpty()) {
      line("none");
    }
    for (Finding one : findings) {
      coloured(RED, one.problem());
      line("  to do: " + one.remedy());
    }
  }

  private void title(String title) {
    text.append('\n');
    coloured(BOLD, title);
  }

  /** The only ways by which text of the image comes out. */
  private void line(String line) {
    text.append(PlainText.of(line).stripTrailing()).append('\n');
  }

  private void coloured(String code, String line) {
    text.append(colour ? code : "");
    text.append(PlainText.of(line).stripTrailing());
    text.append(colour ? PLAIN : "").append('\n');
  }

  private void table(List<List<String>> rows) {
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.size(); i++) {
        int column = i;
        int width =
            rows.stream()
                .filter(one -> column < one.size() - 1)
                .mapToInt(one -> PlainText.of(one.get(column)).length())
                .max()
                .orElse(0);
        String cell = PlainText.of(row.get(i));
        line.append(cell).append(" ".repeat(Math.max(0, width - cell.length()) + 2));
      }
      line(line.toString());
    }
  }

  /** For programs: everything, as it is. */
  public static Map<String, @Nullable Object> fields(String name, Inspection of) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("file", name);
    fields.put("size", of.size());
    fields.put("label", of.label());
    fields.put("release", of.release());
    fields.put("trees", of.trees());
    fields.put("checkSum", of.checkSum().name().toLowerCase(Locale.ROOT));
    fields.put("boots", of.ways());
    fields.put("elTorito", of.catalog());
    fields.put("partitions", of.partitions());
    fields.put("hybrid", of.hybrid());
    fields.put("efiSystems", of.efi());
    fields.put("menus", of.menus().stream().map(InspectionText::menuFields).toList());
    fields.put("kickstarts", of.kickstarts());
    fields.put("findings", of.findings());
    return fields;
  }

  private static Map<String, @Nullable Object> menuFields(PlacedMenu placed) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("name", placed.name());
    fields.put("same", placed.same());
    fields.put("timeout", placed.menu().timeout());
    fields.put("default", placed.menu().byDefault().map(BootMenu.Entry::title).orElse(null));
    fields.put("entries", placed.menu().entries());
    return fields;
  }
}
