#!/usr/bin/env bash
# Sees to the system packages that a purpose needs: build, demo or test; each includes the one
# before. Installs what is missing when it may (root, or sudo without a password), else prints the
# one command line to type.
set -euo pipefail

purpose=${1:?build, demo or test}
here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")

# One line a need: from which purpose on, how to see that it is there (a program, or a file
# pattern), its package in Debian, its package in Rocky.
needs() {
  cat <<'TABLE'
build mvn                                         maven                maven
build make                                        make                 make
demo  ip                                          iproute2             iproute
demo  curl                                        curl                 curl
demo  qemu-system-x86_64|/usr/libexec/qemu-kvm    qemu-system-x86      qemu-kvm
demo  /usr/share/OVMF/OVMF_CODE*|/usr/share/edk2/ovmf/OVMF_CODE*  ovmf  edk2-ovmf
demo  /usr/lib/ipxe/undionly.kpxe|/usr/share/ipxe/undionly.kpxe   ipxe  ipxe-bootimgs-x86
demo  /usr/lib/ipxe/qemu/*|/usr/share/ipxe/qemu/* ipxe-qemu            ipxe-roms-qemu
demo  /usr/lib/grub/i386-pc/boot.img              grub-pc-bin          grub2-pc-modules
demo  /usr/lib/grub/x86_64-efi/normal.mod         grub-efi-amd64-bin   grub2-efi-x64-modules
demo  grub-mkimage|grub2-mkimage                  grub-common          grub2-tools
demo  busybox                                     busybox-static       busybox
demo  cpio                                        cpio                 cpio
demo  sfdisk                                      fdisk                util-linux
demo  dmsetup                                     dmsetup              device-mapper
demo  udevadm                                     udev                 systemd-udev
demo  mkfs.vfat                                   dosfstools           dosfstools
demo  mkfs.ext4                                   e2fsprogs            e2fsprogs
demo  mkfs.xfs                                    xfsprogs             xfsprogs
demo  lvm                                         lvm2                 lvm2
demo  efibootmgr                                  efibootmgr           efibootmgr
demo  kmod                                        kmod                 kmod
demo  xz                                          xz-utils             xz
demo  dnsmasq                                     dnsmasq-base         dnsmasq
test  /usr/lib/shim/shimx64.efi.signed|/boot/efi/EFI/rocky/shimx64.efi  shim-signed  shim-x64
test  /usr/lib/grub/x86_64-efi-signed/grubnetx64.efi.signed|/boot/efi/EFI/rocky/grubx64.efi  grub-efi-amd64-signed  grub2-efi-x64
test  /usr/lib/grub/x86_64-efi-signed/gcdx64.efi.signed|/boot/efi/EFI/rocky/gcdx64.efi  grub-efi-amd64-signed  grub2-efi-x64-cdboot
test  /usr/lib/ISOLINUX/isolinux.bin|/usr/share/syslinux/isolinux.bin  isolinux  syslinux-nonlinux
test  /usr/lib/syslinux/modules/bios/vesamenu.c32|/usr/share/syslinux/vesamenu.c32  syslinux-common  syslinux-nonlinux
test  mcopy                                       mtools               mtools
test  sgdisk                                      gdisk                gdisk
test  checkisomd5                                 isomd5sum            isomd5sum
test  /usr/lib/*/qemu/block-curl.so|/usr/lib64/qemu-kvm/block-curl.so  qemu-block-extra  qemu-kvm-block-curl
test  git                                         git                  git
test  grub-mkrescue                               grub-common          grub2-tools-extra
test  isoinfo                                     genisoimage          genisoimage
test  xorriso                                     xorriso              xorriso
test  losetup                                     mount                util-linux
test  bsdtar                                      libarchive-tools     bsdtar
test  shellcheck                                  shellcheck           ShellCheck
test  nmcli                                       network-manager      NetworkManager
demo  systemctl                                   systemd              systemd
test  visudo                                      sudo                 sudo
test  ssh-agent                                   openssh-client       openssh-clients
test  age                                         age                  age
test  openssl                                     openssl              openssl
test  dropbear                                    dropbear-bin         dropbear
test  sqlite3                                     sqlite3              sqlite
test  setpriv                                     util-linux           util-linux
test  tcpdump                                     tcpdump              tcpdump
test  kea-dhcp4                                   kea-dhcp4-server     kea
test  perfdhcp                                    kea-admin            kea
test  dhcpd                                       isc-dhcp-server      dhcp-server
test  in.tftpd                                    tftpd-hpa            tftp-server
test  nginx                                       nginx                nginx
test  wrk                                         wrk                  wrk
test  implantisomd5                               isomd5sum            isomd5sum
test  /usr/lib/python3*/*-packages/jinja2         python3-jinja2       python3-jinja2
test  debootstrap                                 debootstrap          debootstrap
test  systemd-nspawn                              systemd-container    systemd-container
test  nft                                         nftables             nftables
test  iptables-nft                                iptables             iptables-nft
test  ping                                        iputils-ping         iputils
test  zsh                                         zsh                  zsh
test  rpmbuild                                    rpm                  rpm-build
test  rpmsign                                     rpm                  rpm-sign
test  rpm2cpio                                    rpm2cpio             rpm
test  gpg                                         gnupg                gnupg2
TABLE
}

present() { # $1: programs and file patterns, one of which must be there
  local one
  local IFS='|'
  for one in $1; do
    case $one in
      /*) compgen -G "$one" >/dev/null && return 0 ;;
      *) PATH=$PATH:/usr/sbin:/sbin command -v "$one" >/dev/null && return 0 ;;
    esac
  done
  return 1
}

column=3
manager="apt-get install -y --no-install-recommends"
if command -v dnf >/dev/null; then
  column=4
  manager="dnf install -y --setopt=install_weak_deps=False"
fi

missing=()
while read -r from what debian rocky; do
  case "$purpose $from" in
    build\ build | demo\ build | demo\ demo | test\ *) ;;
    *) continue ;;
  esac
  if ! present "$what"; then
    [ "$column" = 3 ] && missing+=("$debian") || missing+=("$rocky")
  fi
done < <(needs)

jdk_packages() { # the JDK too, where the system has one
  "$here/find-jdk.sh" >/dev/null 2>&1 && return
  if command -v dnf >/dev/null; then
    echo java-25-openjdk-devel
  elif [ -n "$(apt-cache search --names-only '^openjdk-25-jdk-headless$' 2>/dev/null)" ]; then
    echo openjdk-25-jdk-headless
  fi
}
mapfile -t jdk < <(jdk_packages)
missing+=("${jdk[@]}")

if [ ${#missing[@]} -gt 0 ]; then
  as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
    echo "barestack: packages are missing; type this, then try again:" >&2
    echo "  sudo $manager ${missing[*]}" >&2
    exit 1
  fi
  echo "barestack: installing ${missing[*]}" >&2
  if command -v dnf >/dev/null; then
    # EPEL has ShellCheck and busybox; Rocky 9's own Maven is too old outside its module.
    "${as_root[@]}" dnf install -y epel-release >&2 || true
    "${as_root[@]}" dnf module enable -y maven:3.9 >&2 2>&1 || "${as_root[@]}" dnf module enable -y maven:3.8 >&2 2>&1 || true
    # shellcheck disable=SC2086 # the words of the command line
    "${as_root[@]}" $manager "${missing[@]}" >&2
  else
    "${as_root[@]}" apt-get update -qq >&2
    # Of servers that tests run by themselves, none is to start here and now as a service.
    policy=/usr/sbin/policy-rc.d
    if [ "$purpose" = test ] && [ ! -e $policy ]; then
      trap '"${as_root[@]}" rm -f $policy' EXIT
      printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee $policy >/dev/null
      "${as_root[@]}" chmod 755 $policy
    fi
    # shellcheck disable=SC2086 # the words of the command line
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive $manager "${missing[@]}" >&2
  fi
fi

"$here/find-jdk.sh" >/dev/null
