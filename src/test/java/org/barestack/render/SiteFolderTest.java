package org.barestack.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.barestack.model.Node;
import org.barestack.model.Role;
import org.barestack.model.Site;
import org.barestack.site.SiteResult;
import org.barestack.testing.Examples;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder with a site.yaml and templates beside it, from the file to the rendered text. */
class SiteFolderTest {
  private static final Path MINIMAL = Path.of("examples/minimal");

  @TempDir Path folder;

  @BeforeEach
  void aSiteWithALogHost() throws IOException {
    write(
        "site.yaml",
        Files.readString(MINIMAL.resolve("site.yaml"))
            + """
              logs1:
                role: log-host
                address: 192.168.60.12
                nics: { nic1: "52:54:00:60:00:0c" }
            """);
  }

  private void write(String name, String text) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private void writeRole() throws IOException {
    String role = "kickstart-templates/roles/log-host/";
    write(role + "system.ks.j2", "selinux --enforcing\nfirewall --enabled --port=6514:tcp\n");
    write(role + "packages.ks.j2", "rsyslog-gnutls\n");
    write(role + "volumes.ks.j2", "logvol /srv --vgname=system --name=srv --size=1 --grow\n");
    write(role + "firstboot/50-receive.sh.j2", "#!/bin/sh\necho {{ node.name|sh }}\n");
    write(role + "files/etc/rsyslog.d/receive.conf", "module(load=\"imtcp\")\n");
  }

  private Map<String, String> render(String node) {
    return render(folder, node);
  }

  private static Map<String, String> render(Path folder, String name) {
    Site site = Examples.read(folder);
    Node node =
        site.nodes().stream()
            .filter(each -> each.name().text().equals(name))
            .findFirst()
            .orElseThrow();
    return Examples.renderer(folder).artefacts(site, node);
  }

  @Test
  void aRoleOfNobodyIsRefusedWithItsPlace() {
    assertThat(Examples.load(folder))
        .asInstanceOf(type(SiteResult.Bad.class))
        .satisfies(bad ->
            assertThat(bad.problems())
                .anySatisfy(problem -> {
                  assertThat(problem.path()).isEqualTo("nodes.logs1.role");
                  assertThat(problem.line()).isEqualTo(19);
                  assertThat(problem.message()).contains("log-host");
                }));
  }

  @Test
  void aFolderMakesARole() throws IOException {
    writeRole();
    assertThat(Examples.renderer(folder).roles())
        .containsExactlyInAnyOrder(Role.MANAGEMENT, Role.KVM_WORKER, new Role("log-host"));
    Map<String, String> artefacts = render("logs1");
    assertThat(artefacts)
        .containsEntry(
            "files/usr/libexec/barestack/firstboot.d/50-receive", "#!/bin/sh\necho logs1\n")
        .containsEntry("files/etc/rsyslog.d/receive.conf", "module(load=\"imtcp\")\n");
    assertThat(artefacts.get("kickstart.ks"))
        .contains("\nfirewall --enabled --port=6514:tcp\n", "\nrsyslog-gnutls\n%end\n");
    assertThat(artefacts.get("disk.ks")).contains("\nlogvol /srv ");
  }

  @Test
  void theSitesOwnTemplateIsTakenInstead() throws IOException {
    writeRole();
    write("kickstart-templates/roles/kvm-worker/packages.ks.j2", "{{ node.name|pkg }}-tools\n");
    write("pxe/local.ipxe.j2", "#!ipxe\nshell\n");
    Map<String, String> worker = render("kvm1");
    assertThat(worker.get("kickstart.ks"))
        .contains("\nkvm1-tools\n%end\n")
        .doesNotContain("\nqemu-kvm\n");
    assertThat(worker).containsEntry("local.ipxe", "#!ipxe\nshell\n");
    assertThat(render("mgmt1"))
        .containsEntry("disk.ks", String.valueOf(render(MINIMAL, "mgmt1").get("disk.ks")));
  }
}
