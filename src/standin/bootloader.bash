# GRUB, so that the firmware really boots the disk. Sourced by init.

readonly ENTRY="Rocky Linux"

install_boot_loader() {
  if has_command bootloader && each_command skips_boot_loader bootloader; then
    phase bootloader-skipped
    return
  fi
  case $(firmware) in
    uefi) install_grub_uefi ;;
    bios) install_grub_bios ;;
  esac || return 1
  phase bootloader-done "firmware=$(firmware)"
}

skips_boot_loader() { has_flag disabled || [[ $(option location) == none ]]; }

# Where /boot is, as GRUB and the kernel need it.
boot_device() { findmnt -no SOURCE --target "$ROOT/boot"; }
boot_prefix() { [[ $(boot_device) == "$(findmnt -no SOURCE "$ROOT")" ]] && echo /boot; }
uuid_of() { blkid -p -s UUID -o value "$1"; }

# Anaconda carries the installer's console= over to the installed system, and adds --append.
kernel_arguments() {
  local word words
  printf 'standin.root=%s' "$(uuid_of "$(findmnt -no SOURCE "$ROOT")")"
  read -ra words </proc/cmdline
  for word in "${words[@]}"; do
    [[ $word != console=* ]] || printf ' %s' "$word"
  done
  each_command print_append bootloader
}

print_append() {
  local append
  append=$(option append) && printf ' %s' "$append"
  return 0
}

write_grub_menu() { # FILE
  local prefix
  prefix=$(boot_prefix)
  cat >"$1" <<END
search --no-floppy --fs-uuid --set=root $(uuid_of "$(boot_device)")
linux $prefix/vmlinuz $(kernel_arguments)
initrd $prefix/initrd.img
boot
END
}

# Without Secure Boot shim's name with GRUB behind it; with it the signed shim and the signed GRUB,
# whose configuration is where its maker looks. As in Anaconda, every entry of just
# its name goes away, whatever disk it is for, and a new one goes first in BootOrder.
install_grub_uefi() {
  local efi=$ROOT/boot/efi/EFI old device disk
  [[ -n ${DEVICE[/boot/efi]} ]] || refuse "UEFI needs a /boot/efi: add reqpart" || return 1
  mkdir -p "$efi/rocky" "$efi/BOOT"
  if secure_boot; then
    [[ -e $LIB/grub/signed-shimx64.efi ]] ||
      refuse "Secure Boot is on, and this stand-in was built without signed loaders" || return 1
    cp "$LIB/grub/signed-shimx64.efi" "$efi/rocky/shimx64.efi"
    cp "$LIB/grub/signed-shimx64.efi" "$efi/BOOT/BOOTX64.EFI"
    cp "$LIB/grub/signed-grubx64.efi" "$efi/rocky/grubx64.efi"
    cp "$LIB/grub/signed-grubx64.efi" "$efi/BOOT/grubx64.efi"
    mkdir -p "$efi/debian"
    write_grub_menu "$efi/debian/grub.cfg"
    cp "$efi/debian/grub.cfg" "$efi/rocky/grub.cfg"
  else
    cp "$LIB/grub/grubx64.efi" "$efi/rocky/shimx64.efi"
    cp "$LIB/grub/grubx64.efi" "$efi/BOOT/BOOTX64.EFI"
    write_grub_menu "$efi/rocky/grub.cfg"
  fi
  # from version 18 on efibootmgr tells the path, after a tab
  for old in $(efibootmgr | sed -n "s/^Boot\([0-9A-Fa-f]\{4\}\)[* ] *$ENTRY\(\t.*\)\?$/\1/p"); do
    efibootmgr -q -b "$old" -B || refuse "efibootmgr could not remove the boot entry $old" || return 1
  done
  device=${DEVICE[/boot/efi]}
  disk=$(lsblk -no PKNAME "$device")
  efibootmgr -q -c -w -d "/dev/$disk" -p "$(</sys/class/block/"${device##*/}"/partition)" -L "$ENTRY" \
    -l '\EFI\rocky\shimx64.efi' || refuse "efibootmgr could not write the boot entry"
  say "$(efibootmgr | grep '^BootOrder'), $(efibootmgr | grep -c "$ENTRY") called $ENTRY"
}

# What grub-bios-setup does: boot.img into the MBR with the sector of core.img in it, core.img into
# the BIOS boot partition with the sector of its own rest in its first sector's block list.
install_grub_bios() {
  local sector core=$STATE/core.img mbr=$STATE/boot.img
  [[ -n $BIOSBOOT ]] || refuse "BIOS with GPT needs a biosboot partition: add reqpart" || return 1
  mkdir -p "$ROOT/boot/grub2"
  write_grub_menu "$ROOT/boot/grub2/standin.cfg"
  sector=$(</sys/class/block/"${BIOSBOOT##*/}"/start)
  cp "$LIB/grub/boot.img" "$mbr"
  cp "$LIB/grub/core.img" "$core"
  little_endian "$sector" | patch_at 92 "$mbr"   # kernel_sector in boot.S, 0x5c
  little_endian $((sector + 1)) | patch_at 500 "$core" # blocklist_default_start in diskboot.S, 0x1f4
  {
    dd if="$mbr" of="/dev/$BOOT_DISK" bs=440 count=1 conv=notrunc status=none &&
      dd if="$core" of="$BIOSBOOT" conv=notrunc status=none
  } || refuse "cannot write GRUB to $BOOT_DISK"
}

little_endian() { # NUMBER: its eight bytes
  local number=$1 position
  for ((position = 0; position < 8; position++)); do
    printf '%b' "$(printf '\\x%02x' $((number & 255)))"
    ((number >>= 8))
  done
}

patch_at() { # OFFSET FILE: from standard input
  dd of="$2" bs=1 seek="$1" conv=notrunc status=none
}
