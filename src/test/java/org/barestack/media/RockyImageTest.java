package org.barestack.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Path;
import org.barestack.format.iso.IsoException;
import org.barestack.format.iso.IsoImage;
import org.barestack.media.RockyImage.Bios;
import org.barestack.testing.IsoReplica;
import org.barestack.testing.IsoReplica.Media;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is known of an image before a medium is made of it. */
class RockyImageTest {
  @TempDir private Path folder;

  private RockyImage look(IsoReplica replica) throws IOException, IsoException {
    try (IsoImage image = IsoImage.open(replica.write(folder))) {
      return RockyImage.of(image, "it");
    }
  }

  private void refused(IsoReplica replica, String why) {
    assertThatExceptionOfType(MediumException.class)
        .isThrownBy(() -> look(replica))
        .withMessageContaining("it is no medium that Rocky Linux is installed from: " + why);
  }

  @Test
  void rocky9StartsIsolinux() throws Exception {
    RockyImage dvd = look(IsoReplica.rocky9(Media.DVD));
    assertThat(dvd.bios()).isEqualTo(Bios.ISOLINUX);
    assertThat(dvd.release()).isEqualTo("9.7");
    assertThat(dvd.label()).isEqualTo("Rocky-9-7-x86_64-dvd");
    assertThat(dvd.packages()).isTrue();
    assertThat(dvd.ui()).isEmpty();
    assertThat(dvd.kernel()).isEqualTo("images/pxeboot/vmlinuz");
    assertThat(look(IsoReplica.rocky9(Media.DVD).with("isolinux/vesamenu.c32", "x")).ui())
        .isEqualTo("vesamenu.c32");
  }

  @Test
  void rocky10StartsGrub() throws Exception {
    RockyImage boot = look(IsoReplica.rocky10(Media.BOOT));
    assertThat(boot.bios()).isEqualTo(Bios.GRUB);
    assertThat(boot.packages()).isFalse();
    assertThat(boot.boots()).startsWith("BIOS (GRUB) and UEFI");
  }

  @Test
  void anImageOfAnotherArchitectureHasUefiAlone() throws Exception {
    RockyImage arm = look(IsoReplica.rocky10(Media.BOOT).without("boot/grub2/grub.cfg"));
    assertThat(arm.bios()).isNull();
    assertThat(arm.boots()).startsWith("UEFI");
  }

  @Test
  void aMinimalImageHasPackages() throws Exception {
    assertThat(
            look(IsoReplica.rocky10(Media.BOOT).with("Minimal/repodata/repomd.xml", "<repomd/>"))
                .packages())
        .isTrue();
  }

  @Test
  void withoutTreeinfoDiscinfoTells() throws Exception {
    RockyImage image = look(IsoReplica.rocky9(Media.DVD).with(".treeinfo", ""));
    assertThat(image.release()).isEqualTo("9.7");
    assertThat(image.arch()).isEqualTo("x86_64");
    assertThat(image.packages()).isTrue();
    refused(
        IsoReplica.rocky9(Media.DVD).with(".treeinfo", "").with(".discinfo", "x\n"),
        "neither .treeinfo nor .discinfo names its release");
  }

  @Test
  void whatAnInstallerNeedsMustBeThere() {
    refused(
        IsoReplica.rocky10(Media.DVD).without("images/install.img"), "it has no images/install");
    refused(IsoReplica.rocky10(Media.DVD).without("EFI/BOOT/grub.cfg"), "it has no EFI/BOOT/grub");
  }
}
