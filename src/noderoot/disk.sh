#!/usr/bin/env bash
# Makes a machine for QEMU of a node root: its disk, and an initramfs for the kernel that it has.
#
# usage: src/noderoot/disk.sh ROOT DIR     for example: disk.sh target/noderoot/root target/noderoot/disk
#
# DIR gets disk.img (ext4 without a partition table, sparse, 1 GiB on the host), initrd.gz and vmlinuz.
# The machine must be of QEMU's type "pc", with the disk on virtio and a CD drive on IDE: cloud-init
# decides before udev starts whether there is a seed for it, so both drives are waited for.
# cloud-init is switched on, as in an image for clouds.
# Does nothing when DIR is up to date. Nobody writes into disk.img; a test boots a copy.
set -euo pipefail
umask 022
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin

fail() {
  printf 'node disk: %s\n' "$@" >&2
  exit 1
}

(($# == 2)) || fail "usage: disk.sh ROOT DIR"
root=$1 out=$2
[[ $(id -u) == 0 ]] || fail "this needs root"
[[ -f $root/.noderoot ]] || fail "$root is no node root: src/noderoot/build.sh $root"
for need in busybox:busybox-static cpio:cpio mkfs.ext4:e2fsprogs debugfs:e2fsprogs modprobe:kmod; do
  type -P "${need%:*}" >/dev/null || fail "${need%:*} is missing: apt-get install ${need#*:}"
done

exec 9>"$out.lock"
flock 9 # two tests may come at once
inputs=$(cat "${BASH_SOURCE[0]}" "$root/.noderoot" | sha256sum | cut -d ' ' -f 1)
[[ ! -f $out/.stamp || $(<"$out/.stamp") != "$inputs" ]] || exit 0
rm -rf "$out"
work=$(mktemp -d "$out.XXXXXX")
trap 'rm -rf "$work"' EXIT

kernels=("$root"/boot/vmlinuz-*)
kernel=${kernels[0]}
version=${kernel##*/vmlinuz-}
cp "$kernel" "$work/vmlinuz"

# The package's own initramfs has modules for all machines, and an emulated one takes long to unpack it.
initrd=$work/initrd
mkdir -p "$initrd"/{bin,dev,disk,modules}
cp "$(type -P busybox)" "$initrd/bin/busybox"
count=100
for module in virtio_pci virtio_blk ata_piix sr_mod; do
  modprobe -d "$root" -S "$version" --show-depends "$module"
done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r file; do
  cp "$file" "$initrd/modules/$count-${file##*/}"
  count=$((count + 1))
done
cat >"$initrd/init" <<'END'
#!/bin/busybox sh
for module in /modules/*; do /bin/busybox insmod "$module"; done
/bin/busybox mount -t devtmpfs dev /dev
until [ -b /dev/vda ] && [ -b /dev/sr0 ]; do /bin/busybox sleep 0.1; done
/bin/busybox mount -t ext4 /dev/vda /disk
/bin/busybox mount --move /dev /disk/dev
exec /bin/busybox switch_root /disk /sbin/init
END
chmod 755 "$initrd/init"
(cd "$initrd" && find . -print0 | cpio --null --create --format=newc --owner=0:0 --quiet) |
  gzip -n >"$work/initrd.gz"
rm -rf "$initrd"

# No journal: a disk that was shut down is whole, and debugfs reads it as it is.
truncate -s 3G "$work/disk.img"
mkfs.ext4 -q -O ^has_journal -E lazy_itable_init=1 -d "$root" "$work/disk.img"
# An emulated machine makes an RSA key in 15 s.
printf 'ssh_genkeytypes: [ed25519]\n' >"$work/90-emulated.cfg"
units=(cloud-init-local cloud-init cloud-config cloud-final)
{
  echo 'mkdir /etc/systemd/system/cloud-init.target.wants'
  echo 'cd /etc/systemd/system/cloud-init.target.wants'
  for unit in "${units[@]}"; do
    echo "symlink $unit.service /lib/systemd/system/$unit.service"
  done
  echo 'cd /etc/cloud/cloud.cfg.d'
  echo "write $work/90-emulated.cfg 90-emulated.cfg"
} >"$work/commands"
debugfs -w -f "$work/commands" "$work/disk.img" >"$work/said" 2>&1
for unit in "${units[@]}"; do
  debugfs -R "stat /etc/systemd/system/cloud-init.target.wants/$unit.service" "$work/disk.img" 2>/dev/null |
    grep -q 'Type: symlink' || fail "cannot switch on $unit:" "$(<"$work/said")"
done
rm "$work/commands" "$work/said" "$work/90-emulated.cfg"
chmod 755 "$work"
printf '%s\n' "$inputs" >"$work/.stamp"
mv "$work" "$out"
echo "node disk: $out ($(du -sh "$out" | cut -f 1), kernel $version)"
