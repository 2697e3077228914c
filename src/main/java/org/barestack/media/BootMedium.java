package org.barestack.media;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.barestack.format.fat.FatException;
import org.barestack.format.fat.FatImage;
import org.barestack.format.image.Content;
import org.barestack.format.image.Medium;
import org.barestack.format.image.Overlay;
import org.barestack.format.iso.Extent;
import org.barestack.format.iso.IsoException;
import org.barestack.format.iso.IsoImage;
import org.barestack.format.iso.Remaster;
import org.barestack.model.Site;
import org.barestack.render.FromMedium;
import org.barestack.render.MediumMenu;
import org.barestack.render.Renderer;

/**
 * A bootable medium of some of a site's nodes: an image of Rocky Linux with our menus in the place
 * of its own, the nodes' kickstarts, and what else was added. Shim, GRUB, kernel and all else stay
 * as they are.
 *
 * @param nodes whose installs are on it, in the order of the menu
 * @param label of its volume; empty for that of the image
 * @param arguments more for the kernel
 * @param repositories folders with RPM repositories, by the names that they get
 * @param checked whether it will bear a check sum
 */
public record BootMedium(
    List<Install> nodes,
    String label,
    List<String> arguments,
    Map<String, Path> repositories,
    boolean checked) {
  /** One node's install on it. */
  public record Install(MediumMenu.Entry entry, String kickstart) {}

  public BootMedium {
    nodes = List.copyOf(nodes);
    arguments = List.copyOf(arguments);
    repositories = new TreeMap<>(repositories);
  }

  /**
   * What it is made of. Reads directories of the source and its EFI partition, and writes nothing.
   *
   * @param source the image that it lies over
   * @param rocky the same, looked at
   * @throws MediumException if it cannot be made of that image; says what to do
   */
  public Overlay over(Path source, RockyImage rocky, Site site, Renderer renderer)
      throws IOException {
    try (IsoImage image = IsoImage.open(source)) {
      return over(image, rocky, site, renderer);
    } catch (IsoException e) {
      throw cannot(rocky, e);
    }
  }

  /** The same over an image that is open; it may be closed then. */
  Overlay over(IsoImage image, RockyImage rocky, Site site, Renderer renderer) throws IOException {
    String known = label.isEmpty() ? rocky.label() : label;
    if (!known.matches(MediumMenu.LABEL)) {
      throw new MediumException(
          "no boot loader hands the label '"
              + known
              + "' on to the kernel as it is: give it another one by --volid, of at most 32"
              + " letters, digits and # + . = @ _ -");
    }
    MediumMenu menu =
        new MediumMenu(
            known,
            "/" + rocky.kernel(),
            "/" + rocky.initrd(),
            rocky.ui(),
            nodes.stream().map(Install::entry).toList(),
            checked,
            arguments);
    try {
      byte[] grub = renderer.grubMenu(site, menu).getBytes(StandardCharsets.UTF_8);
      Remaster made = Remaster.of(image);
      for (Map.Entry<String, String> text : texts(site).entrySet()) {
        made = made.put(text.getKey(), Content.of(text.getValue()));
      }
      made = made.put(RockyImage.EFI_MENU, Content.of(grub));
      if (rocky.bios() == RockyImage.Bios.GRUB) {
        made = made.put(RockyImage.Bios.GRUB.menu(), Content.of(grub));
      } else if (rocky.bios() == RockyImage.Bios.ISOLINUX) {
        String isolinux = renderer.isolinuxMenu(site, menu);
        made = made.put(RockyImage.Bios.ISOLINUX.menu(), Content.of(isolinux));
      }
      made = made.efiPartition(efiPartition(rocky, image.medium(), made, grub));
      for (Map.Entry<String, Path> repository : repositories.entrySet()) {
        made =
            made.putAll(FromMedium.REPOSITORIES + "/" + repository.getKey(), repository.getValue());
      }
      if (!known.equals(rocky.label())) {
        made = made.label(known);
      }
      return made.overlay();
    } catch (IsoException e) {
      throw cannot(rocky, e);
    }
  }

  private static MediumException cannot(RockyImage rocky, IsoException fault) {
    return new MediumException(
        rocky.name() + " cannot be made into a medium: " + fault.getMessage(), fault);
  }

  private Map<String, String> texts(Site site) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Install install : nodes) {
      texts.put(FromMedium.kickstart(install.entry().node().name().text()), install.kickstart());
    }
    if (site.trust().isThere()) {
      texts.put(FromMedium.FOLDER + "/ca.pem", site.trust().ca());
    }
    return texts;
  }

  /** GRUB's configuration counts where GRUB came from, which on UEFI is this partition. */
  private static Content efiPartition(RockyImage rocky, Medium medium, Remaster made, byte[] grub)
      throws IOException, IsoException {
    Optional<Extent> where = made.efiPartition();
    if (where.isEmpty()) {
      throw new MediumException(
          rocky.name()
              + " has no EFI partition that El Torito's catalog names; take an image as"
              + " Rocky Linux publishes it");
    }
    try {
      long offset = where.get().offset();
      FatImage partition = FatImage.read(medium, offset, where.get().length());
      return Content.over(medium, offset, partition.with(Map.of(RockyImage.EFI_MENU, grub)));
    } catch (FatException e) {
      throw new MediumException(
          "the EFI partition of " + rocky.name() + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * A folder with an RPM repository, as a medium takes it.
   *
   * @return the name that it gets
   * @throws MediumException if it is none
   */
  public static String repository(Path folder) throws MediumException {
    Path last = folder.toAbsolutePath().normalize().getFileName();
    String name = last == null ? "" : last.toString();
    if (!Files.isRegularFile(folder.resolve("repodata/repomd.xml"))) {
      throw new MediumException(
          folder
              + " is no repository of packages: it has no repodata/repomd.xml. createrepo_c "
              + folder
              + " makes it");
    }
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
      throw new MediumException(
          folder
              + " cannot name a repository: letters, digits, dots, hyphens and underscores do;"
              + " rename the folder");
    }
    return name;
  }
}
