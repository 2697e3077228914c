package org.barestack.media;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.barestack.content.Progress;
import org.barestack.format.disk.Gpt;
import org.barestack.format.disk.GptEntry;
import org.barestack.format.disk.Mbr;
import org.barestack.format.disk.MbrEntry;
import org.barestack.format.disk.PartitionTables;
import org.barestack.format.fat.FatEntry;
import org.barestack.format.fat.FatException;
import org.barestack.format.fat.FatImage;
import org.barestack.format.image.Medium;
import org.barestack.format.iso.BootCatalog;
import org.barestack.format.iso.BootCatalog.BootEntry;
import org.barestack.format.iso.Extent;
import org.barestack.format.iso.ImageVolume;
import org.barestack.format.iso.IsoEntry;
import org.barestack.format.iso.IsoEntry.IsoFile;
import org.barestack.format.iso.IsoException;
import org.barestack.format.iso.IsoImage;
import org.barestack.media.Inspection.CatalogEntry;
import org.barestack.media.Inspection.CheckSumState;
import org.barestack.media.Inspection.EfiSystem;
import org.barestack.media.Inspection.Finding;
import org.barestack.media.Inspection.Kickstart;
import org.barestack.media.Inspection.Kickstart.Found;
import org.barestack.media.Inspection.Partition;
import org.barestack.media.Inspection.PlacedMenu;
import org.barestack.media.Inspection.Way;
import org.jspecify.annotations.Nullable;

/** Looks at an image; what cannot be read becomes a finding, and the rest is looked at. */
public final class Inspector {
  private static final int SECTOR = PartitionTables.SECTOR;
  private static final int BLOCK = 2048;

  /** Octets of a menu that are read; Rocky's have two thousand. */
  private static final int LARGEST_TEXT = 1 << 20;

  /** Findings and names of one kind that are told. */
  private static final int MOST = 20;

  /** Where isohybrid's and GRUB's boot code have the sector at which they go on. */
  private static final int NEXT_SECTOR = 432;

  /** First block of the second set of descriptors, which counts from block 16. */
  private static final int SECOND_SET = 32;

  private static final int SECOND_SET_FROM = 16;

  private static final String EFI_MENU = "EFI/BOOT/grub.cfg";
  private static final List<String> GRUB_MENUS =
      List.of("boot/grub2/grub.cfg", "boot/grub/grub.cfg");

  /** As isolinux looks for them (SYSLINUX, core/fs/iso9660). */
  private static final List<String> ISOLINUX_MENUS =
      List.of(
          "boot/isolinux/isolinux.cfg",
          "isolinux/isolinux.cfg",
          "isolinux.cfg",
          "boot/syslinux/syslinux.cfg",
          "syslinux/syslinux.cfg",
          "syslinux.cfg");

  /** What UEFI firmware starts of media (UEFI 2.10 §3.5.1.1). */
  private static final List<String> EFI_LOADERS =
      List.of("BOOTX64.EFI", "BOOTAA64.EFI", "BOOTIA32.EFI", "BOOTRISCV64.EFI");

  private static final String ANEW =
      "make the medium anew out of the vendor's image with barestack build-iso";

  private final Medium medium;
  private final @Nullable IsoImage image;
  private final PartitionTables tables;
  private final List<Finding> findings = new ArrayList<>();
  private final Map<Long, EfiSystem> systems = new TreeMap<>();
  private final Map<Long, FatImage> readable = new TreeMap<>();

  /** Texts of menus by their names. */
  private final Map<String, String> texts = new LinkedHashMap<>();

  private List<BootEntry> catalog = List.of();

  private Inspector(Medium medium) throws IOException {
    this.medium = medium;
    this.tables = PartitionTables.read(medium);
    this.image = tree();
  }

  /**
   * Looks at all of it but the files' contents.
   *
   * @throws IOException if the medium cannot be read
   */
  public static Inspection inspect(Medium medium) throws IOException {
    return new Inspector(medium).inspection(checkSumState(medium));
  }

  /** The same, and verifies the media check's sum, for which all of the image is read. */
  public static Inspection verify(Medium medium, Progress progress) throws IOException {
    Inspector inspector = new Inspector(medium);
    CheckSumState state =
        switch (CheckSum.check(medium, progress)) {
          case CheckSum.Found.Pass() -> CheckSumState.GOOD;
          case CheckSum.Found.None() -> CheckSumState.NONE;
          case CheckSum.Found.Fail(long before) -> {
            inspector.find(
                "the media check's sum is wrong: an octet before %d is another one"
                    .formatted(before),
                "fetch or write the image again; if it was changed on purpose, implant a new sum");
            yield CheckSumState.WRONG;
          }
        };
    return inspector.inspection(state);
  }

  private static CheckSumState checkSumState(Medium medium) throws IOException {
    byte[] descriptor = new byte[BLOCK];
    if (medium.size() >= 17 * BLOCK) {
      medium.read(16 * BLOCK, descriptor, 0, BLOCK);
    }
    return new String(descriptor, 883, 512, ISO_8859_1).startsWith("ISO MD5SUM = ")
        ? CheckSumState.UNVERIFIED
        : CheckSumState.NONE;
  }

  private void find(String problem, String remedy) {
    Finding finding = new Finding(problem, remedy);
    if (!findings.contains(finding)) {
      findings.add(finding);
    }
  }

  private @Nullable IsoImage tree() throws IOException {
    try {
      return IsoImage.of(medium);
    } catch (IsoException e) {
      find(
          "its files cannot be read: " + e.getMessage(),
          "fetch the image again, and compare its digest with the one that its maker tells");
      return null;
    }
  }

  private Inspection inspection(CheckSumState checkSum) throws IOException {
    List<String> trees = trees();
    readCatalog();
    List<Way> ways = List.of(biosDisc(), biosDisk(), efiDisc(), efiDisk());
    treeMenus();
    List<PlacedMenu> menus = menus();
    ways(ways);
    tableFindings();
    sameMenus(ways);
    menus.forEach(menu -> kernels(menu));
    List<Kickstart> kickstarts = kickstarts(menus);
    if (checkSum == CheckSumState.NONE) {
      checked(menus);
    }
    return new Inspection(
        medium.size(),
        image == null ? "" : image.label(),
        release(),
        trees,
        catalog.stream().map(this::entry).toList(),
        partitions(),
        tables.findings().stream()
            .filter(one -> one.kind() == org.barestack.format.disk.Finding.Kind.HYBRID)
            .map(org.barestack.format.disk.Finding::toString)
            .toList(),
        List.copyOf(systems.values()),
        ways,
        menus,
        kickstarts,
        checkSum,
        findings);
  }

  // ---- the volume and its trees

  private List<String> trees() throws IOException {
    List<String> trees = new ArrayList<>();
    if (image == null) {
      return trees;
    }
    for (ImageVolume volume : image.volumes()) {
      trees.add(
          switch (volume.names()) {
            case ROCK_RIDGE -> "Rock Ridge";
            case JOLIET -> "Joliet";
            case PLAIN -> "ECMA-119";
          });
      if (volume.blocks() * BLOCK > medium.size()) {
        find(
            "the volume has %d octets, and the image %d: it is cut off"
                .formatted(volume.blocks() * BLOCK, medium.size()),
            "fetch the image again");
      }
      if (!volume.equals(image.volume())) {
        compare(volume);
      }
    }
    secondSet(trees);
    return trees.stream().distinct().toList();
  }

  /** Where files are, by path; those without content are nowhere. */
  private static Map<String, List<Extent>> extents(List<IsoEntry> entries, long shift) {
    return entries.stream()
        .filter(IsoFile.class::isInstance)
        .map(IsoFile.class::cast)
        .filter(file -> file.length() > 0)
        .collect(
            Collectors.toMap(
                IsoFile::path,
                file ->
                    file.extents().stream()
                        .map(one -> new Extent(one.block() + shift, one.length()))
                        .toList()));
  }

  private void compare(ImageVolume other) throws IOException {
    if (image == null) {
      return;
    }
    try {
      differ("Joliet's tree", extents(image.entries(other), 0), false);
    } catch (IsoException e) {
      find("the tree of the other names cannot be read: " + e.getMessage(), ANEW);
    }
  }

  private void differ(String what, Map<String, List<Extent>> others, boolean completely) {
    if (image == null) {
      return;
    }
    Map<String, List<Extent>> ours = extents(image.entries(), 0);
    Set<String> paths = new TreeSet<>(ours.keySet());
    if (completely) {
      paths.addAll(others.keySet());
    } else {
      paths.retainAll(others.keySet());
    }
    List<String> different =
        paths.stream()
            .filter(path -> !ours.getOrDefault(path, List.of()).equals(others.get(path)))
            .toList();
    if (!different.isEmpty()) {
      find(
          "%s has other contents than the first tree for %s".formatted(what, some(different)),
          "systems differ in the tree that they read; " + ANEW);
    }
  }

  private static String some(List<String> names) {
    return names.stream().limit(3).collect(Collectors.joining(", "))
        + (names.size() > 3 ? " and " + (names.size() - 3) + " more" : "");
  }

  /**
   * xorriso's -partition_offset 16: descriptors and trees once more, as the first partition sees
   * them.
   */
  private void secondSet(List<String> trees) throws IOException {
    byte[] start = new byte[6];
    if (image == null || medium.size() < (SECOND_SET + 1L) * BLOCK) {
      return;
    }
    medium.read((long) SECOND_SET * BLOCK, start, 0, start.length);
    if (!Arrays.equals(start, new byte[] {1, 'C', 'D', '0', '0', '1'})) {
      return;
    }
    trees.add("a second set from block 16 on");
    try {
      IsoImage second = IsoImage.of(new From(medium, (long) SECOND_SET_FROM * BLOCK));
      differ("the second set's tree", extents(second.entries(), SECOND_SET_FROM), true);
    } catch (IsoException e) {
      find("the second set of descriptors cannot be read: " + e.getMessage(), ANEW);
    }
  }

  /** A medium without its first octets. */
  private record From(Medium whole, long offset) implements Medium {
    @Override
    public long size() {
      return whole.size() - offset;
    }

    @Override
    public void read(long at, byte[] into, int from, int length) throws IOException {
      whole.read(offset + at, into, from, length);
    }
  }

  private String release() throws IOException {
    String disc = text(".discinfo").orElse("");
    List<String> lines = disc.lines().map(String::strip).toList();
    if (lines.size() >= 3) {
      return lines.get(1) + " " + lines.get(2);
    }
    return text(".treeinfo")
        .orElse("")
        .lines()
        .map(String::strip)
        .filter(line -> line.matches("name\\s*=.*"))
        .map(line -> line.substring(line.indexOf('=') + 1).strip())
        .findFirst()
        .orElse("");
  }

  private Optional<IsoFile> file(String path) {
    return Optional.ofNullable(image)
        .flatMap(one -> one.entry(path))
        .filter(IsoFile.class::isInstance)
        .map(IsoFile.class::cast);
  }

  private Optional<String> text(String path) throws IOException {
    Optional<IsoFile> file = file(path);
    if (file.isEmpty() || image == null) {
      return Optional.empty();
    }
    try (InputStream in = image.read(file.get())) {
      return Optional.of(new String(in.readNBytes(LARGEST_TEXT), UTF_8));
    }
  }

  // ---- what firmware boots

  private void readCatalog() throws IOException {
    try {
      catalog =
          image == null
              ? List.of()
              : image.bootCatalog().map(BootCatalog::entries).orElse(List.of());
    } catch (IsoException e) {
      find("El Torito's catalog cannot be read: " + e.getMessage(), ANEW);
    }
  }

  private CatalogEntry entry(BootEntry entry) {
    return new CatalogEntry(
        switch (entry.platform()) {
          case BootCatalog.X86 -> "BIOS";
          case BootCatalog.EFI -> "UEFI";
          default -> "platform " + entry.platform();
        },
        entry.bootable(),
        target(entry.block()),
        entry.block() * (BLOCK / SECTOR),
        entry.sectors());
  }

  private Optional<IsoFile> fileAt(long block) {
    return Optional.ofNullable(image).stream()
        .flatMap(one -> one.entries().stream())
        .filter(IsoFile.class::isInstance)
        .map(IsoFile.class::cast)
        .filter(file -> file.length() > 0 && file.extents().getFirst().block() == block)
        .findFirst();
  }

  private String target(long block) {
    long sector = block * (BLOCK / SECTOR);
    return fileAt(block)
        .map(IsoFile::path)
        .or(() -> partitionAt(sector))
        .orElse("no file of the tree, from sector " + sector + " on");
  }

  private Optional<String> partitionAt(long sector) {
    return partitions().stream()
        .filter(one -> one.start() == sector)
        .map(one -> one.table() + " partition " + one.number())
        .findFirst();
  }

  private List<Partition> partitions() {
    List<Partition> all = new ArrayList<>();
    for (MbrEntry entry : tables.mbr().map(Mbr::partitions).orElse(List.of())) {
      all.add(
          new Partition(
              "MBR",
              entry.number(),
              Inspection.type(entry.type()),
              entry.start(),
              entry.sectors(),
              entry.status() == MbrEntry.ACTIVE ? "active" : ""));
    }
    for (GptEntry entry : tables.gpt().or(tables::backup).map(Gpt::partitions).orElse(List.of())) {
      all.add(
          new Partition(
              "GPT",
              entry.number(),
              entry.type().equals(GptEntry.EFI_SYSTEM)
                  ? "EFI system"
                  : entry.type().equals(GptEntry.BASIC_DATA) ? "data" : entry.type().toString(),
              entry.first(),
              entry.sectors(),
              entry.name()));
    }
    return all;
  }

  private Optional<BootEntry> bootable(int platform) {
    return catalog.stream()
        .filter(entry -> entry.platform() == platform && entry.bootable())
        .findFirst();
  }

  private Way biosDisc() throws IOException {
    return bootable(BootCatalog.X86)
        .map(entry -> target(entry.block()))
        .map(starts -> new Way("BIOS", "CD", starts, biosMenu(starts)))
        .orElse(new Way("BIOS", "CD", "", ""));
  }

  /**
   * The boot code says where it goes on; isohybrid at the image's begin, GRUB behind its first
   * block.
   */
  private Way biosDisk() throws IOException {
    Optional<Mbr> mbr = tables.mbr().filter(Mbr::hasCode);
    if (mbr.isEmpty()) {
      return new Way("BIOS", "disk", "", "");
    }
    byte[] octets = mbr.get().octets();
    long next = 0;
    for (int i = 3; i >= 0; i--) {
      next = (next << 8) | (octets[NEXT_SECTOR + i] & 0xff);
    }
    long block = next / 4;
    boolean isKnown =
        (next % 4 == 0 || next % 4 == 1)
            && catalog.stream()
                .anyMatch(entry -> entry.platform() == BootCatalog.X86 && entry.block() == block);
    boolean isGrub =
        next > 4
            && catalog.stream()
                .anyMatch(
                    entry -> entry.platform() == BootCatalog.X86 && entry.block() == block - 1);
    if (!isKnown && !isGrub) {
      return new Way("BIOS", "disk", "the MBR's boot code, of an unknown kind", "");
    }
    String target = target(isGrub ? block - 1 : block);
    return new Way("BIOS", "disk", "the MBR's boot code, then " + target, biosMenu(target));
  }

  private String biosMenu(String target) {
    boolean isIsolinux = target.toLowerCase(Locale.ROOT).endsWith("isolinux.bin");
    return (isIsolinux ? ISOLINUX_MENUS : GRUB_MENUS)
        .stream().filter(path -> file(path).isPresent()).findFirst().orElse("");
  }

  private Way efiDisc() throws IOException {
    Optional<BootEntry> entry = bootable(BootCatalog.EFI);
    if (entry.isEmpty()) {
      return new Way("UEFI", "CD", "", "");
    }
    long sector = entry.get().block() * (BLOCK / SECTOR);
    long told = entry.get().sectors() > 1 ? (long) entry.get().sectors() * SECTOR : 0;
    long length =
        fileAt(entry.get().block())
            .map(IsoFile::length)
            .or(() ->
                partitions().stream()
                    .filter(one -> one.start() == sector && one.sectors() > 0)
                    .map(one -> one.sectors() * SECTOR)
                    .findFirst())
            .orElse(told > 0 ? told : medium.size() - sector * SECTOR);
    return efi("CD", sector, length, "El Torito's UEFI entry");
  }

  private Way efiDisk() throws IOException {
    Optional<GptEntry> gpt =
        tables.inForce().map(Gpt::partitions).orElse(List.of()).stream()
            .filter(one -> one.type().equals(GptEntry.EFI_SYSTEM))
            .findFirst();
    if (gpt.isPresent()) {
      return efi(
          "disk",
          gpt.get().first(),
          gpt.get().sectors() * SECTOR,
          "GPT partition " + gpt.get().number());
    }
    Optional<MbrEntry> mbr =
        tables.inForce().isPresent()
            ? Optional.empty()
            : tables.mbr().map(Mbr::partitions).orElse(List.of()).stream()
                .filter(one -> one.type() == MbrEntry.EFI)
                .findFirst();
    return mbr.isPresent()
        ? efi(
            "disk",
            mbr.get().start(),
            mbr.get().sectors() * SECTOR,
            "MBR partition " + mbr.get().number())
        : new Way("UEFI", "disk", "", "");
  }

  private Way efi(String as, long sector, long length, String what) throws IOException {
    String place = "the EFI system at sector " + sector;
    if (!systems.containsKey(sector)) {
      read(sector, length, what);
    }
    FatImage fat = readable.get(sector);
    if (fat == null) {
      return new Way("UEFI", as, "", "");
    }
    Optional<String> loader =
        EFI_LOADERS.stream()
            .flatMap(name -> fat.entry("EFI/BOOT/" + name).stream())
            .map(FatEntry::path)
            .findFirst();
    if (loader.isEmpty()) {
      find(
          "%s (%s) has no EFI/BOOT/BOOTX64.EFI, nor one for another machine".formatted(place, what),
          "UEFI firmware starts nothing from it; " + ANEW);
      return new Way("UEFI", as, "", "");
    }
    String menu =
        fat.entry(EFI_MENU)
            .map(entry -> entry.path() + " on " + place)
            .or(() -> GRUB_MENUS.stream().filter(path -> file(path).isPresent()).findFirst())
            .orElse("");
    return new Way("UEFI", as, loader.get() + " on " + place, menu);
  }

  private void read(long sector, long length, String what) throws IOException {
    String place = "the EFI system at sector " + sector;
    try {
      FatImage fat = FatImage.read(medium, sector * SECTOR, length);
      List<String> files =
          fat.entries().stream().filter(entry -> !entry.isDirectory()).map(FatEntry::path).toList();
      systems.put(
          sector,
          new EfiSystem(sector, length, fat.type().toString(), fat.label(), fat.free(), files));
      readable.put(sector, fat);
      Optional<FatEntry> menu = fat.entry(EFI_MENU).filter(entry -> !entry.isDirectory());
      if (menu.isPresent()) {
        byte[] content = fat.content(menu.get().path());
        texts.put(
            menu.get().path() + " on " + place,
            new String(content, 0, Math.min(content.length, LARGEST_TEXT), UTF_8));
      }
    } catch (FatException e) {
      systems.put(sector, new EfiSystem(sector, length, "", "", 0, List.of()));
      find(
          "%s (%s) cannot be read: %s".formatted(place, what, e.getMessage()),
          "UEFI firmware boots nothing from it; " + ANEW);
    }
  }

  private void ways(List<Way> ways) {
    if (ways.stream().allMatch(way -> way.starts().isEmpty())) {
      find(
          "nothing boots from this image",
          "if it shall boot, fetch it again, or make it anew; a volume with data alone is fine so");
      return;
    }
    for (int i = 0; i < ways.size(); i += 2) {
      Way disc = ways.get(i);
      Way disk = ways.get(i + 1);
      if (disc.starts().isEmpty() != disk.starts().isEmpty()) {
        Way missing = disc.starts().isEmpty() ? disc : disk;
        find(
            "%s boots it as a %s and not as a %s"
                .formatted(
                    missing.firmware(), missing.equals(disc) ? disk.as() : disc.as(), missing.as()),
            missing.equals(disc)
                ? "write it to a stick, or attach it as a disk"
                : "burn it or attach it as a CD: a stick with it does not start");
      }
    }
  }

  private void tableFindings() {
    tables.findings().stream()
        .filter(one -> one.kind() == org.barestack.format.disk.Finding.Kind.WRONG)
        .limit(MOST)
        .forEach(one ->
            find(
                one.toString(),
                "firmware may not boot a stick with it; fetch it again, or " + ANEW));
  }

  // ---- menus

  private void treeMenus() throws IOException {
    List<String> paths = new ArrayList<>(ISOLINUX_MENUS);
    paths.addAll(GRUB_MENUS);
    paths.add(EFI_MENU);
    for (String path : paths) {
      Optional<String> text = text(path);
      text.ifPresent(one -> texts.put(path, one));
    }
  }

  private List<PlacedMenu> menus() {
    List<PlacedMenu> menus = new ArrayList<>();
    Set<String> told = new LinkedHashSet<>();
    texts.forEach((name, text) -> {
      if (told.add(name)) {
        List<String> same =
            texts.entrySet().stream()
                .filter(one ->
                    !told.contains(one.getKey())
                        && isGrub(one.getKey()) == isGrub(name)
                        && one.getValue().equals(text))
                .map(Map.Entry::getKey)
                .toList();
        told.addAll(same);
        menus.add(new PlacedMenu(name, menu(name, text), same));
      }
    });
    return menus;
  }

  private static boolean isGrub(String name) {
    return name.toLowerCase(Locale.ROOT).contains("grub.cfg");
  }

  private static BootMenu menu(String name, String text) {
    return isGrub(name)
        ? BootMenu.grub(text)
        : BootMenu.isolinux(text, name.substring(0, name.lastIndexOf('/') + 1));
  }

  /** The menu that is shown must be the one that people see when they look into the tree. */
  private void sameMenus(List<Way> ways) {
    Map<String, Way> byAs =
        ways.stream()
            .filter(way -> way.firmware().equals("UEFI"))
            .collect(Collectors.toMap(Way::as, Function.identity()));
    String disc = byAs.getOrDefault("CD", ways.getLast()).menu();
    String disk = byAs.getOrDefault("disk", ways.getLast()).menu();
    if (!disc.isEmpty() && !disk.isEmpty() && !same(disc, disk)) {
      find(
          "UEFI shows another menu from a CD (%s) than from a stick (%s)".formatted(disc, disk),
          "the image was changed in one place only; " + ANEW);
    }
    String tree = texts.get(EFI_MENU);
    if (tree != null) {
      for (String menu : new LinkedHashSet<>(List.of(disc, disk))) {
        if (menu.contains(" on ") && !tree.equals(texts.get(menu))) {
          find(
              "the menu on %s differs from %s in the tree"
                  .formatted(menu.substring(menu.indexOf(" on ") + 4), EFI_MENU),
              "UEFI boots the one on the EFI system: change that one, or both alike");
        }
      }
    }
  }

  private boolean same(String one, String other) {
    return one.equals(other) || texts.getOrDefault(one, "").equals(texts.getOrDefault(other, ""));
  }

  private void kernels(PlacedMenu placed) {
    if (image == null) {
      return;
    }
    Set<String> missing = new LinkedHashSet<>();
    Set<String> labels = new LinkedHashSet<>(placed.menu().labels());
    for (BootMenu.Entry entry : placed.menu().entries()) {
      List<String> paths = new ArrayList<>(entry.initrds());
      paths.add(entry.kernel());
      paths.stream().filter(path -> !path.isEmpty() && !isThere(path)).forEach(missing::add);
      for (String argument : List.of("inst.stage2", "inst.repo", "inst.ks", "root")) {
        entry.values(argument).stream()
            .map(Inspector::device)
            .flatMap(Optional::stream)
            .forEach(labels::add);
      }
    }
    if (!missing.isEmpty()) {
      find(
          "%s starts %s, which is not on the medium"
              .formatted(placed.name(), some(List.copyOf(missing))),
          "correct the path, or put the file there");
    }
    labels.removeIf(
        label -> label.contains("$") || label.equals(image.label()) || label.equals("OEMDRV"));
    if (!labels.isEmpty()) {
      find(
          "%s looks for a volume called %s, and this one is called %s"
              .formatted(placed.name(), some(List.copyOf(labels)), image.label()),
          "the installer would wait for that volume: make label and menu the same");
    }
  }

  private boolean isThere(String path) {
    return path.contains("$")
        || file(path).isPresent()
        || readable.values().stream().anyMatch(fat -> fat.entry(path).isPresent());
  }

  /** The label of {@code hd:LABEL=} and its like, as udev escapes it. */
  private static Optional<String> device(String value) {
    String text = value.startsWith("live:") ? value.substring(5) : value;
    for (String begin : List.of("hd:LABEL=", "LABEL=", "CDLABEL=", "hd:CDLABEL=")) {
      if (text.startsWith(begin)) {
        String rest = text.substring(begin.length());
        int end = rest.indexOf(':');
        return Optional.of(
            (end < 0 ? rest : rest.substring(0, end)).replace("\\x20", " ").replace("\\\\", "\\"));
      }
    }
    return Optional.empty();
  }

  private void checked(List<PlacedMenu> menus) {
    for (PlacedMenu placed : menus) {
      if (placed.menu().byDefault().filter(entry -> entry.has("rd.live.check")).isPresent()) {
        find(
            "%s checks the medium by default, and it has no check sum".formatted(placed.name()),
            "the installer stops for 12 hours: implant one (implantisomd5), or remove"
                + " rd.live.check");
      }
    }
  }

  // ---- kickstarts

  private List<Kickstart> kickstarts(List<PlacedMenu> menus) {
    Map<String, Kickstart> all = new LinkedHashMap<>();
    for (PlacedMenu placed : menus) {
      for (BootMenu.Entry entry : placed.menu().entries()) {
        for (String named : entry.values("inst.ks")) {
          all.computeIfAbsent(named, one -> kickstart(one, placed.name()));
        }
      }
    }
    Set<String> known = all.values().stream().map(Kickstart::path).collect(Collectors.toSet());
    if (image != null) {
      image.entries().stream()
          .filter(IsoFile.class::isInstance)
          .map(IsoEntry::path)
          .filter(path -> path.toLowerCase(Locale.ROOT).matches("(.*/)?ks\\.cfg|.*\\.ks"))
          .filter(path -> !known.contains(path))
          .limit(MOST)
          .forEach(path -> all.put("/" + path, new Kickstart("", path, Found.HERE)));
    }
    return List.copyOf(all.values());
  }

  private Kickstart kickstart(String named, String menu) {
    boolean isOurs =
        named.startsWith("cdrom")
            || device(named)
                .filter(label -> image != null && label.equals(image.label()))
                .isPresent();
    if (!isOurs) {
      return new Kickstart(named, "", Found.ELSEWHERE);
    }
    int at = named.indexOf(":/");
    String path = at < 0 ? "ks.cfg" : named.substring(at + 2);
    if (file(path).isPresent()) {
      return new Kickstart(named, path, Found.HERE);
    }
    find(
        "%s names the kickstart /%s, which is not on the medium".formatted(menu, path),
        "put it there, or correct inst.ks=");
    return new Kickstart(named, path, Found.MISSING);
  }
}
