#!/usr/bin/env bash
# Makes the root file system that stands where a node's Rocky Linux is, for tests of its first boot.
#
# usage: src/noderoot/build.sh DIR     for example: build.sh target/noderoot/root
#
# It is Debian 12, whose MariaDB is 10.11 as on a management node, with systemd, NetworkManager,
# firewalld, dnf and what else src/noderoot/packages lists: real programs, that systemd-nspawn boots
# in a second. It is no Rocky: RPMs of CloudStack are played by doubles that the tests bring along.
# Needs root and, the first time, the network: two minutes. Does nothing when DIR is up to date.
# Nobody writes into DIR; a test boots an overlay over it.
set -euo pipefail
umask 022
export LC_ALL=C DEBIAN_FRONTEND=noninteractive PATH=$PATH:/usr/sbin:/sbin

readonly SUITE=bookworm
# where this host gets its own packages from, if it is a Debian
# shellcheck disable=SC2016 # apt-get expands it
mirror=${BARESTACK_DEBIAN_MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 2>/dev/null |
  grep -v security | sed -n 1p || true)}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

fail() {
  printf 'node root: %s\n' "$@" >&2
  exit 1
}

(($# == 1)) || fail "usage: build.sh DIR"
root=$1
stamp=$root/.noderoot
[[ $(id -u) == 0 ]] || fail "this needs root"
type -P debootstrap >/dev/null || fail "debootstrap is missing: apt-get install debootstrap"
[[ -n $mirror ]] || fail "this host is no Debian: name a mirror of Debian in BARESTACK_DEBIAN_MIRROR"
type -P systemd-nspawn >/dev/null || fail "systemd-nspawn is missing: apt-get install systemd-container"

inputs=$(cat "$here/build.sh" "$here/packages" | sha256sum | cut -d ' ' -f 1)
mkdir -p "$(dirname "$root")"
exec 9>"$(dirname "$root")/.noderoot.lock"
flock 9 # two tests may come at once
if [[ -f $stamp ]]; then
  [[ $(<"$stamp") != "$inputs" ]] || exit 0
elif [[ -e $root ]]; then
  fail "$root exists and is no node root: choose another folder, or remove it"
fi

work=$(mktemp -d "$(dirname "$root")/.noderoot-build.XXXXXX")
# What debootstrap mounts there stays when it is cut off.
clean() {
  awk -v below="$work/" 'index($2, below) == 1 { print $2 }' /proc/mounts | sort -r | xargs -r umount
  rm -rf --one-file-system "$work"
}
trap clean EXIT
log=$work/build.log
new=$work/root
inside() { chroot "$new" "$@" >>"$log" 2>&1 || fail "$* failed:" "$(tail -n 20 "$log")"; }

# Bare first, the rest by apt: debootstrap resolves no virtual packages, and would leave what needs
# them unpacked but not set up.
debootstrap --variant=minbase "$SUITE" "$new" "$mirror" >>"$log" 2>&1 ||
  fail "debootstrap failed:" "$(tail -n 20 "$log")"
chmod 755 "$new"
# Nothing starts while packages are installed: this is no running system.
printf '#!/bin/sh\nexit 101\n' >"$new/usr/sbin/policy-rc.d"
chmod 755 "$new/usr/sbin/policy-rc.d"
mapfile -t packages < <(grep -v '^#' "$here/packages")
inside apt-get -q -y install --no-install-recommends "${packages[@]}"
inside apt-get clean
rm -rf "$new"/var/lib/apt/lists/* "$new"/usr/share/{doc,man,info}/* "$new/usr/sbin/policy-rc.d"

# As on a fresh node: no machine id, no host keys, and services on only where a step says so.
: >"$new/etc/machine-id"
rm -f "$new"/etc/ssh/ssh_host_* "$new/var/lib/dbus/machine-id"
for unit in mariadb firewalld chrony ssh NetworkManager nfs-server rpcbind libvirtd libvirt-guests \
  nfs-client.target networking nftables cloud-init cloud-init-local cloud-config cloud-final; do
  chroot "$new" systemctl disable "$unit" >>"$log" 2>&1 || true
done
printf '%s\n' "$inputs" >"$new/.noderoot"

rm -rf "$root"
mv "$new" "$root"
echo "node root: $root ($(du -sh "$root" | cut -f 1), Debian $SUITE)"
