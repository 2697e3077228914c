package org.barestack.kickstart;

import static org.barestack.kickstart.Command.Position.ANY;
import static org.barestack.kickstart.Command.Position.MAYBE_ONE;
import static org.barestack.kickstart.Command.Position.ONE;
import static org.barestack.kickstart.Conditions.argumentsAtMost;
import static org.barestack.kickstart.Conditions.atLeastOne;
import static org.barestack.kickstart.Conditions.atMostOne;
import static org.barestack.kickstart.Conditions.exactlyOne;
import static org.barestack.kickstart.Conditions.needs;
import static org.barestack.kickstart.Conditions.value;
import static org.barestack.kickstart.Option.choice;
import static org.barestack.kickstart.Option.flag;
import static org.barestack.kickstart.Option.integer;
import static org.barestack.kickstart.Option.maybeValue;

import java.util.List;

/**
 * What the installer of Rocky Linux 9 reads: the commands and options of pykickstart's branch
 * rhel9, which Anaconda 34 uses.
 */
final class Rocky9 {
  /** What every command that makes a file system on a new device has. */
  static final Option[] ENCRYPTION = {
    flag("--encrypted"),
    Option.value("--passphrase"),
    Option.value("--escrowcert"),
    flag("--backuppassphrase"),
    Option.value("--cipher"),
    Option.value("--luks-version"),
    Option.value("--pbkdf"),
    integer("--pbkdf-memory"),
    integer("--pbkdf-time"),
    integer("--pbkdf-iterations")
  };

  private static final String USE_SYSTEM_TOOL = "write authselect in its place";

  private static final Command PART =
      Command.of(
              "part",
              flag("--asprimary"),
              Option.value("--fstype", "--type"),
              flag("--grow"),
              integer("--maxsize"),
              flag("--noformat"),
              Option.value("--onbiosdisk"),
              Option.value("--ondisk", "--ondrive"),
              Option.value("--onpart", "--usepart"),
              flag("--recommended"),
              integer("--size"),
              Option.value("--fsoptions"),
              Option.value("--label"),
              Option.value("--fsprofile"),
              flag("--resize"),
              flag("--hibernation"),
              Option.value("--mkfsoptions"))
          .with(ENCRYPTION)
          .takes(ONE)
          .notAfter("autopart", "mount")
          .where(
              needs("--resize", "--onpart"),
              needs("--resize", "--size"),
              Storage.TMPFS_DOES_NOT_GROW,
              atMostOne("--noformat", "--mkfsoptions"),
              atMostOne("--fsprofile", "--mkfsoptions"),
              Storage.ONE_COST_OF_A_KEY,
              Storage.NO_BTRFS);

  private static final Command REBOOT = Command.of("reboot", flag("--eject"), flag("--kexec"));

  private static final Command TEXT = Command.of("text", flag("--non-interactive"));

  static final Grammar GRAMMAR =
      Grammar.of(
          List.of(
              // ---- how the installer runs
              TEXT,
              TEXT.named("graphical"),
              TEXT.named("cmdline")
                  .where(line ->
                      line.has("--non-interactive")
                          ? java.util.Optional.of(
                              new Command.Problem(
                                  Rule.CONFLICTING_OPTIONS,
                                  line.at("--non-interactive"),
                                  "cmdline is non-interactive by itself, and refuses the option",
                                  "leave it out"))
                          : java.util.Optional.empty()),
              REBOOT,
              REBOOT.named("poweroff"),
              REBOOT.named("shutdown"),
              REBOOT.named("halt"),
              Command.of("rescue", flag("--nomount"), flag("--romount"))
                  .where(atMostOne("--nomount", "--romount")),
              Command.of("mediacheck"),
              Command.of("vnc", Option.value("--password"), Option.value("--host"))
                  .with(Option.value("--port")),
              Command.of(
                      "logging",
                      Option.value("--host"),
                      Option.value("--port"),
                      Option.value("--level").deprecated("leave it out: all levels are kept"))
                  .remembering("--host", "--port")
                  .where(needs("--port", "--host")),
              Command.of(
                      "sshpw",
                      Option.value("--username").needed(),
                      flag("--iscrypted"),
                      flag("--plaintext"),
                      flag("--lock"),
                      flag("--sshkey"))
                  .takes(ANY)
                  .where(Conditions.arguments(1, "a password")),
              Command.of("updates")
                  .takes(ANY)
                  .where(
                      Conditions.arguments(1, "the URL of an updates image"),
                      argumentsAtMost(1, "it takes one URL")),
              Command.of("driverdisk", Option.value("--source"), Option.value("--biospart"))
                  .takes(ANY)
                  .where(
                      argumentsAtMost(1, "it takes one partition"), Installation.ONE_DRIVER_DISK),
              Command.of("eula", flag("--agreed", "--agree", "--accepted", "--accept"))
                  .where(atLeastOne("--agreed")),

              // ---- where packages come from
              Command.of("cdrom"),
              Command.of("hmc"),
              Command.of(
                  "harddrive",
                  Option.value("--dir").needed(),
                  Option.value("--partition").needed()),
              Command.of(
                  "nfs",
                  Option.value("--server").needed(),
                  Option.value("--dir").needed(),
                  Option.value("--opts")),
              Command.of(
                      "url",
                      Option.value("--url"),
                      Option.value("--mirrorlist"),
                      Option.value("--metalink"),
                      Option.value("--proxy"),
                      flag("--noverifyssl"),
                      Option.value("--sslcacert"),
                      Option.value("--sslclientcert"),
                      Option.value("--sslclientkey"))
                  .where(exactlyOne("--url", "--mirrorlist", "--metalink")),
              Command.of(
                  "liveimg",
                  Option.value("--url").needed(),
                  Option.value("--proxy"),
                  flag("--noverifyssl"),
                  Option.value("--checksum")),
              Command.of(
                      "ostreesetup",
                      Option.value("--osname").needed(),
                      Option.value("--remote"),
                      Option.value("--url").typed(Option.Type.SOME_TEXT).needed(),
                      Option.value("--ref").needed(),
                      flag("--nogpg"))
                  .where(
                      value(
                          "--url",
                          url ->
                              url.startsWith("file:")
                                  || url.startsWith("http:")
                                  || url.startsWith("https:"),
                          "takes file:, http: and https: only",
                          "give the repository by one of them")),
              Command.of(
                      "ostreecontainer",
                      Option.value("--url").needed(),
                      Option.value("--stateroot"),
                      Option.value("--transport"),
                      Option.value("--remote"),
                      flag("--no-signature-verification"))
                  .notAfter("ostreesetup"),
              Command.of(
                      "repo",
                      Option.value("--name").needed(),
                      Option.value("--baseurl"),
                      Option.value("--mirrorlist"),
                      Option.value("--metalink"),
                      integer("--cost"),
                      Option.value("--excludepkgs"),
                      Option.value("--includepkgs"),
                      Option.value("--proxy"),
                      flag("--noverifyssl"),
                      flag("--install"),
                      Option.value("--sslcacert"),
                      Option.value("--sslclientcert"),
                      Option.value("--sslclientkey"),
                      Option.value("--ignoregroups")
                          .typed(Option.Type.BOOLEAN)
                          .deprecated("leave it out"))
                  .where(atMostOne("--mirrorlist", "--baseurl", "--metalink")),
              Command.of(
                  "module",
                  Option.value("--name").needed(),
                  Option.value("--stream"),
                  flag("--disable")),
              Command.of(
                  "rhsm",
                  Option.value("--organization").needed(),
                  Option.value("--activation-key").typed(Option.Type.SOME_TEXT).needed(),
                  flag("--connect-to-insights"),
                  Option.value("--proxy"),
                  Option.value("--server-hostname"),
                  Option.value("--rhsm-baseurl")),
              Command.of(
                  "syspurpose",
                  Option.value("--role"),
                  Option.value("--sla"),
                  Option.value("--usage"),
                  Option.value("--addon")),

              // ---- the installed system
              Command.of("lang", Option.value("--addsupport")).takes(ONE),
              Command.of(
                      "keyboard",
                      Option.value("--vckeymap"),
                      Option.list("--xlayouts"),
                      Option.value("--switch"))
                  .takes(ANY)
                  .remembering("--xlayouts")
                  .where(argumentsAtMost(1, "it takes one layout"), Installation.SOME_KEYBOARD),
              Command.of(
                      "timezone",
                      flag("--utc"),
                      flag("--isUtc").deprecated("write --utc"),
                      flag("--nontp").deprecated("write timesource --ntp-disable"),
                      Option.list("--ntpservers")
                          .deprecated("write timesource --ntp-server=SERVER, one line a server"))
                  .takes(ANY)
                  .remembering("--ntpservers")
                  .where(
                      Installation.SOME_TIMEZONE,
                      argumentsAtMost(1, "it takes one time zone"),
                      atMostOne("--ntpservers", "--nontp")),
              Command.of(
                      "timesource",
                      Option.value("--ntp-server"),
                      Option.value("--ntp-pool"),
                      flag("--ntp-disable"),
                      flag("--nts"))
                  .where(exactlyOne("--ntp-server", "--ntp-pool", "--ntp-disable")),
              Command.of(
                      "rootpw",
                      flag("--iscrypted"),
                      flag("--plaintext"),
                      flag("--lock"),
                      flag("--allow-ssh"))
                  .takes(MAYBE_ONE)
                  .where(Installation.PASSWORD_UNLESS_LOCKED),
              Command.of(
                  "user",
                  Option.value("--name").needed(),
                  Option.value("--groups"),
                  Option.value("--homedir"),
                  flag("--iscrypted"),
                  flag("--plaintext"),
                  flag("--lock"),
                  Option.value("--password"),
                  Option.value("--shell"),
                  integer("--uid"),
                  integer("--gid"),
                  Option.value("--gecos")),
              Command.of("group", Option.value("--name").needed(), integer("--gid")),
              Command.of("sshkey", Option.value("--username").needed()).takes(ONE),
              Command.free("authselect"),
              Command.free("auth").deprecated(USE_SYSTEM_TOOL),
              Command.free("authconfig").deprecated(USE_SYSTEM_TOOL),
              Command.free("realm").where(Installation.REALM),
              Command.of("selinux", flag("--disabled"), flag("--enforcing"), flag("--permissive")),
              Command.of(
                  "firewall",
                  flag("--disable", "--disabled"),
                  flag("--enable", "--enabled"),
                  flag("--ftp"),
                  flag("--http"),
                  flag("--smtp"),
                  flag("--ssh"),
                  Option.value("--port"),
                  Option.value("--trust"),
                  Option.value("--service"),
                  Option.value("--remove-service"),
                  flag("--use-system-defaults")),
              Command.of("services", Option.list("--disabled"), Option.list("--enabled"))
                  .remembering("--disabled", "--enabled")
                  .where(Installation.SOME_SERVICES),
              Command.of(
                  "firstboot",
                  flag("--disable", "--disabled"),
                  flag("--enable", "--enabled"),
                  flag("--reconfig")),
              Command.of("skipx"),
              Command.of("xconfig", Option.value("--defaultdesktop"), flag("--startxonboot")),

              // ---- networks
              Command.of(
                      "network",
                      choice("--bootproto", "dhcp", "bootp", "static", "query", "ibft"),
                      Option.value("--dhcpclass"),
                      Option.value("--device"),
                      Option.value("--essid"),
                      Option.value("--ethtool"),
                      Option.value("--gateway"),
                      Option.value("--hostname"),
                      Option.value("--ip"),
                      Option.value("--mtu"),
                      Option.value("--nameserver"),
                      Option.value("--netmask"),
                      flag("--nodns"),
                      Option.value("--onboot").typed(Option.Type.BOOLEAN),
                      Option.value("--wepkey"),
                      flag("--notksdevice"),
                      flag("--noipv4"),
                      flag("--noipv6"),
                      Option.value("--ipv6"),
                      flag("--activate"),
                      flag("--no-activate"),
                      flag("--nodefroute"),
                      Option.value("--wpakey"),
                      Option.value("--bondslaves"),
                      Option.value("--bondopts"),
                      Option.value("--vlanid"),
                      Option.value("--ipv6gateway"),
                      Option.value("--teamslaves"),
                      Option.value("--teamconfig"),
                      Option.value("--interfacename"),
                      Option.value("--bridgeslaves"),
                      Option.value("--bridgeopts"),
                      choice("--bindto", "mac"),
                      Option.value("--ipv4-dns-search"),
                      Option.value("--ipv6-dns-search"),
                      flag("--ipv4-ignore-auto-dns"),
                      flag("--ipv6-ignore-auto-dns"))
                  .where(
                      needs("--bridgeopts", "--bridgeslaves"),
                      Networks.BRIDGE_OPTIONS,
                      Networks.BIND_TO_MAC,
                      needs("--ipv4-dns-search", "--device"),
                      needs("--ipv6-dns-search", "--device"),
                      needs("--ipv4-ignore-auto-dns", "--device"),
                      needs("--ipv6-ignore-auto-dns", "--device")),
              Command.of(
                  "iscsi",
                  Option.value("--target"),
                  Option.value("--ipaddr").needed(),
                  integer("--port"),
                  Option.value("--user"),
                  Option.value("--password"),
                  Option.value("--reverse-user"),
                  Option.value("--reverse-password"),
                  Option.value("--iface")),
              Command.of("iscsiname").takes(ONE),
              Command.of("fcoe", Option.value("--nic").needed(), flag("--dcb"), flag("--autovlan")),
              Command.of(
                      "zfcp",
                      Option.value("--devnum").needed(),
                      Option.value("--fcplun"),
                      Option.value("--wwpn"))
                  .where(needs("--fcplun", "--wwpn"), needs("--wwpn", "--fcplun")),
              Command.of(
                      "nvdimm",
                      Option.value("--namespace"),
                      Option.list("--blockdevs"),
                      choice("--mode", "sector"),
                      integer("--sectorsize"))
                  .takes(ONE)
                  .where(Storage.NVDIMM),

              // ---- disks
              Command.of("zerombr"),
              Command.of("zipl", flag("--secure-boot"), flag("--force-secure-boot"))
                  .with(flag("--no-secure-boot")),
              Command.of("ignoredisk", Option.list("--drives"), Option.list("--only-use"))
                  .remembering("--drives", "--only-use")
                  .where(exactlyOne("--drives", "--only-use")),
              Command.of(
                  "clearpart",
                  flag("--all"),
                  Option.value("--drives"),
                  flag("--initlabel"),
                  flag("--linux"),
                  flag("--none"),
                  Option.value("--list"),
                  Option.value("--disklabel"),
                  flag("--cdl")),
              Command.of(
                      "bootloader",
                      Option.value("--append"),
                      choice("--location", "mbr", "partition", "none", "boot"),
                      Option.value("--password"),
                      Option.value("--md5pass"),
                      Option.value("--driveorder"),
                      integer("--timeout"),
                      Option.value("--default"),
                      flag("--iscrypted"),
                      Option.value("--boot-drive"),
                      flag("--leavebootorder"),
                      flag("--extlinux"),
                      flag("--disabled"),
                      flag("--nombr"))
                  .where(
                      value(
                          "--boot-drive",
                          drive -> drive.indexOf(',') < 0,
                          "takes one drive",
                          "name the one that the firmware boots")),
              Command.of(
                      "autopart",
                      flag("--nolvm"),
                      choice("--type", "lvm", "plain", "partition", "thinp").inAnyCase(),
                      Option.value("--fstype"),
                      flag("--nohome"),
                      flag("--noboot"),
                      flag("--noswap"))
                  .with(ENCRYPTION)
                  .notAfter("part", "partition", "raid", "volgroup", "logvol", "mount", "reqpart")
                  .where(Storage.ONE_COST_OF_A_KEY, Storage.NO_BTRFS),
              Command.of("reqpart", flag("--add-boot")).notAfter("autopart", "mount"),
              PART,
              PART.named("partition"),
              Command.of(
                      "raid",
                      Option.value("--device").needed(),
                      Option.value("--fstype"),
                      choice(
                              "--level", "raid0", "0", "raid1", "1", "raid4", "4", "raid5", "5",
                              "raid6", "6", "raid10", "10")
                          .inAnyCase(),
                      flag("--noformat"),
                      integer("--spares"),
                      flag("--useexisting"),
                      Option.value("--fsoptions"),
                      Option.value("--fsprofile"),
                      Option.value("--label"),
                      Option.value("--mkfsoptions"),
                      integer("--chunksize"))
                  .with(ENCRYPTION)
                  .takes(ONE, ANY)
                  .collecting()
                  .notAfter("autopart", "mount")
                  .where(
                      Storage.RAID,
                      atMostOne("--noformat", "--mkfsoptions"),
                      atMostOne("--fsprofile", "--mkfsoptions"),
                      Storage.ONE_COST_OF_A_KEY,
                      Storage.NO_BTRFS),
              Command.of(
                      "volgroup",
                      flag("--noformat"),
                      integer("--pesize"),
                      flag("--useexisting"),
                      integer("--reserved-space"),
                      integer("--reserved-percent"))
                  .takes(ANY, ANY)
                  .collecting()
                  .notAfter("autopart", "mount")
                  .where(Storage.VOLGROUP),
              Command.of(
                      "logvol",
                      Option.value("--fstype"),
                      flag("--grow"),
                      integer("--maxsize"),
                      Option.value("--name").needed(),
                      flag("--noformat"),
                      integer("--percent"),
                      flag("--recommended"),
                      integer("--size"),
                      flag("--useexisting"),
                      Option.value("--vgname").needed(),
                      Option.value("--fsoptions"),
                      Option.value("--fsprofile"),
                      Option.value("--label"),
                      flag("--resize"),
                      flag("--hibernation"),
                      flag("--thinpool"),
                      flag("--thin"),
                      Option.value("--poolname"),
                      integer("--chunksize"),
                      integer("--metadatasize"),
                      Option.value("--profile"),
                      integer("--cachesize"),
                      Option.value("--cachemode"),
                      Option.list("--cachepvs"),
                      Option.value("--mkfsoptions"))
                  .with(ENCRYPTION)
                  .takes(ONE)
                  .notAfter("autopart", "mount")
                  .where(
                      atMostOne("--thin", "--thinpool"),
                      needs("--thin", "--poolname"),
                      Storage.LOGVOL,
                      atMostOne("--noformat", "--mkfsoptions"),
                      atMostOne("--fsprofile", "--mkfsoptions"),
                      Storage.ONE_COST_OF_A_KEY,
                      Storage.NO_BTRFS),
              Command.of(
                      "mount",
                      maybeValue("--reformat"),
                      Option.value("--mkfsoptions"),
                      Option.value("--mountoptions"))
                  .takes(ONE, ONE)
                  .notAfter(
                      "autopart", "part", "partition", "raid", "volgroup", "logvol", "reqpart")
                  .where(Storage.MOUNT),
              Command.of(
                      "snapshot",
                      Option.value("--name").needed(),
                      choice("--when", "post-install", "pre-install").inAnyCase().needed())
                  .takes(ANY)
                  .where(Storage.SNAPSHOT),

              // ---- gone
              Command.deprecated("autostep", "leave it out"),
              Command.deprecated("btrfs", "use part, or logvol, with xfs or ext4"),
              Command.deprecated("method", "use url, nfs, cdrom or harddrive"),
              Command.removed("install", "leave it out: url, nfs, cdrom or harddrive are enough"),
              Command.removed("device", "leave it out: drivers are found by the kernel"),
              Command.removed("deviceprobe", "leave it out"),
              Command.removed("dmraid", "leave it out"),
              Command.removed("multipath", "leave it out: multipath is found by itself")),
          List.of(
              Section.packages(
                  flag("--excludedocs"),
                  flag("--ignoremissing"),
                  flag("--default"),
                  Option.value("--inst-langs"),
                  Option.value("--instLangs").deprecated("write --inst-langs"),
                  flag("--multilib"),
                  flag("--nocore"),
                  integer("--timeout"),
                  integer("--retries"),
                  flag("--exclude-weakdeps"),
                  flag("--excludeWeakdeps").deprecated("write --exclude-weakdeps")),
              Section.script("%pre"),
              Section.script("%pre-install"),
              Section.script("%post", flag("--nochroot")),
              Section.script("%onerror"),
              Section.script("%traceback").deprecated("write %onerror"),
              Section.opaque("%addon"),
              Section.opaque("%anaconda"),
              new Section(
                  "%certificate",
                  Section.Kind.CERTIFICATE,
                  Command.of(
                      "%certificate",
                      Option.value("--filename").needed(), Option.value("--dir").needed()))));

  private Rocky9() {}
}
