package org.barestack.cloud;

import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.barestack.cloud.CloudException.Fault;

/**
 * What is known to go wrong: one row a trouble, from the particular to the general. In causes and
 * remedies {@code {manager}} and {@code {node}} stand for the names of nodes.
 */
final class Troubles {
  private static final String AGAIN = "then barestack cloud apply goes on";

  private Troubles() {}

  /** One of them. */
  record Row(String name, Predicate<Seen> shows, String cause, String remedy) {}

  static final List<Row> TABLE =
      List.of(
          // ---- adding a host
          new Row(
              "virtualization-off",
              refused("does not have KVM enabled").or(step("05-virtualization")),
              "{node} has no /dev/kvm: virtualisation is switched off in its firmware, or it is a"
                  + " virtual machine without nesting",
              "switch on VT-x or SVM in its BIOS setup and restart it; the step 05-virtualization"
                  + " says what is missing: barestack logs {node} firstboot-05-virtualization.log; "
                  + AGAIN),
          new Row(
              "manager-key-refused",
              refused("Authentication error with ssh private key|Password authentication failed")
                  .or(step("60-manager-key")),
              "{node} does not let the management server in as root: the step 60-manager-key has"
                  + " not put the site's key there, or the management server logs in with another"
                  + " key",
              "barestack events {node} shows whether 60-manager-key is done. If it is, compare"
                  + " /var/cloudstack/management/.ssh/id_rsa.pub on {manager} with manager_ssh_key"
                  + " in secrets.pub.yaml; reinstall the node that has not the site's"),
          new Row(
              "ssh-not-reached",
              refused("There was a problem while connecting to"),
              "{manager} does not reach port 22 of {node}: it is off or has another address, or the"
                  + " rules of 65-isolation name another management node",
              "barestack status; on {node}: nft list table inet barestack; if the management"
                  + " node's address has changed: barestack reinstall {node}"),
          new Row(
              "uplink",
              refused("Incorrect Network setup on agent|Missing bridge/device|Can not find network")
                  .or(step("40-bridges"))
                  .or(step("20-network-up")),
              "a bridge of {node} is missing, has no link, or lies on a device that CloudStack's"
                  + " agent takes for no uplink, as of its name",
              "barestack logs {node} firstboot-40-bridges.log says which; correct nics, links or"
                  + " bridges in site.yaml, or give the node kernel_args [net.ifnames=0], then"
                  + " barestack reinstall {node}"),
          new Row(
              "agent-never-connects",
              refused("Cannot find the server resources at http"),
              "CloudStack set {node} up by SSH and its agent did not come to port 8250 of {manager}"
                  + " in five minutes: the setting 'host' is wrong, 8250 is closed, a bridge is"
                  + " missing, or cloudstack-setup-agent failed and told nobody",
              "on {node}: /var/log/cloudstack/agent/setup.log, then agent.log; nc -vz from there to"
                  + " the address in 'host', port 8250 (45-protection opens it on {manager});"
                  + " bridges are those of 40-bridges; "
                  + AGAIN),
          new Row(
              "host-known-already",
              refused("already in the database"),
              "CloudStack knows a host with the address or the identity of {node} already",
              "barestack cloud plan shows it; if it is a dead one: barestack teardown {node}, then"
                  + " barestack cloud apply"),
          new Row(
              "no-host-up",
              refused("No host up to associate"),
              "no host of the zone is up, and storage of a cluster or system VMs need one",
              "barestack cloud plan shows the hosts and why they are not up; barestack status shows"
                  + " which workers are configured"),
          new Row(
              "host-not-up",
              seen(Seen.HostNotUp.class, _ -> true),
              "CloudStack's agent on {node} is not connected to {manager}: the machine is off, the"
                  + " agent stopped, or the way to port 8250 is closed",
              "barestack status; on {node}: systemctl status cloudstack-agent and"
                  + " /var/log/cloudstack/agent/agent.log; barestack cloud apply adds again what"
                  + " was lost"),
          // whatever the call was, by what its words are about
          new Row(
              "libvirt",
              refused("(?i)libvirt|virtqemud").or(step("50-libvirt")),
              "libvirtd of {node} does not run or does not listen: a daemon or socket that should"
                  + " be masked has its place",
              "on {node}: systemctl status libvirtd 'virt*', journalctl -u libvirtd; only libvirtd"
                  + " may run, as the step 50-libvirt leaves it. If that step failed: barestack"
                  + " logs {node} firstboot-50-libvirt.log; "
                  + AGAIN),
          new Row(
              "selinux",
              refused("(?i)selinux|avc: +denied").or(words("(?i)selinux|setenforce|avc: +denied")),
              "SELinux enforces on {node} and denies CloudStack's agent or QEMU what they need; on"
                  + " workers the step 45-packages makes it permissive",
              "on {node}: getenforce, ausearch -m avc; barestack logs {node}"
                  + " firstboot-45-packages.log. Whoever switched it back (a step of the site?)"
                  + " must leave it permissive on workers"),
          new Row(
              "firewall",
              words("(?i)firewalld|nft ").or(step("65-isolation")).or(step("45-protection")),
              "another firewall than Barestack's is at work on {node}: firewalld, which the step"
                  + " 45-packages masks on workers since it replaces CloudStack's rules, or rules"
                  + " that nft does not take",
              "on a worker: systemctl is-enabled firewalld must say masked, and nft list table inet"
                  + " barestack must show our rules (65-isolation); on {manager}: firewall-cmd"
                  + " --list-all must show the zone barestack (45-protection)"),
          // ---- system VMs, templates
          new Row(
              "template-missing",
              seen(Seen.TemplateMissing.class, _ -> true)
                  .or(seen(Seen.SystemVmNotRunning.class, vm -> !vm.around().templateReady())),
              "CloudStack has no system VM template: it takes an image store also when it could not"
                  + " mount it or could not copy the template there, and says so only in its log",
              "barestack logs {manager} firstboot-80-system-vm-template.log, and on {manager}"
                  + " 'Failed to register system VM template' in"
                  + " /var/log/cloudstack/management/management-server.log. With the share mounted"
                  + " there, cloud-install-sys-tmplt puts it in place; a new image store needs"
                  + " barestack cloud destroy, then barestack cloud apply"),
          new Row(
              "template-step",
              step("80-system-vm-template").or(step("65-storage")),
              "the system VM template cannot be put on secondary storage: it is not exported to"
                  + " {manager}, or the template cannot be had",
              "barestack logs {manager} firstboot-80-system-vm-template.log; export the share to"
                  + " {manager} with no_root_squash, or name cloudstack.system_vm_template in"
                  + " site.yaml; the step tries again by itself"),
          new Row(
              "zone-disabled",
              seen(Seen.SystemVmNotRunning.class, vm -> !vm.around().zoneEnabled()),
              "the zone is disabled, so CloudStack starts no system VMs",
              "barestack cloud apply enables it last, after all else went well; what it says before"
                  + " that is the reason"),
          new Row(
              "no-primary-storage",
              seen(Seen.SystemVmNotRunning.class, vm -> !vm.around().primaryUp()),
              "there is no primary storage that is up, where disks of system VMs would lie",
              "barestack cloud plan shows it; the share of storage.primary must be exported to"
                  + " every worker: showmount -e its server, from a worker"),
          new Row(
              "no-host-for-system-vms",
              seen(Seen.SystemVmNotRunning.class, vm -> !vm.around().hostUp()),
              "no host is up on which system VMs could run",
              "barestack cloud plan shows the hosts and why they are not up; barestack status shows"
                  + " which workers are configured"),
          new Row(
              "system-vms-not-running",
              seen(Seen.SystemVmNotRunning.class, _ -> true),
              "template, storage, hosts and zone are there: so no address is free in"
                  + " networks.management.system_vms or networks.public.range, the hosts are full,"
                  + " or it just takes its time",
              "barestack validate checks the ranges; 'Insufficient' in"
                  + " /var/log/cloudstack/management/management-server.log on {manager} says what"
                  + " is used up"),
          new Row(
              "capacity",
              refused("(?i)insufficient.*capacity|unable to (find|allocate).*(host|address)"),
              "CloudStack has no room: no host with enough memory and processors, or no free"
                  + " address",
              "barestack cloud plan shows the hosts; more workers, or wider ranges in networks of"
                  + " site.yaml"),
          new Row(
              "system-vm-agent",
              seen(Seen.SystemVmAgentNotUp.class, _ -> true)
                  .or(seen(Seen.TemplateNotReady.class, _ -> true)),
              "the system VM for secondary storage cannot work: the setting 'host' or"
                  + " management.network.cidr is wrong, its DNS does not answer, or it does not"
                  + " reach secondary storage by NFS",
              "barestack cloud plan compares both settings; secondary storage must be exported to"
                  + " networks.management.system_vms. From a worker: ssh -i"
                  + " /root/.ssh/id_rsa.cloud -p 3922 ADDRESS, then"
                  + " /usr/local/cloud/systemvm/ssvm-check.sh"),
          // ---- the management server
          new Row(
              "never-up",
              (Seen seen) ->
                  seen instanceof Seen.Failed(Fault.Starting _)
                      || step("70-management-server").test(seen),
              "the management server is starting, or its start failed: then it lives on and answers"
                  + " 503 for ever",
              "a first start takes some minutes. After that: barestack logs {manager}"
                  + " firstboot-70-management-server.log, and on {manager} the first ' ERROR ' in"
                  + " /var/log/cloudstack/management/management-server.log (no sudo, a folder that"
                  + " user cloud cannot write, the database), then systemctl restart"
                  + " cloudstack-management"),
          new Row(
              "cloud-gone",
              seen(Seen.ZoneGone.class, _ -> true).or(step("55-database")),
              "somebody deleted it (barestack cloud destroy), or CloudStack's databases are not"
                  + " those of before: made anew, for example by cloudstack-setup-databases, which"
                  + " drops what is there before 4.21. The step 55-database never touches databases"
                  + " that are whole",
              "if it was deleted: barestack cloud apply makes it again. If not, that would make an"
                  + " empty cloud: barestack rebuild {manager} --restore FILE brings the last"
                  + " backup back; barestack logs {manager} firstboot-55-database.log says what the"
                  + " step found"),
          new Row(
              "host-name",
              words("hostname --fqdn|Unable to determine.*host ?name").or(step("10-hosts-check")),
              "{node} does not know its own full name, or localhost is not 127.0.0.1: CloudStack's"
                  + " setup programs refuse that, or write it into certificates",
              "on {node}: hostname --fqdn, /etc/hosts; the step 10-hosts-check compares them with"
                  + " site.yaml: barestack logs {node} firstboot-10-hosts-check.log"),
          new Row(
              "clocks",
              words("(?i)clock|certificate.*(expired|not yet valid)|not yet valid.*certificate")
                  .or(step("25-time-in-sync")),
              "clocks differ: certificates and signed calls are good for a time only",
              "chronyc tracking on this machine, on {manager} and on {node}; correct time.ntp in"
                  + " site.yaml; the step 25-time-in-sync waits for it at the first boot: barestack"
                  + " logs {node} firstboot-25-time-in-sync.log"),
          new Row(
              "wrong-password",
              (Seen seen) ->
                  seen instanceof Seen.Failed(Fault.Refused(Call call, int _, String _))
                      && call.command().equals("login"),
              "CloudStack's admin has another password than the site's secret admin-password",
              "barestack secrets apply admin-password; if somebody changed it in CloudStack, set it"
                  + " there to what barestack secrets show admin-password says"),
          new Row(
              "not-verified",
              (Seen seen) ->
                  seen instanceof Seen.Failed(Fault.Refused(Call _, int code, String _))
                      && code == 401,
              "CloudStack does not take admin's keys, also after a new login: somebody makes new"
                  + " keys all the time, or this CloudStack does not know the command",
              "cloudstack.version must be that of the packages on {manager}: rpm -q"
                  + " cloudstack-management; nobody else may rotate admin's API keys"),
          new Row(
              "foreign-certificate",
              (Seen seen) ->
                  seen instanceof Seen.Failed(Fault.Unexpected(Call _, String reason))
                      && reason.contains("certificate of"),
              "who answers at {manager}'s address has no certificate of this site's authority for"
                  + " it: it is another machine, or was installed with other secrets or another"
                  + " address",
              "is it {manager}? barestack status. After a new ca-key or address:"
                  + " barestack reinstall {manager}"),
          new Row(
              "not-cloudstack",
              (Seen seen) -> seen instanceof Seen.Failed(Fault.Unexpected _),
              "somebody answers in CloudStack's place, such as a proxy, or CloudStack in a form"
                  + " that is not known",
              "curl -k the address from here and look who answers; on {manager}: systemctl status"
                  + " cloudstack-management"),
          new Row(
              "not-reached",
              (Seen seen) -> seen instanceof Seen.Failed(Fault.NotReached _),
              "{manager} is off, in its installer, or not reached from here; or the call took"
                  + " longer than it may",
              "barestack status; port 8443 must be open from here; barestack cloud apply"
                  + " goes on where it stopped"),
          // ---- networks and storage
          new Row(
              "two-physical-networks",
              seen(Seen.AnotherPhysicalNetwork.class, _ -> true)
                  .or(refused("more than 1 physical network without tags"))
                  .or(refused("already has a physical network with this traffic type")),
              "the zone has two physical networks: createPhysicalNetwork was made twice, and"
                  + " CloudStack makes a second one without a word",
              "barestack cloud plan names them; with the zone disabled, delete the one without"
                  + " traffic types (cmk delete physicalnetwork id=ID), "
                  + AGAIN),
          new Row(
              "vlan-taken",
              refused("already being used for dynamic vlan allocation|Vnet range has to be"),
              "VLANs of the site collide: the public one lies in the range of guests, or a range is"
                  + " none",
              "correct networks.guest.vlans or networks.public.vlan in site.yaml; barestack"
                  + " validate"),
          new Row(
              "ranges-overlap",
              refused(
                  "overlap|conflicts with the subnet of pod|not in the CIDR subnet|Ips are in use"),
              "a range of addresses lies in another one that CloudStack has, or is in use",
              "barestack validate checks those of the site; barestack cloud plan shows those that"
                  + " CloudStack has beside them"),
          new Row(
              "storage-taken",
              refused("already in use by another pod|image store with name .* already exists"),
              "that share or name belongs to storage that CloudStack knows already",
              "barestack cloud plan shows it; name another share in storage of site.yaml, or remove"
                  + " the old one by barestack cloud destroy"),
          new Row(
              "there-already",
              refused(
                  "already exists|already supports the traffic type|Unable to create cluster"
                      + "|more than one Guest network|already existing in this basic Zone"),
              "somebody else made it in the meantime: another apply, or a person in the web UI; or"
                  + " there is another thing of that name",
              "barestack cloud plan shows what is there; then barestack cloud apply goes on with"
                  + " it"),
          new Row(
              "still-in-use",
              refused(
                  "still has hosts|addresses? allocated|not in [Mm]aintenance|there are .* in"
                      + " th(is|e) zone|cannot be removed"),
              "something in it is still there, or is coming back because the zone is enabled",
              "barestack cloud destroy takes all away in the order that CloudStack wants, and goes"
                  + " on where it was cut off; a single worker goes by barestack teardown {node}"),
          new Row(
              "zone-incomplete",
              refused("Cannot enable this Zone since|Provider is not ready"),
              "a part of the zone that comes before is missing or not enabled",
              "barestack cloud plan shows which; barestack cloud apply makes it"),
          new Row(
              "setting-unknown",
              refused("Config parameter with name"),
              "this CloudStack does not know a setting that 4.22 has",
              "cloudstack.version must be that of the packages on {manager}: rpm -q"
                  + " cloudstack-management"),
          new Row(
              "zone-enabled",
              refused("Zone is currently enabled"),
              "physical networks are made only while the zone is disabled",
              "disable the zone, then barestack cloud apply, which enables it at the end"),
          new Row(
              "another-step",
              seen(Seen.Step.class, _ -> true),
              "a step of the first boot fails; it is tried again every 30 seconds",
              "barestack logs {node}, and docs/roles-and-steps.md says what the step does"),
          new Row(
              "unknown",
              _ -> true,
              "CloudStack's own words are all that is known of it",
              "/var/log/cloudstack/management/management-server.log on {manager} has more, at the"
                  + " same time; what the call changes can be tried again by barestack cloud"
                  + " apply"));

  private static Predicate<Seen> refused(String pattern) {
    Pattern compiled = Pattern.compile(pattern);
    return seen ->
        seen instanceof Seen.Failed(Fault.Refused(Call _, int _, String text))
            && compiled.matcher(text).find();
  }

  /** Whatever it is: words of CloudStack, of who answered, or of a step. */
  private static Predicate<Seen> words(String pattern) {
    Pattern compiled = Pattern.compile(pattern);
    return seen ->
        switch (seen) {
          case Seen.Failed(Fault.Refused(Call _, int _, String text)) ->
              compiled.matcher(text).find();
          case Seen.Failed(Fault.Unexpected(Call _, String text)) -> compiled.matcher(text).find();
          case Seen.Step(String _, String text) -> compiled.matcher(text).find();
          default -> false;
        };
  }

  private static Predicate<Seen> step(String name) {
    return seen -> seen instanceof Seen.Step(String step, String _) && step.equals(name);
  }

  private static <T extends Seen> Predicate<Seen> seen(Class<T> type, Predicate<T> more) {
    return seen -> type.isInstance(seen) && more.test(type.cast(seen));
  }
}
