package org.barestack.render;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.barestack.model.Disk;
import org.barestack.model.InstallId;
import org.barestack.model.Node;
import org.barestack.model.Role;
import org.barestack.model.Site;
import org.barestack.model.Token;

/** What templates see, written down for a program that renders the same templates. */
public final class ExportedViews {
  private ExportedViews() {}

  /** An install of a node, the same one whenever it is asked for. */
  public static InstallContext install(Site site, Node node) {
    SplittableRandom random = new SplittableRandom(node.name().text().hashCode());
    return new InstallContext(
        InstallId.fresh(site.name(), node.name(), random),
        Token.fresh(random),
        site.baseUrl(),
        URI.create(site.baseUrl() + "/releases/" + site.rocky().folder()));
  }

  /** The disk that its machine reports. */
  public static Disk disk() {
    return new Disk(
        "sda", 400L << 30, "", "", "", List.of(), false, false, false, true, List.of(), List.of());
  }

  /**
   * Writes the views of all nodes of a site to a file, as JSON.
   *
   * @param templates the folder kickstart-templates
   */
  public static void write(Site site, Path templates, Path file) throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("templates", templates.toAbsolutePath().toString());
    all.put("site", Views.site(site));
    Map<String, Object> files = new LinkedHashMap<>();
    site.nodes().stream()
        .map(Node::role)
        .distinct()
        .forEach(role -> files.put(role.name(), files(role)));
    all.put("files", files);
    all.put("nodes", site.nodes().stream().map(node -> views(site, node)).toList());
    JsonMapper.builder().build().writeValue(file.toFile(), all);
  }

  /** Paths on a node of a role, each with the template that it comes from, in the order we take. */
  private static List<List<String>> files(Role role) {
    Templates templates = new Templates("kickstart-templates", List.of());
    List<List<String>> files = new ArrayList<>();
    for (String top : List.of("files", "roles/" + role + "/files")) {
      templates
          .list(top)
          .forEach(name -> files.add(List.of("/" + withoutEnd(name, ".j2"), top + "/" + name)));
    }
    files.add(
        List.of(
            "/etc/NetworkManager/system-connections/%s.nmconnection",
            "snippets/profile.nmconnection.j2"));
    for (String top : List.of("firstboot", "roles/" + role + "/firstboot")) {
      templates
          .list(top)
          .forEach(name ->
              files.add(
                  List.of(
                      "/usr/libexec/barestack/firstboot.d/"
                          + withoutEnd(withoutEnd(name, ".j2"), ".sh"),
                      top + "/" + name)));
    }
    return files;
  }

  private static String withoutEnd(String name, String end) {
    return name.endsWith(end) ? name.substring(0, name.length() - end.length()) : name;
  }

  private static Map<String, Object> views(Site site, Node node) {
    InstallContext context = install(site, node);
    InstallId id = context.id();
    return Map.of(
        "view",
        Map.of("node", Views.node(site, node), "tree_is_ours", site.rocky().tree() == null),
        "kickstart",
        Map.of(
            "install", install(id, context.url(), context.baseUrl().toString()),
            "tree", context.treeUrl().toString(),
            "added_repositories", List.of(),
            "cut_off", false,
            "ending", "reboot"),
        "disk",
        Map.of(
            "install", install(id, "", ""),
            "disks", List.of(disk().lastingName()),
            "disk_descriptions", List.of(disk().describe()),
            "small", false));
  }

  private static Map<String, Object> install(InstallId id, String url, String base) {
    return Map.of(
        "id", id.label(), "begun", id.begun(), "owner", id.owner(), "url", url, "base_url", base);
  }
}
