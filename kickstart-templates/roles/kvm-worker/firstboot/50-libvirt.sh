#!/usr/bin/bash
# CloudStack wants the one libvirtd, started at boot and listening by itself, instead of a daemon for
# each driver that systemd's sockets start. Its setup program masks some of these units but stops
# none, and one that still runs keeps libvirtd from its socket.
#
# Values are preset, not kept: what the file already says stays, since CloudStack rewrites some of
# them when it adds the host (TLS with the certificates that it makes then), and would rewrite them
# again.
set -euo pipefail

fail() {
  echo "$1" >&2
  exit 1
}

# While it is there, libvirtd may run with what is no longer in its files.
restart=/var/lib/barestack/restart-libvirtd
mkdir -p "${restart%/*}"

# A file is replaced whole, with its mode, from standard input.
replace() { # FILE
  : >"$restart"
  if [[ -e $1 ]]; then cp --preserve=all "$1" "$1.new"; fi
  cat >"$1.new"
  sync "$1.new"
  mv "$1.new" "$1"
}

preset() { # FILE KEY VALUE
  if ! grep -E -q "^[[:space:]]*$2[[:space:]]*=" "$1"; then
    sed -n p "$1" | cat - <(printf '%s = %s\n' "$2" "$3") | replace "$1"
  fi
}

for file in /etc/libvirt/libvirtd.conf /etc/libvirt/qemu.conf; do
  [[ -e $file ]] || fail "there is no $file: is libvirt installed?"
done

# Until CloudStack has made certificates nobody connects from outside.
preset /etc/libvirt/libvirtd.conf listen_tls 0
preset /etc/libvirt/libvirtd.conf listen_tcp 0
preset /etc/libvirt/libvirtd.conf tls_port '"16514"'
preset /etc/libvirt/libvirtd.conf tcp_port '"16509"'
preset /etc/libvirt/libvirtd.conf auth_tcp '"none"'
preset /etc/libvirt/libvirtd.conf mdns_adv 0
# The agent runs guests as root, and hands them files that no label fits. vnc_tls waits for CloudStack:
# without its certificates no guest would start.
preset /etc/libvirt/qemu.conf security_driver '"none"'
preset /etc/libvirt/qemu.conf user '"root"'
preset /etc/libvirt/qemu.conf group '"root"'
preset /etc/libvirt/qemu.conf vnc_listen '"0.0.0.0"'

# Clients ask libvirtd, not the daemons.
touch -a /etc/libvirt/libvirt.conf
preset /etc/libvirt/libvirt.conf remote_mode '"legacy"'

# Without it libvirtd does not listen, and by its unit's default ends after two idle minutes.
# CloudStack writes -l.
mkdir -p /etc/sysconfig
touch -a /etc/sysconfig/libvirtd
if ! grep -E -q '^LIBVIRTD_ARGS=.*(-l|--listen)\b' /etc/sysconfig/libvirtd; then
  sed '/^LIBVIRTD_ARGS=/d' /etc/sysconfig/libvirtd | cat - <(echo 'LIBVIRTD_ARGS="--listen"') |
    replace /etc/sysconfig/libvirtd
fi

units=(libvirtd{,-ro,-admin,-tls,-tcp}.socket virtproxyd-{tls,tcp}.socket)
for daemon in qemu network storage nodedev secret interface nwfilter proxy; do
  units+=("virt${daemon}d"{.socket,-ro.socket,-admin.socket,.service})
done
for unit in "${units[@]}"; do
  if [[ $(systemctl is-enabled "$unit" 2>/dev/null || true) != masked ]]; then
    # also one that is not there: a package may bring it
    said=$(systemctl mask "$unit" 2>&1) || fail "cannot mask $unit: $said"
  fi
  if systemctl is-active --quiet "$unit"; then
    # systemd takes the socket away from under a libvirtd that got it from there
    : >"$restart"
    systemctl stop "$unit"
  fi
done

# Only one that systemd calls masked must not be asked for, so no unit's Also= is followed.
if [[ $(systemctl is-enabled libvirtd.service 2>/dev/null || true) != enabled ]]; then
  systemctl enable --quiet libvirtd.service
fi
if [[ -e $restart ]]; then
  systemctl restart libvirtd.service || fail "libvirtd does not start: see journalctl -u libvirtd"
elif ! systemctl is-active --quiet libvirtd.service; then
  systemctl start libvirtd.service || fail "libvirtd does not start: see journalctl -u libvirtd"
fi
timeout 60 virsh --quiet --connect qemu:///system uri >/dev/null ||
  fail "libvirtd runs but does not answer: see journalctl -u libvirtd"
rm -f "$restart"
