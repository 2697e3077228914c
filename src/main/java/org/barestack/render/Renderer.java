package org.barestack.render;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.barestack.model.Disk;
import org.barestack.model.InstallId;
import org.barestack.model.MacAddress;
import org.barestack.model.Node;
import org.barestack.model.Node.DiskRule;
import org.barestack.model.Node.LocalBoot;
import org.barestack.model.Node.SiteScript;
import org.barestack.model.Role;
import org.barestack.model.Secret;
import org.barestack.model.Site;
import org.barestack.model.Token;
import org.jspecify.annotations.Nullable;

/**
 * Writes everything that a machine reads, out of templates. The command line, the server, the media
 * and the tests all use this one. Every method throws {@link TemplateException} if a template is
 * wrong, or a value does not fit where a template puts it; then nothing is rendered.
 */
public final class Renderer {
  /** The last line of a disk part; the installer takes none without it, so none that is cut off. */
  public static final String END_OF_DISK_PART = "# end of disk part";

  /** In octets. Below it the system gets a single file system, which uses small disks best. */
  private static final long SMALL_DISK = 40L << 30;

  /** What cloud-init asks a seed for (its data source NoCloud). */
  public static final List<String> CLOUD_INIT =
      List.of("user-data", "meta-data", "network-config", "vendor-data");

  private static final String KICKSTART = "kickstart-templates";
  private static final String PXE = "pxe";

  /** Where templates are, in a site's folder as in the program. */
  static final List<String> FOLDERS = List.of(KICKSTART, PXE);

  private static final String STEPS = "/usr/libexec/barestack/firstboot.d/";

  private static final Pattern MODE = Pattern.compile("\\{# mode (0[0-7]{3}) #}\n");

  private final Templates kickstart;
  private final Templates pxe;
  private volatile @Nullable SiteView siteView;

  private record SiteView(Site site, Map<String, Object> view) {}

  /**
   * @param siteRoots directories whose folders {@code kickstart-templates} and {@code pxe} go
   *     before ours, file by file; the first one wins
   */
  public Renderer(List<Path> siteRoots) {
    this(siteRoots, false);
  }

  private Renderer(List<Path> siteRoots, boolean onePass) {
    this.kickstart = new Templates(KICKSTART, siteRoots, onePass);
    this.pxe = new Templates(PXE, siteRoots, onePass);
  }

  /**
   * One that reads each template once and does nothing twice that is the same for all nodes of a
   * site: for commands that go over all of them. It does not see templates change.
   */
  public static Renderer forOnePass(List<Path> siteRoots) {
    return new Renderer(siteRoots, true);
  }

  /** The roles that there are templates for: the folders in {@code roles}. */
  public Set<Role> roles() {
    return kickstart.list("roles").stream()
        .map(name -> new Role(name.substring(0, name.indexOf('/'))))
        .collect(Collectors.toSet());
  }

  /** The kickstart as it is served: it cannot write a disk until a claim was granted. */
  public String kickstart(Site site, Node node, InstallContext install) {
    return kickstart(site, node, install, files(site, node));
  }

  private String kickstart(Site site, Node node, InstallContext install, List<NodeFile> files) {
    return kickstart(
        site, node, install, new FromMedium(install.treeUrl(), List.of(), true), files);
  }

  /**
   * The same on a medium: it claims and reports as by network, and takes its packages from where it
   * is told; the context's tree counts for nothing.
   */
  public String mediumKickstart(Site site, Node node, InstallContext install, FromMedium from) {
    return kickstart(site, node, install, from, files(site, node));
  }

  private String kickstart(
      Site site, Node node, InstallContext install, FromMedium from, List<NodeFile> files) {
    Map<String, Object> view = view(site, node, install.id());
    view.put("install", install(install.id(), install.url(), install.baseUrl()));
    view.put("files", files.stream().map(Renderer::view).toList());
    source(view, from, false);
    return kickstartText(kickstart.render("kickstart.ks.j2", view));
  }

  private static void source(Map<String, Object> view, FromMedium from, boolean alone) {
    view.put("tree", from.tree() == null ? "" : from.tree().toString());
    view.put("added_repositories", from.repositories());
    view.put("cut_off", alone && !from.repositories().isEmpty());
    view.put("ending", from.restarts() ? "reboot" : "poweroff");
  }

  /**
   * A kickstart that needs no server: it looks at the machine itself, by the same rules, and stops
   * with a reason or writes the disk part itself. It reports to nobody and ends with power off.
   *
   * @param tree the install tree; null to install from the medium that booted
   */
  public String standaloneKickstart(Site site, Node node, InstallId id, @Nullable URI tree) {
    FromMedium from = new FromMedium(tree, List.of(), false);
    return standaloneKickstart(
        site, node, new Alone(id, false, from, List.of()), files(site, node));
  }

  /** The same with what a medium may have beside it. */
  public String standaloneKickstart(Site site, Node node, Alone alone) {
    return standaloneKickstart(site, node, alone, files(site, node));
  }

  private String standaloneKickstart(Site site, Node node, Alone alone, List<NodeFile> files) {
    Map<String, Object> view = view(site, node, alone.id());
    view.put("install", install(alone.id(), "", null));
    source(view, alone.from(), true);
    view.put("permit", alone.permit());
    view.put(
        "files",
        Stream.concat(files.stream(), alone.secrets().stream()).map(Renderer::view).toList());
    List<String> names =
        IntStream.rangeClosed(1, node.os().size()).mapToObj(i -> "@disk" + i + "@").toList();
    view.put("small_disk", SMALL_DISK);
    view.put("disk_part_small", diskPart(view, names, List.of(), true));
    view.put("disk_part_large", diskPart(view, names, List.of(), false));
    return kickstartText(kickstart.render("standalone.ks.j2", view));
  }

  /**
   * The disk part of a kickstart: what {@code %include /tmp/disk.ks} reads.
   *
   * @param disks one, or the members of a RAID1, as the machine reported them in this very boot
   */
  public String diskFragment(Site site, Node node, InstallId id, List<Disk> disks) {
    return diskPart(
        view(site, node, id),
        disks.stream().map(Disk::lastingName).toList(),
        disks.stream().map(Disk::describe).toList(),
        disks.stream().anyMatch(disk -> disk.size() < SMALL_DISK));
  }

  private String diskPart(
      Map<String, Object> site, List<String> names, List<String> descriptions, boolean small) {
    Map<String, Object> view = new HashMap<>(site);
    view.put("disks", names);
    view.put("disk_descriptions", descriptions);
    view.put("small", small);
    String text = kickstart.render("disk.ks.j2", view);
    if (!text.endsWith("\n" + END_OF_DISK_PART + "\n")) {
      throw new TemplateException(
          kickstart.title("disk.ks.j2"), 0, "its last line must be '" + END_OF_DISK_PART + "'");
    }
    return text;
  }

  /**
   * What cloud-init reads of its NoCloud data source, by the names that it asks for: the same files
   * that a kickstart puts, for a machine whose disk holds an image already.
   */
  public Map<String, String> cloudInit(Site site, Node node, Seed seed) {
    return cloudInit(site, node, seed, files(site, node));
  }

  private Map<String, String> cloudInit(Site site, Node node, Seed seed, List<NodeFile> files) {
    Map<String, Object> view = view(site, node, seed.id());
    view.put("install", install(seed.id(), seed.url(), seed.baseUrl()));
    List<NodeFile> all = new ArrayList<>(files);
    all.add(
        new NodeFile(
            "/etc/barestack/install", "0600", kickstart.render("snippets/install.j2", view)));
    all.addAll(seed.secrets());
    view.put("files", all.stream().map(Renderer::view).toList());
    all.add(
        new NodeFile(
            "/usr/libexec/barestack/prepare",
            "0755",
            kickstart.render("cloud-init/prepare.sh.j2", view)));
    view.put("files", all.stream().map(Renderer::view).toList());
    Map<String, String> texts = new LinkedHashMap<>();
    for (String name : CLOUD_INIT) {
      texts.put(name, kickstart.render("cloud-init/" + name + ".j2", view));
    }
    return texts;
  }

  /**
   * What iPXE runs to start the installer.
   *
   * @param mac of the interface that the machine was started by
   */
  public String ipxeInstall(Site site, Node node, InstallContext install, MacAddress mac) {
    return pxe.render("install.ipxe.j2", installView(site, node, install, mac));
  }

  private Map<String, Object> installView(
      Site site, Node node, InstallContext install, MacAddress mac) {
    Map<String, Object> view = view(site, node, install.id());
    view.put("install", install(install.id(), install.url(), install.baseUrl()));
    view.put("tree", install.treeUrl().toString());
    view.put("mac", mac.hyphens());
    view.put("arguments", words(pxe.render("snippets/arguments.j2", view)));
    return view;
  }

  /**
   * What iPXE runs to start from the local disk.
   *
   * @param reason shown on the machine's screen
   * @param pause seconds to read it
   */
  public String ipxeLocalDisk(LocalBoot how, String reason, int pause) {
    return pxe.render(
        "local.ipxe.j2",
        Map.of("how", how.name().toLowerCase(Locale.ROOT), "reason", reason, "pause", pause));
  }

  /** What iPXE runs first: it asks under its MAC address what to do. */
  public String ipxeEntry(URI baseUrl) {
    return pxe.render("entry.ipxe.j2", Map.of("base_url", baseUrl.toString()));
  }

  /** What isolinux shows: the menu of a medium whose BIOS starts that. */
  public String isolinuxMenu(Site site, MediumMenu menu) {
    return pxe.render("media/isolinux.cfg.j2", menuView(site, menu));
  }

  /** What GRUB runs from a medium, on BIOS as on UEFI. */
  public String grubMenu(Site site, MediumMenu menu) {
    return pxe.render("media/grub.cfg.j2", menuView(site, menu));
  }

  private Map<String, Object> menuView(Site site, MediumMenu menu) {
    Map<String, Object> view = new HashMap<>();
    view.put("site", siteView(site));
    view.put(
        "medium",
        Map.of(
            "label", menu.label(),
            "kernel", menu.kernel(),
            "initrd", menu.initrd(),
            "checked", menu.checked()));
    view.put("ui", menu.ui());
    view.put("more_arguments", menu.arguments());
    List<Map<String, Object>> entries = new ArrayList<>();
    for (MediumMenu.Entry entry : menu.nodes()) {
      Map<String, Object> one = new HashMap<>(view);
      one.put("node", Views.node(site, entry.node()));
      one.put("mac", entry.node().bootMac().hyphens());
      one.put("kickstart", "/" + FromMedium.kickstart(entry.node().name().text()));
      one.put("offline", entry.offline());
      one.put("permit", entry.permit());
      one.put("ending", entry.restarts() ? "reboot" : "poweroff");
      one.put("own_network", menu.arguments().stream().anyMatch(word -> word.startsWith("ip=")));
      entries.add(
          Map.of(
              "name", entry.node().name().text(),
              "title", pxe.render("media/title.j2", one).strip(),
              "arguments", words(pxe.render("media/arguments.j2", one)),
              "macs", entry.node().nics().values().stream().map(MacAddress::text).toList(),
              "machines",
                  entry.machines().stream()
                      .sorted(Comparator.comparing(MediumMenu.Machine::uuid))
                      .map(machine -> Map.of("uuid", machine.uuid(), "serial", machine.serial()))
                      .toList()));
    }
    view.put("nodes", entries);
    return view;
  }

  private static List<String> words(String text) {
    return Pattern.compile("\\s+").splitAsStream(text.strip()).toList();
  }

  /** What GRUB runs first, at whatever place it looks for its configuration. */
  public String grubEntry(URI baseUrl) {
    return pxe.render("entry.grub.j2", Map.of("servers", grubServers(baseUrl)));
  }

  /**
   * What GRUB runs to start the installer.
   *
   * @param mac of the interface that the machine was started by
   */
  public String grubInstall(Site site, Node node, InstallContext install, MacAddress mac) {
    Map<String, Object> view = installView(site, node, install, mac);
    view.put(
        "places",
        site.rocky().tree() == null ? grubPlaces(install) : grubPlaces(install.treeUrl()));
    return pxe.render("install.grub.j2", view);
  }

  /** The kernel of an install on our servers, by its token. */
  private static List<Map<String, String>> grubPlaces(InstallContext install) {
    String path = URI.create(install.url()).getPath();
    return grubServers(install.baseUrl()).stream()
        .map(server ->
            Map.of("vmlinuz", server + path + "/vmlinuz", "initrd", server + path + "/initrd.img"))
        .toList();
  }

  /** The kernel of a tree elsewhere. GRUB follows no redirect, so it is sent there at once. */
  private static List<Map<String, String>> grubPlaces(URI tree) {
    if (!"http".equals(tree.getScheme())) {
      throw new TemplateException(
          "the site", 0, "GRUB fetches no kernel from " + tree + ": rocky.tree must be http://");
    }
    String path = tree.getRawPath().replaceFirst("/+$", "") + "/images/pxeboot/";
    String server = "(http," + tree.getRawAuthority() + ")";
    return List.of(
        Map.of("vmlinuz", server + path + "vmlinuz", "initrd", server + path + "initrd.img"));
  }

  /** As GRUB names devices: by HTTP, which it may lack, and by TFTP. */
  private static List<String> grubServers(URI baseUrl) {
    return List.of("(http," + baseUrl.getAuthority() + ")", "(tftp," + baseUrl.getHost() + ")");
  }

  /**
   * What GRUB runs to start from the local disk.
   *
   * @param reason shown on the machine's screen
   * @param pause seconds to read it
   */
  public String grubLocalDisk(LocalBoot how, String reason, int pause) {
    return pxe.render(
        "local.grub.j2",
        Map.of("how", how.name().toLowerCase(Locale.ROOT), "reason", reason, "pause", pause));
  }

  /** What a node runs as root to restart from the network: it need not be so in its boot order. */
  public String reinstallScript(Site site, Node node) {
    return kickstart.render("reinstall.sh.j2", view(site, node, null));
  }

  /**
   * The secrets whose new value a node that runs can be given: those that its role has scripts for.
   */
  public Set<String> applicable(Node node) {
    return kickstart.list(applyFolder(node)).stream()
        .map(name -> name.substring(0, name.indexOf('.')))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What a node runs as root to take a new value of a secret; one of {@link #applicable}. */
  public String applyScript(Site site, Node node, String name, Secret value) {
    Map<String, Object> view = view(site, node, null);
    byte[] octets = value.value().getBytes(StandardCharsets.UTF_8);
    view.put("secret", Map.of("name", name, "base64", Base64.getEncoder().encodeToString(octets)));
    return kickstart.render(applyFolder(node) + "/" + name + ".sh.j2", view);
  }

  private static String applyFolder(Node node) {
    return "roles/" + node.role() + "/apply";
  }

  /** Every file that the installer puts on the node, by path. */
  public List<NodeFile> files(Site site, Node node) {
    Map<String, Object> view = view(site, node, null);
    Map<String, NodeFile> files = new LinkedHashMap<>();
    String role = "roles/" + node.role() + "/";
    for (String top : List.of("files", role + "files")) {
      for (String name : list(top)) {
        put(files, "/" + withoutJ2(name), top + "/" + name, view);
      }
    }
    for (NetworkProfile profile : NetworkProfile.of(site, node)) {
      Map<String, Object> one = new HashMap<>(view);
      one.put("profile", Views.profile(profile));
      String path =
          "/etc/NetworkManager/system-connections/" + fileName(profile.id()) + ".nmconnection";
      put(files, path, "snippets/profile.nmconnection.j2", one);
    }
    for (String top : List.of("firstboot", role + "firstboot")) {
      for (String name : list(top)) {
        put(files, stepPath(top, name), top + "/" + name, view);
      }
    }
    for (SiteScript script : node.scripts()) {
      String name = String.format(Locale.ROOT, "%02d-%s", script.order(), fileName(script.name()));
      String path = STEPS + name;
      if (files.put(path, new NodeFile(path, "0755", script.body())) != null) {
        throw new TemplateException(
            kickstart.title("firstboot"), 0, "two firstboot steps are called " + name);
      }
    }
    files.values().forEach(this::checkThatItCanBeSent);
    return List.copyOf(files.values());
  }

  /**
   * What a role does less strictly than one would expect, line by line of its {@code deviations}.
   */
  public List<String> deviations(Role role) {
    return kickstart.source("roles/" + role + "/deviations").lines().toList();
  }

  /** Files travel inside of the kickstart; better to name the file than the place there. */
  private void checkThatItCanBeSent(NodeFile file) {
    try {
      kickstart.write("heredoc", file.text());
    } catch (Contexts.Refusal e) {
      throw new TemplateException(file.path(), 0, String.valueOf(e.getMessage()));
    }
  }

  private SortedSet<String> list(String top) {
    SortedSet<String> names = kickstart.list(top);
    for (String name : names) {
      if (names.contains(name + ".j2")) {
        throw new TemplateException(
            kickstart.title(top + "/" + name), 0, "to replace " + name + ".j2, call it that too");
      }
    }
    return names;
  }

  private String stepPath(String folder, String file) {
    String name = withoutJ2(file);
    if (!name.matches("[0-9]{2}-[a-z0-9-]+\\.sh")) {
      throw new TemplateException(
          kickstart.title(folder + "/" + file), 0, "a step's file is called like 20-network-up.sh");
    }
    return STEPS + name.substring(0, name.length() - ".sh".length());
  }

  /**
   * A file that renders to nothing is not put: an empty file in a site's folder takes ours away.
   */
  private void put(
      Map<String, NodeFile> files, String path, String template, Map<String, Object> view) {
    String text = kickstart.render(template, view);
    if (!text.isBlank()) {
      Matcher mode = MODE.matcher(kickstart.source(template));
      String usual = text.startsWith("#!") ? "0755" : "0644";
      files.put(path, new NodeFile(path, mode.lookingAt() ? mode.group(1) : usual, text));
    }
  }

  private static String withoutJ2(String name) {
    return name.endsWith(".j2") ? name.substring(0, name.length() - ".j2".length()) : name;
  }

  private static String fileName(String name) {
    if (!name.matches("[A-Za-z0-9_][A-Za-z0-9_.-]*")) {
      throw new TemplateException(
          "the site", 0, "'" + name.replaceAll("\\p{Cntrl}", " ") + "' cannot name a file");
    }
    return name;
  }

  /**
   * Every text that has to do with a node, by file name, with an install id and a token that no
   * install has: what {@code barestack render} writes.
   */
  public Map<String, String> artefacts(Site site, Node node) {
    InstallContext install = sampleInstall(site, node);
    InstallId id = install.id();
    Map<String, String> artefacts = new LinkedHashMap<>();
    List<NodeFile> files = files(site, node);
    artefacts.put("kickstart.ks", kickstart(site, node, install, files));
    artefacts.put("disk.ks", diskFragment(site, node, id, sampleDisks(node)));
    Alone alone = new Alone(id, false, FromMedium.PLAIN, List.of());
    artefacts.put("standalone.ks", standaloneKickstart(site, node, alone, files));
    artefacts.put("entry.ipxe", ipxeEntry(site.baseUrl()));
    artefacts.put("install.ipxe", ipxeInstall(site, node, install, node.bootMac()));
    artefacts.put("local.ipxe", ipxeLocalDisk(node.localBoot(), "it is installed", 1));
    if (node.firmware() == Node.Firmware.UEFI_SECURE) {
      artefacts.put("entry.grub", grubEntry(site.baseUrl()));
      artefacts.put("install.grub", grubInstall(site, node, install, node.bootMac()));
      artefacts.put("local.grub", grubLocalDisk(node.localBoot(), "it is installed", 1));
    }
    cloudInit(site, node, Seed.served(id, install.token(), site.baseUrl()), files)
        .forEach((name, text) -> artefacts.put("cloud-init/" + name, text));
    artefacts.put("reinstall.sh", reinstallScript(site, node));
    for (String name : applicable(node)) {
      artefacts.put("apply/" + name + ".sh", applyScript(site, node, name, new Secret("x")));
    }
    files.forEach(file -> artefacts.put("files" + file.path(), file.text()));
    return artefacts;
  }

  /** The kickstart among the {@link #artefacts}, by itself. */
  public String sampleKickstart(Site site, Node node) {
    return kickstart(site, node, sampleInstall(site, node));
  }

  /** The standalone kickstart among the {@link #artefacts}, by itself. */
  public String sampleStandaloneKickstart(Site site, Node node) {
    return standaloneKickstart(
        site, node, new Alone(sampleId(site, node), false, FromMedium.PLAIN, List.of()));
  }

  /**
   * The texts on a medium of a node that reaches Barestack, by file name, for the same install as
   * in {@link #artefacts}. They come out of the same templates and the same values as the texts
   * there: nodes that are alike in those are alike in these.
   */
  public Map<String, String> media(Site site, Node node) {
    InstallContext install = sampleInstall(site, node);
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("medium.ks", mediumKickstart(site, node, install, FromMedium.PLAIN));
    MediumMenu menu =
        new MediumMenu(
            "Rocky-"
                + site.rocky().release().replace('.', '-')
                + "-"
                + site.rocky().arch()
                + "-dvd",
            "/images/pxeboot/vmlinuz",
            "/images/pxeboot/initrd.img",
            "vesamenu.c32",
            List.of(new MediumMenu.Entry(node, false, false, false, Set.of())),
            true,
            List.of());
    texts.put("medium/isolinux.cfg", isolinuxMenu(site, menu));
    texts.put("medium/grub.cfg", grubMenu(site, menu));
    return texts;
  }

  private static InstallContext sampleInstall(Site site, Node node) {
    URI tree = site.rocky().tree();
    return new InstallContext(
        sampleId(site, node),
        new Token("0".repeat(32)),
        site.baseUrl(),
        tree != null ? tree : URI.create(site.baseUrl() + "/releases/" + site.rocky().folder()));
  }

  /**
   * What stands in {@link #artefacts} that nobody wrote and that differs for every node: the owner
   * in the labels of its install, and the UUIDs of its network profiles.
   */
  public static List<String> madeUp(Site site, Node node) {
    return Stream.concat(
            Stream.of(sampleId(site, node).owner()),
            NetworkProfile.of(site, node).stream().map(profile -> profile.uuid().toString()))
        .toList();
  }

  private static InstallId sampleId(Site site, Node node) {
    return InstallId.fresh(site.name(), node.name(), new SplittableRandom(0));
  }

  private static List<Disk> sampleDisks(Node node) {
    List<Disk> disks = new ArrayList<>();
    for (DiskRule rule : node.os()) {
      String name = "sd" + (char) ('a' + disks.size());
      long size = rule instanceof DiskRule.Size range ? range.minimum() : 400L << 30;
      disks.add(
          new Disk(
              name, size, "", "", "", List.of(), false, false, false, true, List.of(), List.of()));
    }
    return disks;
  }

  /** The same map for the same site: it lists all nodes, and each of them is rendered with it. */
  @SuppressWarnings("ReferenceEquality") // comparing two sites of a thousand nodes takes longer
  private Map<String, Object> siteView(Site site) {
    SiteView known = siteView;
    if (known == null || known.site() != site) {
      known = new SiteView(site, Views.site(site));
      siteView = known;
    }
    return known.view();
  }

  private Map<String, Object> view(Site site, Node node, @Nullable InstallId id) {
    Map<String, Object> view = new HashMap<>();
    view.put("site", siteView(site));
    view.put("node", Views.node(site, node));
    view.put("tree_is_ours", site.rocky().tree() == null);
    if (id != null) {
      view.put("install", install(id, "", null));
    }
    return view;
  }

  /** {@code owner} is what the labels of all installs of this node have in common. */
  private static Map<String, Object> install(InstallId id, String url, @Nullable URI base) {
    return Map.of(
        "id",
        id.label(),
        "begun",
        id.begun(),
        "owner",
        id.owner(),
        "url",
        url,
        "base_url",
        base == null ? "" : base.toString());
  }

  private static Map<String, Object> view(NodeFile file) {
    return Map.of("path", file.path(), "mode", file.mode(), "text", file.text());
  }

  /** Refuses a text whose sections pykickstart would see differently than they were meant. */
  private String kickstartText(String text) {
    List<TemplateProblem> problems = Sections.of(text).problems();
    if (!problems.isEmpty()) {
      throw new TemplateException(problems);
    }
    return text;
  }
}
