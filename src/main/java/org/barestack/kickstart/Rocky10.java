package org.barestack.kickstart;

import static org.barestack.kickstart.Conditions.atLeastOne;
import static org.barestack.kickstart.Option.choice;
import static org.barestack.kickstart.Option.flag;

import java.util.List;

/**
 * What the installer of Rocky Linux 10 reads: pykickstart's branch rhel10, which Anaconda 40 uses,
 * as what it changes of release 9.
 */
final class Rocky10 {
  static final Grammar GRAMMAR =
      Rocky9.GRAMMAR.with(
          List.of(
              Command.removed("auth", "write authselect in its place"),
              Command.removed("authconfig", "write authselect in its place"),
              Command.removed("autostep", "leave it out"),
              Command.removed("btrfs", "use part, or logvol, with xfs or ext4"),
              Command.removed("method", "use url, nfs, cdrom or harddrive"),
              Command.removed("nvdimm", "leave it out: namespaces are made before the install"),
              command("module").deprecated("leave it out: there are no modules in release 10"),
              Command.deprecated("vnc", "use rdp"),
              Command.of("rdp", Option.value("--username"), Option.value("--password")),
              Command.of(
                      "bootc",
                      Option.value("--source-imgref").needed(),
                      Option.value("--target-imgref"),
                      Option.value("--stateroot"))
                  .notAfter("ostreesetup", "ostreecontainer"),
              command("ostreesetup").notAfter("ostreecontainer", "bootc"),
              command("ostreecontainer").notAfter("ostreesetup", "bootc"),
              command("logging").without("--level"),
              command("timezone").without("--isUtc", "--nontp", "--ntpservers"),
              command("network")
                  .with(
                      Option.value("--teamslaves")
                          .deprecated("use --bondslaves: release 10 has no teams"),
                      Option.value("--teamconfig")
                          .deprecated("use --bondopts: release 10 has no teams")),
              command("repo").without("--ignoregroups"),
              command("bootloader").with(flag("--sdboot")),
              command("autopart").with(flag("--hibernation")),
              command("rhsm").with(Option.value("--flatpak-registry-url"))),
          List.of(
              Section.packages(
                  packages()
                      .without("--instLangs", "--excludeWeakdeps")
                      .options()
                      .toArray(new Option[0])),
              new Section(
                  "%certificate",
                  Section.Kind.CERTIFICATE,
                  Command.of(
                          "%certificate",
                          Option.value("--filename").needed(),
                          Option.value("--dir"),
                          choice("--type", "anchor"))
                      .where(atLeastOne("--dir", "--type")))));

  private Rocky10() {}

  private static Command command(String name) {
    return Rocky9.GRAMMAR.command(name).orElseThrow();
  }

  private static Command packages() {
    return Rocky9.GRAMMAR.section("%packages").orElseThrow().header();
  }
}
