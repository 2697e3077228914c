package org.barestack.render;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.barestack.model.Node;
import org.barestack.model.Site;
import org.barestack.render.MediumMenu.Entry;
import org.barestack.render.MediumMenu.Machine;
import org.barestack.testing.Command;
import org.barestack.testing.Examples;
import org.barestack.testing.Golden;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Boot menus of media, read by people and by GRUB's own parser. */
class MediumMenuTest {
  private static final Renderer RENDERER = new Renderer(List.of());
  private static final Site SITE = Examples.site("lab");
  private static final Node MGMT1 = SITE.managementNode();
  private static final Node KVM1 = SITE.nodes().getLast();

  private static final Machine KNOWN =
      new Machine("11223344-5566-7788-99aa-bbccddeeff00", "it's \"SN\" $1");

  private static Entry online(Node node, boolean permit) {
    return new Entry(node, false, permit, false, Set.of());
  }

  private static MediumMenu menu(List<Entry> nodes, boolean checked, String... arguments) {
    return new MediumMenu(
        "Rocky-9-7-x86_64-dvd",
        "/images/pxeboot/vmlinuz",
        "/images/pxeboot/initrd.img",
        checked ? "vesamenu.c32" : "",
        nodes,
        checked,
        List.of(arguments));
  }

  private static final Map<String, MediumMenu> MENUS =
      new TreeMap<>(
          Map.of(
              "one", menu(List.of(online(KVM1, false)), true),
              "ordered-to-wipe", menu(List.of(online(KVM1, true)), false, "ip=eth0:dhcp", "quiet"),
              "offline", menu(List.of(new Entry(KVM1, true, false, true, Set.of())), true),
              "offline-wipe", menu(List.of(new Entry(KVM1, true, true, false, Set.of())), true),
              "several",
                  menu(
                      List.of(
                          online(MGMT1, false),
                          new Entry(
                              KVM1,
                              false,
                              false,
                              false,
                              Set.of(
                                  KNOWN, new Machine("00223344-5566-7788-99aa-bbccddeeff00", "")))),
                      true),
              "several-without-a-menu-program",
                  menu(List.of(online(MGMT1, false), online(KVM1, true)), false)));

  @Test
  void menus() {
    Map<String, String> texts = new TreeMap<>();
    MENUS.forEach((name, menu) -> {
      texts.put(name + "/grub.cfg", RENDERER.grubMenu(SITE, menu));
      texts.put(name + "/isolinux.cfg", RENDERER.isolinuxMenu(SITE, menu));
    });
    Golden.check("media/menus", texts);
  }

  @Test
  void grubUnderstandsThem(@TempDir Path folder) throws IOException {
    for (Map.Entry<String, MediumMenu> menu : MENUS.entrySet()) {
      String text = RENDERER.grubMenu(SITE, menu.getValue());
      Path file = Files.writeString(folder.resolve("grub.cfg"), text);
      assertThat(Command.of("grub-script-check", "-v", file.toString()).run().status())
          .as(menu.getKey())
          .isZero();
    }
  }

  @Test
  void nothingOfSeveralBeginsByItselfWithoutBeingRecognised() {
    MediumMenu several = Objects.requireNonNull(MENUS.get("several"));
    assertThat(RENDERER.isolinuxMenu(SITE, several)).contains("\ntimeout 0\ndefault local_disk\n");
    assertThat(RENDERER.grubMenu(SITE, several))
        .contains("\nset default=local_disk\nset timeout=-1\n")
        .containsOnlyOnce("  set timeout=10\n");
  }

  @Test
  void onlyTheCheckChecks() {
    MENUS.forEach((name, menu) -> {
      for (String text :
          List.of(RENDERER.grubMenu(SITE, menu), RENDERER.isolinuxMenu(SITE, menu))) {
        assertThat(text.lines().filter(line -> line.contains("rd.live.check")))
            .as(name)
            .hasSize(menu.checked() ? 1 : 0)
            .noneMatch(line -> line.contains("inst.ks="));
      }
    });
  }

  @Test
  void whatNoLoaderHandsOnIsRefused() {
    MediumMenu quoted = menu(List.of(online(KVM1, false)), true, "a\\x20b");
    assertThatExceptionOfType(TemplateException.class)
        .isThrownBy(() -> RENDERER.grubMenu(SITE, quoted))
        .withMessageContaining("kernel argument");
  }
}
