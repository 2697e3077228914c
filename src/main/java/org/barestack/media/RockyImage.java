package org.barestack.media;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.barestack.content.Treeinfo;
import org.barestack.format.iso.IsoEntry.IsoFile;
import org.barestack.format.iso.IsoImage;
import org.barestack.model.PlainText;
import org.barestack.model.Site;
import org.jspecify.annotations.Nullable;

/**
 * An image of Rocky Linux, as far as a medium that is made of it must know it.
 *
 * @param name for messages
 * @param label of its volume
 * @param release {@code 9.7}
 * @param arch {@code x86_64}
 * @param bios what BIOS starts; null if BIOS does not start it
 * @param packages whether packages are on it, so that nothing is needed of a network
 * @param kernel its path, from the root
 * @param initrd the same
 * @param ui what isolinux shows menus with; empty if it has nothing for that
 */
public record RockyImage(
    String name,
    String label,
    String release,
    String arch,
    @Nullable Bios bios,
    boolean packages,
    String kernel,
    String initrd,
    String ui) {
  /** GRUB's configuration for UEFI, in the tree and on the EFI partition. */
  static final String EFI_MENU = "EFI/BOOT/grub.cfg";

  /** What BIOS starts of an image. */
  public enum Bios {
    /** Rocky Linux 9. */
    ISOLINUX("isolinux", "isolinux/isolinux.cfg"),
    /** Rocky Linux 10. */
    GRUB("GRUB", "boot/grub2/grub.cfg");

    private final String title;
    private final String menu;

    Bios(String title, String menu) {
      this.title = title;
      this.menu = menu;
    }

    String menu() {
      return menu;
    }

    /** For people. */
    @Override
    public String toString() {
      return title;
    }
  }

  /**
   * Looks at one.
   *
   * @param name for messages
   * @throws MediumException if it is none that a machine could be installed from
   */
  public static RockyImage of(IsoImage image, String name) throws IOException {
    Treeinfo info = Treeinfo.parse(text(image, name, Treeinfo.NAME).orElse(""));
    List<String> disc = text(image, name, ".discinfo").orElse("").lines().toList();
    String release =
        info.version()
            .or(() -> Optional.of(line(disc, 1).replaceFirst(".* ", "")))
            .filter(text -> text.matches("[0-9]{1,3}[.][0-9]{1,3}"))
            .orElseThrow(() -> none(name, "neither .treeinfo nor .discinfo names its release"));
    String arch =
        info.arch()
            .or(() -> Optional.of(line(disc, 2)))
            .filter(text -> text.matches("[a-z0-9_]{1,16}"))
            .orElseThrow(
                () -> none(name, "neither .treeinfo nor .discinfo names its architecture"));
    String images = "images-" + arch;
    String kernel = info.value(images, "kernel").orElse("images/pxeboot/vmlinuz");
    String initrd = info.value(images, "initrd").orElse("images/pxeboot/initrd.img");
    String stage2 = info.value("stage2", "mainimage").orElse("images/install.img");
    for (String path : List.of(kernel, initrd, stage2, EFI_MENU)) {
      if (!isFile(image, path)) {
        throw none(name, "it has no " + PlainText.of(path));
      }
    }
    for (String path : List.of(kernel, initrd)) {
      if (!path.matches("[A-Za-z0-9_./-]+")) {
        throw none(
            name, ".treeinfo names a file that no loader can be told of: " + PlainText.of(path));
      }
    }
    Bios bios =
        Stream.of(Bios.values()).filter(one -> isFile(image, one.menu())).findFirst().orElse(null);
    return new RockyImage(
        name,
        image.label(),
        release,
        arch,
        bios,
        hasPackages(image, info),
        kernel,
        initrd,
        bios == Bios.ISOLINUX
            ? Stream.of("vesamenu.c32", "menu.c32")
                .filter(one -> isFile(image, "isolinux/" + one))
                .findFirst()
                .orElse("")
            : "");
  }

  private static MediumException none(String name, String why) {
    return new MediumException(
        name
            + " is no medium that Rocky Linux is installed from: "
            + why
            + ". Take an image as Rocky Linux publishes it (boot, minimal or dvd)");
  }

  private static String line(List<String> lines, int index) {
    return lines.size() > index ? lines.get(index).strip() : "";
  }

  private static boolean isFile(IsoImage image, String path) {
    return image.entry(path).filter(IsoFile.class::isInstance).isPresent();
  }

  private static Optional<String> text(IsoImage image, String name, String path)
      throws IOException {
    if (!(image.entry(path).orElse(null) instanceof IsoFile file)) {
      return Optional.empty();
    }
    if (file.length() > Treeinfo.LARGEST) {
      throw none(name, "its " + path + " is larger than any of Rocky Linux's");
    }
    try (InputStream in = image.read(file)) {
      return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  /** A boot image names variants too, but has none of their repositories. */
  private static boolean hasPackages(IsoImage image, Treeinfo info) {
    Stream<String> named =
        info.sections().values().stream()
            .map((Map<String, String> keys) -> keys.getOrDefault("repository", ""));
    return Stream.concat(named, Stream.of("BaseOS", "Minimal"))
        .filter(path -> !path.isEmpty())
        .map(path -> path.equals(".") ? "repodata/repomd.xml" : path + "/repodata/repomd.xml")
        .anyMatch(path -> isFile(image, path));
  }

  /** Its major release. */
  public int major() {
    return Integer.parseInt(release.substring(0, release.indexOf('.')));
  }

  /**
   * Whether a site's nodes can be installed from it.
   *
   * @return what should be known of it; empty if nothing
   * @throws MediumException if they cannot
   */
  public Optional<String> fits(Site.Rocky rocky) throws MediumException {
    if (major() != rocky.major() || !arch.equals(rocky.arch().toString())) {
      throw new MediumException(
          name
              + " is Rocky Linux "
              + release
              + " for "
              + arch
              + ", and the site installs "
              + rocky.release()
              + " for "
              + rocky.arch()
              + ": take that image, or change rocky in site.yaml");
    }
    return release.equals(rocky.release())
        ? Optional.empty()
        : Optional.of(
            name
                + " is Rocky Linux "
                + release
                + ", and the site installs "
                + rocky.release()
                + (packages ? "; what the medium has is installed" : ""));
  }

  /** What starts it how, for people. */
  public String boots() {
    return (bios == null ? "" : "BIOS (" + bios + ") and ")
        + "UEFI (shim and GRUB as they were, so with Secure Boot too), as CD and as stick";
  }
}
