#!/usr/bin/env bash
# Makes a replica of a Rocky install tree around the stand-in installer.
#
# usage: src/standin/build.sh OUTDIR [RELEASE]     for example: build.sh target/standin/9.7 9.7
#
# Real Rocky media are signed and large; this tree is neither. It has the layout, the .treeinfo and
# the checksums of a real one, and in the place of Anaconda an initramfs that says it is a stand-in.
# Needs no root. Same host, same sources: same bytes. Does nothing when OUTDIR is up to date.
set -euo pipefail
umask 022
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin

# The signed loaders of this host's distribution, where they are installed: of one maker with the
# kernel, like those of a Rocky tree, which are not part of this repository. In order: shim, GRUB for
# the network, MokManager, GRUB for a disk.
if type -P dnf >/dev/null; then
  SIGNED=(/boot/efi/EFI/rocky/{shimx64,grubx64,mmx64,grubx64}.efi)
else
  SIGNED=(
    /usr/lib/shim/shimx64.efi.signed
    /usr/lib/grub/x86_64-efi-signed/grubnetx64.efi.signed
    /usr/lib/shim/mmx64.efi.signed
    /usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed
  )
fi
readonly EPOCH=1767225600 # every time stamp in the tree: 2026-01-01
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=$(cd "$here/../.." && pwd)/target/standin-cache

fail() {
  printf 'standin build: %s\n' "$@" >&2
  exit 1
}

(($# == 1 || $# == 2)) || fail "usage: build.sh OUTDIR [RELEASE]"
out=$1
release=${2:-9.7}
[[ $release =~ ^(9|10)\.[0-9]+$ ]] || fail "RELEASE is like 9.7 or 10.1, not '$release'"

rocky_host() { type -P dnf >/dev/null; }

# --- what the host must have ---------------------------------------------------------------------

needs() { # COMMAND DEBIAN ROCKY
  type -P "$1" >/dev/null && return
  if rocky_host; then
    missing+=("$1 is missing: dnf install ${3:-$2}")
  else
    missing+=("$1 is missing: apt-get install $2")
  fi
}

first_of() { # COMMAND...: the first that exists
  local name
  for name; do
    type -P "$name" && return
  done
  return 1
}

programs() { # prints NAME and DEBIAN,ROCKY of each wanted program that exists
  local name package
  while read -r name package; do
    [[ -z $name || $name == '#'* ]] && continue
    if [[ $name == '?'* ]]; then
      type -P "${name#?}" >/dev/null && echo "${name#?} $package"
    else
      echo "$name $package"
    fi
  done <"$here/programs"
}

check_host() {
  local missing=() name package
  while read -r name package; do
    needs "$name" "${package%,*}" "${package#*,}"
  done < <(programs)
  needs cpio cpio
  needs depmod kmod
  needs ldd libc-bin glibc-common
  grub_mkimage=$(first_of grub-mkimage grub2-mkimage) ||
    missing+=("grub-mkimage is missing: apt-get install grub-common, or dnf install grub2-tools-extra")
  [[ -e /usr/lib/grub/x86_64-efi/moddep.lst ]] ||
    missing+=("GRUB for UEFI is missing: apt-get install grub-efi-amd64-bin, or dnf install grub2-efi-x64-modules")
  [[ -e /usr/lib/grub/i386-pc/moddep.lst ]] ||
    missing+=("GRUB for BIOS is missing: apt-get install grub-pc-bin, or dnf install grub2-pc-modules")
  ((${#missing[@]} == 0)) || fail "${missing[@]}"
}

# --- the kernel ----------------------------------------------------------------------------------

# A kernel package is only unpacked, never installed: installing would change how this host boots.
find_kernel() {
  if rocky_host; then
    find_kernel_rocky
  else
    find_kernel_debian
  fi
}

find_kernel_debian() {
  local package unpacked
  package=$(apt-cache depends linux-image-cloud-amd64 | awk '$1 == "Depends:" { print $2; exit }')
  [[ -n $package ]] || fail "apt knows no linux-image-cloud-amd64: run apt-get update"
  kernel_version=${package#linux-image-}
  unpacked=$cache/$package
  if [[ ! -d $unpacked ]]; then
    rm -rf "$cache/unpack" && mkdir -p "$cache/unpack"
    (cd "$cache/unpack" && apt-get -qq download "$package" 2>/dev/null) ||
      fail "could not download $package: run apt-get update, or check the network"
    dpkg-deb -x "$cache"/unpack/*.deb "$cache/unpack/root"
    # Debian 13 has the modules in /usr/lib, where kmod finds them by the link of a merged /usr.
    [[ -e $cache/unpack/root/lib ]] || ln -s usr/lib "$cache/unpack/root/lib"
    mv "$cache/unpack/root" "$unpacked"
    rm -rf "$cache/unpack"
  fi
  kernel=$unpacked/boot/vmlinuz-$kernel_version
  modules=$unpacked/lib/modules/$kernel_version
  [[ -e $modules/modules.dep ]] || depmod -b "$unpacked" "$kernel_version"
}

find_kernel_rocky() {
  kernel_version=$(uname -r)
  modules=/lib/modules/$kernel_version
  kernel=$modules/vmlinuz
  [[ -r $kernel && -e $modules/modules.dep ]] && return
  local unpacked package
  kernel_version=$(dnf -q repoquery --latest-limit=1 --qf '%{version}-%{release}.%{arch}\n' kernel-core | tail -n 1)
  [[ -n $kernel_version ]] || fail "dnf knows no kernel-core"
  unpacked=$cache/kernel-$kernel_version
  if [[ ! -d $unpacked ]]; then
    rm -rf "$cache/unpack" && mkdir -p "$cache/unpack/root"
    (cd "$cache/unpack" && dnf -q download kernel-core kernel-modules-core kernel-modules) ||
      fail "could not download kernel-core: check the network"
    for package in "$cache"/unpack/*.rpm; do
      rpm2cpio "$package" | (cd "$cache/unpack/root" && cpio -idm --quiet)
    done
    mv "$cache/unpack/root" "$unpacked"
    rm -rf "$cache/unpack"
  fi
  modules=$unpacked/lib/modules/$kernel_version
  kernel=$modules/vmlinuz
  [[ -e $modules/modules.dep ]] || depmod -b "$unpacked" "$kernel_version"
}

# --- the initramfs -------------------------------------------------------------------------------

readonly WANTED_MODULES=(virtio_pci virtio_net virtio_blk virtio_scsi virtio_rng sd_mod sr_mod isofs loop nvme ahci e1000e
  efivarfs vfat nls_ascii nls_cp437 nls_iso8859_1 nls_utf8 xfs ext4 dm_mod crc32c_generic crc32c_intel
  evdev button)

copy_library() { # PATH: to the same place below the root; /lib is /usr/lib there
  local place=$1
  [[ $place == /usr/* ]] || place=/usr$place
  [[ -e $root$place ]] || install -D -m 755 "$1" "$root$place"
}

copy_program() { # PATH [DIRECTORY]: with its libraries, and a link where the name is only an alias
  local real directory=$root${2:-/usr/bin} library
  real=$(readlink -f "$1")
  [[ -e $directory/${real##*/} ]] || install -D -m 755 "$real" "$directory/${real##*/}"
  [[ ${1##*/} == "${real##*/}" ]] || ln -sfn "${real##*/}" "$directory/${1##*/}"
  while read -r library; do
    copy_library "$library"
  done < <(ldd "$real" 2>/dev/null | awk '$2 == "=>" && $3 ~ /^\// { print $3 } $1 ~ /^\// { print $1 }')
}

copy_modules() {
  local module file place=usr/lib/modules/$kernel_version
  mkdir -p "$root/$place"
  for module in "${WANTED_MODULES[@]}"; do
    # an unknown module is built in, or this kernel lacks it: the boot shows
    modprobe -d "${modules%lib/modules/*}" -S "$kernel_version" --show-depends "$module" 2>/dev/null || true
  done | awk '$1 == "insmod" { print $2 }' | sort -u | while read -r file; do
    install -D -m 644 "$file" "$root/$place/${file#*/"$kernel_version"/}"
  done
  # kmod opens its decompressors with dlopen, so that ldd does not tell of them; plain modules need none.
  find "$root/$place" -name '*.ko.xz' -exec xz --decompress {} +
  find "$root/$place" -name '*.ko.zst' -exec zstd --quiet --decompress --rm {} +
  cp "$modules"/modules.{order,builtin,builtin.modinfo} "$root/$place/"
  depmod -b "$root/usr" "$kernel_version" 2>/dev/null || depmod -b "$root" "$kernel_version"
}

copy_udev() {
  local rule daemon
  mkdir -p "$root/usr/lib/udev/rules.d" "$root/usr/lib/systemd/network"
  # not 69-*lvm*: it would have systemd activate volume groups
  for rule in 10-dm 11-dm-lvm 13-dm-disk 50-udev-default 55-dm 56-lvm 60-block 60-input-id \
    60-persistent-storage 60-persistent-storage-dm 75-net-description 80-drivers 80-net-setup-link 95-dm-notify; do
    [[ ! -e /usr/lib/udev/rules.d/$rule.rules ]] ||
      cp "/usr/lib/udev/rules.d/$rule.rules" "$root/usr/lib/udev/rules.d/"
  done
  cp /usr/lib/systemd/network/99-default.link "$root/usr/lib/systemd/network/"
  daemon=$(readlink -f /usr/lib/systemd/systemd-udevd)
  copy_program "$daemon"
  ln -s "../../bin/${daemon##*/}" "$root/usr/lib/systemd/systemd-udevd"
}

# The BIOS loader carries its configuration: find the /boot that the stand-in installed, a partition
# of its own or a folder. GRUB's rescue parser knows no comments and no "if"; what fails is passed.
bios_grub_config() {
  cat <<'END'
search --no-floppy --set=root --file /grub2/standin.cfg --hint-bios=hd0
configfile ($root)/grub2/standin.cfg
search --no-floppy --set=root --file /boot/grub2/standin.cfg --hint-bios=hd0
configfile ($root)/boot/grub2/standin.cfg
END
}

make_boot_loaders() {
  local common=(part_gpt part_msdos fat ext2 xfs lvm search search_fs_uuid search_fs_file configfile
    normal linux echo test)
  mkdir -p "$root/usr/lib/standin/grub"
  bios_grub_config >"$work/grub.cfg"
  "$grub_mkimage" -O x86_64-efi -p /EFI/rocky -o "$root/usr/lib/standin/grub/grubx64.efi" "${common[@]}"
  "$grub_mkimage" -O i386-pc -p '(hd0)/grub2' -c "$work/grub.cfg" \
    -o "$root/usr/lib/standin/grub/core.img" "${common[@]}" biosdisk
  cp /usr/lib/grub/i386-pc/boot.img "$root/usr/lib/standin/grub/"
  # what a disk needs under Secure Boot
  if has_signed_loaders; then
    cp "${SIGNED[0]}" "$root/usr/lib/standin/grub/signed-shimx64.efi"
    cp "${SIGNED[3]}" "$root/usr/lib/standin/grub/signed-grubx64.efi"
  fi
}

# sudo loads its rules and PAM's modules itself, so that ldd does not tell of them.
copy_sudo() {
  local file
  mkdir -p "$root/etc/pam.d"
  printf '%s sufficient pam_permit.so\n' auth account session >"$root/etc/pam.d/sudo"
  printf '%s\n' 'root ALL=(ALL) ALL' '@includedir /etc/sudoers.d' >"$root/etc/sudoers" && chmod 440 "$root/etc/sudoers"
  [[ -e $root/usr/bin/sudo ]] || return 0
  chmod 4755 "$root/usr/bin/sudo"
  for file in /usr/libexec/sudo/sudoers.so /usr/libexec/sudo/libsudo_util.so.0 \
    /usr/lib/*/security/pam_permit.so /usr/lib64/security/pam_permit.so; do
    [[ ! -e $file ]] || copy_program "$file" "${file%/*}"
  done
}

# "openssl req" makes nothing without its configuration.
copy_openssl() {
  local directory
  directory=$("$root/usr/bin/openssl" version -d 2>/dev/null | cut -d '"' -f 2) || return 0
  [[ ! -e $directory/openssl.cnf ]] || install -D -m 644 "$directory/openssl.cnf" "$root$directory/openssl.cnf"
}

make_root() {
  local name applet
  root=$work/root
  mkdir -p "$root"/{usr/bin,usr/lib,usr/lib64,usr/lib/standin,etc/lvm,proc,sys,dev,run,tmp,var/tmp,root,mnt}
  chmod 1777 "$root"/{tmp,var/tmp} && chmod 700 "$root/root"
  for name in bin sbin; do
    ln -s usr/bin "$root/$name"
  done
  ln -s bin "$root/usr/sbin"
  ln -s usr/lib "$root/lib"
  ln -s usr/lib64 "$root/lib64"
  ln -s ../run "$root/var/run"
  while read -r name _; do
    copy_program "$(type -P "$name")"
  done < <(programs)
  ln -sfn bash "$root/usr/bin/sh"
  while read -r applet; do
    [[ -e $root/usr/bin/$applet ]] || ln -s busybox "$root/usr/bin/$applet"
  done < <("$root/usr/bin/busybox" --list)
  copy_modules
  copy_udev
  copy_sudo
  copy_openssl
  make_boot_loaders

  install -m 755 "$here/init" "$root/init"
  install -m 644 "$here"/*.bash "$here/doubles" "$here/steps" "$here/units" "$root/usr/lib/standin/"
  install -m 755 "$here/udhcpc" "$here/double" "$here/systemctl" "$root/usr/lib/standin/"
  printf '%s:x:%d:\n' root 0 tty 5 disk 6 lp 7 kmem 9 audio 63 video 39 cdrom 11 dialout 18 tape 33 \
    input 104 render 105 sgx 106 kvm 36 users 100 wheel 10 nobody 65534 >"$root/etc/group"
  printf '%s\n' 'root:x:0:0:root:/root:/bin/bash' 'nobody:x:65534:65534:nobody:/:/usr/bin/false' >"$root/etc/passwd"
  printf '%s\n' 'root:!locked::0:99999:7:::' >"$root/etc/shadow" && chmod 600 "$root/etc/shadow"
  printf 'passwd: files\ngroup: files\nhosts: files dns\n' >"$root/etc/nsswitch.conf"
  printf '127.0.0.1 localhost\n' >"$root/etc/hosts"
  printf '/bin/bash\n/bin/sh\n' >"$root/etc/shells"
  printf 'devices { use_devicesfile=0 }\nactivation { monitoring=0 }\nbackup { backup=0 archive=0 }\n' \
    >"$root/etc/lvm/lvm.conf"
  # Anaconda sends this Product as X-Anaconda-System-Release; a server must see Rocky's
  printf '[Main]\nProduct=Rocky Linux\nVersion=%s\nIsFinal=True\nUUID=standin.x86_64\n' "$release" >"$root/.buildstamp"
}

pack_root() { # FILE
  find "$root" -exec touch -h -d "@$EPOCH" {} +
  (cd "$root" && find . -mindepth 1 -print0 | sort -z |
    cpio --null --create --format=newc --reproducible --owner=0:0 --quiet) | gzip -n -4 >"$1"
}

# --- the tree ------------------------------------------------------------------------------------

sha256() { sha256sum "$1" | cut -d ' ' -f 1; }

# productmd's .treeinfo 1.2, as a Rocky tree has it
make_treeinfo() {
  local file
  cat <<END
[checksums]
$(cd "$tree" && for file in images/install.img images/pxeboot/initrd.img images/pxeboot/vmlinuz; do
    printf '%s = sha256:%s\n' "$file" "$(sha256 "$file")"
  done)

[general]
arch = x86_64
family = Rocky Linux
name = Rocky Linux $release
packagedir = Packages
platforms = x86_64,xen
repository = .
timestamp = $EPOCH
variant = BaseOS
variants = BaseOS
version = $release

[header]
type = productmd.treeinfo
version = 1.2

[images-x86_64]
initrd = images/pxeboot/initrd.img
kernel = images/pxeboot/vmlinuz

[images-xen]
initrd = images/pxeboot/initrd.img
kernel = images/pxeboot/vmlinuz

[media]
discnum = 1
totaldiscs = 1

[release]
name = Rocky Linux
short = Rocky
version = $release

[stage2]
mainimage = images/install.img

[tree]
arch = x86_64
build_timestamp = $EPOCH
platforms = x86_64,xen
variants = BaseOS

[variant-BaseOS]
id = BaseOS
name = BaseOS
packages = Packages
repository = .
type = variant
uid = BaseOS
END
}

make_tree() {
  tree=$work/tree
  mkdir -p "$tree/images/pxeboot"
  cp "$kernel" "$tree/images/pxeboot/vmlinuz" && chmod 644 "$tree/images/pxeboot/vmlinuz"
  pack_root "$tree/images/pxeboot/initrd.img"
  make_signed_loaders
  printf '%s\n' "BARESTACK STAND-IN INSTALLER (not Anaconda)" \
    "This file stands where Rocky $release has its installer image. It is no image." \
    >"$tree/images/install.img"
  printf '%s\n' "$EPOCH.000000" "Rocky Linux $release" x86_64 ALL >"$tree/.discinfo"
  make_treeinfo >"$tree/.treeinfo"
  printf '%s\n' "$inputs" >"$tree/.standin"
  find "$tree" -exec touch -h -d "@$EPOCH" {} +
}

has_signed_loaders() { # all of them
  local one
  for one in "${SIGNED[@]}"; do
    [[ -r $one ]] || return 1
  done
}

# By the names that machines ask for.
make_signed_loaders() {
  has_signed_loaders || return 0
  install -D -m 644 "${SIGNED[0]}" "$tree/EFI/BOOT/BOOTX64.EFI"
  install -D -m 644 "${SIGNED[1]}" "$tree/EFI/BOOT/grubx64.efi"
  install -D -m 644 "${SIGNED[2]}" "$tree/EFI/BOOT/mmx64.efi"
}

# What the result depends on: the sources, the kernel, the host's programs and boot loaders.
fingerprint() {
  local name
  {
    echo "$release $kernel_version"
    (cd "$here" && sha256sum -- *)
    while read -r name _; do
      stat -L -c '%n %s %Y' "$(type -P "$name")"
    done < <(programs)
    stat -L -c '%n %s %Y' /usr/lib/grub/*/moddep.lst /usr/lib/systemd/systemd-udevd
    stat -L -c '%n %s %Y' "${SIGNED[@]}" 2>/dev/null || true
  } | sha256sum | cut -d ' ' -f 1
}

check_host
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9 # two tests may come at once
find_kernel
inputs=$(fingerprint)
if [[ -f $out/.standin ]]; then
  [[ $(<"$out/.standin") != "$inputs" ]] || exit 0
elif [[ -e $out ]]; then
  fail "$out exists and is no stand-in tree: choose another folder, or remove it"
fi
mkdir -p "$(dirname "$out")"
work=$(mktemp -d "$(dirname "$out")/.standin-build.XXXXXX")
trap 'rm -rf "$work"' EXIT
make_root
make_tree
rm -rf "$out"
mv "$work/tree" "$out"
echo "stand-in for Rocky $release: $out ($(du -sh "$out" | cut -f 1), kernel $kernel_version)"
