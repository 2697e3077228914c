# The disk commands of a kickstart, really carried out. Sourced by init.
#
# shellcheck disable=SC2034 # the files share their variables
#
# Only disks that "ignoredisk --only-use" names are ever opened for writing.

readonly ROOT=/mnt/sysimage

ALLOWED=()        # kernel names of the disks that may be written
BOOT_DISK=''      # kernel name
PARTS=()          # one partition each: "DISK|MOUNT|FSTYPE|SIZE|GROW|MAX|LABEL|FSOPTIONS", sizes in MiB
VOLUMES=()        # one logical volume each: "VG|NAME|MOUNT|FSTYPE|SIZE|GROW|MAX|PERCENT|LABEL|FSOPTIONS"
declare -A GROUPS_OF # volume group to its pv.NN, with spaces
declare -A PV     # pv.NN to its device
declare -A DEVICE # mount point to its device
declare -A FSTAB  # mount point to its line in fstab

# Remembers why the installation fails. Always false, so that callers can end with it.
refuse() {
  FAILURE=$*
  return 1
}

install_storage() {
  local unsupported
  unsupported=$(unsupported_storage)
  if [[ -n $unsupported ]]; then
    say "unsupported $unsupported"
    refuse "'$unsupported' is not supported by the stand-in"
    return 1
  fi
  each_command allow_disks ignoredisk || return 1
  ((${#ALLOWED[@]} > 0)) || refuse "the kickstart has no ignoredisk --only-use, and the stand-in takes no other disk" || return 1
  BOOT_DISK=${ALLOWED[0]}
  each_command choose_boot_disk bootloader || return 1
  each_command plan_required reqpart && each_command plan_partition part partition &&
    each_command plan_group volgroup && each_command plan_volume logvol || return 1
  ((${#PARTS[@]} > 0)) || refuse "the kickstart has no part command" || return 1
  local disk disks
  mapfile -t disks < <(printf '%s\n' "${PARTS[@]}" | cut -d '|' -f 1 | sort -u)
  for disk in "${disks[@]}"; do
    check_size "$disk" || return 1
  done
  each_command clear_disks clearpart || return 1
  for disk in "${disks[@]}"; do
    partition_disk "$disk" || return 1
  done
  make_volumes && mount_target || return 1
  phase storage-done "disks=$(IFS=,; echo "${ALLOWED[*]}")"
}

firmware() {
  if [[ -d /sys/firmware/efi ]]; then echo uefi; else echo bios; fi
}

unsupported_storage() {
  local name
  for name in raid autopart mount btrfs snapshot; do
    has_command $name && echo $name && return
  done
  grep -q -- '--encrypted' "$SECTIONS/commands" && echo --encrypted && return
  grep -q -- '--thin' "$SECTIONS/commands" && echo --thin && return
  grep -q -- '--onpart\|--useexisting\|--noformat' "$SECTIONS/commands" && echo "an existing partition"
}

# A disk as kickstarts name it: vda, /dev/vda, disk/by-id/..., /dev/disk/by-id/...
disk_of() { # NAME
  local device
  device=$(readlink -f "/dev/${1#/dev/}")
  [[ -d /sys/block/${device##*/} ]] || return 1
  echo "${device##*/}"
}

allowed() { # DISK
  [[ " ${ALLOWED[*]} " == *" $1 "* ]]
}

allow_disks() {
  local name disk names
  IFS=, read -ra names <<<"$(option only-use)"
  for name in "${names[@]}"; do
    disk=$(disk_of "$name") || refuse "ignoredisk --only-use names '$name', which is no disk of this machine" || return 1
    ALLOWED+=("$disk")
  done
}

choose_boot_disk() {
  local name
  name=$(option boot-drive) || return 0
  { BOOT_DISK=$(disk_of "$name") && allowed "$BOOT_DISK"; } || refuse "bootloader --boot-drive=$name is not among the disks of ignoredisk --only-use"
}

clear_disks() {
  local name names disk
  if has_flag none || ! has_flag all; then
    return 0
  fi
  IFS=, read -ra names <<<"$(option drives)"
  ((${#names[@]} > 0)) || names=("${ALLOWED[@]}")
  for name in "${names[@]}"; do
    { disk=$(disk_of "$name") && allowed "$disk"; } || refuse "clearpart --drives names '$name', which ignoredisk --only-use does not" || return 1
    wipe "$disk" || return 1
  done
}

wipe() { # DISK
  local group part
  for group in $(pvs --noheadings -o vg_name,pv_name | awk -v disk="/dev/$1" 'index($2, disk) == 1 { print $1 }' | sort -u); do
    vgchange -qq -an "$group" >/dev/null
  done
  for part in $(lsblk -lnpo NAME,TYPE "/dev/$1" | awk '$2 == "part" { print $1 }'); do
    wipefs -qaf "$part"
  done
  wipefs -qaf "/dev/$1" && sfdisk -q --delete "/dev/$1" 2>/dev/null
  printf 'label: gpt\n' | sfdisk -q --wipe always "/dev/$1" >/dev/null || refuse "cannot write a partition table to $1" || return 1
  udevadm settle
}

# What Anaconda makes of reqpart: an ESP of 600 MiB, or 1 MiB for GRUB in a BIOS machine's GPT.
plan_required() {
  if [[ $(firmware) == uefi ]]; then
    PARTS+=("$BOOT_DISK|/boot/efi|efi|600|||EFI|umask=0077,shortname=winnt")
  else
    PARTS+=("$BOOT_DISK|biosboot|biosboot|1||||")
  fi
  ! has_flag add-boot || PARTS+=("$BOOT_DISK|/boot|xfs|1024||||")
}

# Anaconda's "recommended" swap grows with the memory; here it is small.
size_of() { option size || { has_flag recommended && echo 512; } || echo 0; }

plan_partition() {
  local mount=${WORDS[1]} disk type
  disk=$(option ondisk || option ondrive || echo "${ALLOWED[0]}")
  { disk=$(disk_of "$disk") && allowed "$disk"; } || refuse "part $mount: its disk is not among those of ignoredisk --only-use" || return 1
  case $mount in
    swap) type=swap ;;
    pv.*) type=lvmpv ;;
    biosboot) type=biosboot ;;
    raid.*) refuse "part $mount: raid is not supported by the stand-in" || return 1 ;;
    *) type=xfs ;;
  esac
  PARTS+=("$disk|$mount|$(option fstype || echo $type)|$(size_of)|$(has_flag grow && echo grow)|$(option maxsize)|$(option label)|$(value fsoptions)")
}

plan_group() {
  local word name=''
  for word in "${WORDS[@]:1}"; do
    case $word in
      pv.*) GROUPS_OF[$name]+="$word " ;;
      --*) ;;
      *) name=$word GROUPS_OF[$name]='' ;;
    esac
  done
}

plan_volume() {
  local mount=${WORDS[1]} type=xfs group
  group=$(option vgname)
  [[ -n ${GROUPS_OF[$group]} ]] || refuse "logvol $mount: no volgroup '$group'" || return 1
  [[ $mount != swap ]] || type=swap
  VOLUMES+=("$group|$(option name)|$mount|$(option fstype || echo $type)|$(size_of)|$(has_flag grow && echo grow)|$(option maxsize)|$(option percent)|$(option label)|$(value fsoptions)")
}

# Shares FREE MiB among the growing items equally, none beyond its maximum. Reads "SIZE|GROW|MAX"
# lines, prints the sizes.
grow() { # FREE
  awk -F '|' -v free="$1" '
    { size[NR] = $1; grows[NR] = $2 != "" && ($3 == "" || $3 > $1); most[NR] = $3 }
    END {
      for (;;) {
        count = 0
        for (i = 1; i <= NR; i++) count += grows[i]
        share = count ? int(free / count) : 0
        if (share == 0) break
        for (i = 1; i <= NR; i++) if (grows[i]) {
          more = share
          if (most[i] != "" && size[i] + more >= most[i]) { more = most[i] - size[i]; grows[i] = 0 }
          size[i] += more; free -= more
        }
      }
      for (i = 1; i <= NR; i++) print size[i]
    }'
}

# In MiB: what partitions may fill, and what this disk's want at least. 1 MiB each for the two GPTs.
room_on() { echo $(($(blockdev --getsize64 "/dev/$1") / 1048576 - 2)); }
wanted_on() { printf '%s\n' "${PARTS[@]}" | awk -F '|' -v disk="$1" '$1 == disk { sum += $4 } END { print sum }'; }

check_size() { # DISK
  (($(wanted_on "$1") <= $(room_on "$1"))) ||
    refuse "not enough free space on $1: $(wanted_on "$1") MiB wanted, $(room_on "$1") MiB there"
}

partition_disk() { # DISK
  local disk=$1 parts=() sizes=() number device mount type label options
  ! lsblk -lno TYPE "/dev/$disk" | grep -q part ||
    refuse "not enough free space on $disk: it has partitions, and no clearpart --all removes them" || return 1
  mapfile -t parts < <(printf '%s\n' "${PARTS[@]}" | grep "^$disk|")
  mapfile -t sizes < <(printf '%s\n' "${parts[@]}" | cut -d '|' -f 4-6 | grow $(($(room_on "$disk") - $(wanted_on "$disk"))))
  {
    echo 'label: gpt'
    for number in "${!parts[@]}"; do
      echo "size=${sizes[number]}MiB, type=$(partition_type "$(cut -d '|' -f 3 <<<"${parts[number]}")")"
    done
  } | sfdisk -q --wipe always --wipe-partitions always "/dev/$disk" >/dev/null || refuse "sfdisk failed on $disk" || return 1
  udevadm settle
  for number in "${!parts[@]}"; do
    device=$(partition_device "$disk" $((number + 1)))
    IFS='|' read -r _ mount type _ _ _ label options <<<"${parts[number]}"
    format "$device" "$type" "$mount" "$label" "$options" || return 1
  done
}

partition_device() { # DISK NUMBER
  [[ $1 == *[0-9] ]] && echo "/dev/$1p$2" || echo "/dev/$1$2"
}

partition_type() { # FSTYPE: the GUID of the UEFI specification, of GRUB, of systemd's list
  case $1 in
    efi) echo C12A7328-F81F-11D2-BA4B-00A0C93EC93B ;;
    biosboot) echo 21686148-6449-6E6F-744E-656564454649 ;;
    swap) echo 0657FD6D-A4AB-43C4-84E5-0933C84B4F4F ;;
    lvmpv) echo E6D6D379-F507-44C2-A23C-238F2A3DF928 ;;
    *) echo 0FC63DAF-8483-4772-8E79-3D69D8477DE4 ;;
  esac
}

format() { # DEVICE FSTYPE MOUNT LABEL FSOPTIONS
  case $2 in
    efi | vfat) mkfs.vfat ${4:+-n "$4"} "$1" >/dev/null 2>&1 ;;
    ext4) mke2fs -q -F -t ext4 ${4:+-L "$4"} "$1" ;;
    xfs) mkfs.xfs -q -f ${4:+-L "$4"} "$1" ;;
    swap) mkswap -q ${4:+-L "$4"} "$1" >/dev/null ;;
    lvmpv) pvcreate -qq -ff -y "$1" >/dev/null 2>&1 && PV[$3]=$1 ;;
    biosboot) BIOSBOOT=$1 ;;
    *) refuse "$3: file system '$2' is not supported by the stand-in" || return 1 ;;
  esac || refuse "cannot make $2 on $1 for $3" || return 1
  [[ $3 != /* && $3 != swap ]] || remember_mount "$@"
}

remember_mount() { # DEVICE FSTYPE MOUNT LABEL FSOPTIONS
  local source=$1 type=$2 checks='0 0'
  [[ $1 == /dev/mapper/* ]] || source=UUID=$(blkid -p -s UUID -o value "$1")
  case $2 in
    efi) type=vfat checks='0 2' ;;
    ext4) checks='1 2' ;;
  esac
  [[ $3 == swap ]] && set -- "$1" "$2" none "$4" "$5"
  DEVICE[$3]=$1
  FSTAB[$3]=$(printf '%-41s %-23s %-7s %-15s %s' "$source" "$3" "$type" "${5:-defaults}" "$checks")
}

make_volumes() {
  local group pv devices volume name mount type label options
  for group in "${!GROUPS_OF[@]}"; do
    devices=()
    for pv in ${GROUPS_OF[$group]}; do
      [[ -n ${PV[$pv]} ]] || refuse "volgroup $group: no part $pv" || return 1
      devices+=("${PV[$pv]}")
    done
    vgcreate -qq -y "$group" "${devices[@]}" >/dev/null 2>&1 || refuse "vgcreate $group failed" || return 1
    size_volumes "$group" || return 1
  done
  for volume in "${VOLUMES[@]}"; do
    IFS='|' read -r group name mount type _ _ _ _ label options <<<"$volume"
    # device-mapper doubles a hyphen inside of a name
    format "/dev/mapper/${group//-/--}-${name//-/--}" "$type" "$mount" "$label" "$options" || return 1
  done
}

# The volumes of one group with their final sizes: percentages of the group, and growth.
size_volumes() { # GROUP
  local group=$1 volumes=() sizes=() rows=() volume total used=0 name size grows most percent number
  total=$(vgs --noheadings --nosuffix --units m -o vg_free "$group" | awk '{ print int($1 / 4) * 4 }')
  mapfile -t volumes < <(printf '%s\n' "${VOLUMES[@]}" | grep "^$group|")
  for volume in "${volumes[@]}"; do
    IFS='|' read -r _ _ _ _ size grows most percent _ <<<"$volume"
    [[ -z $percent ]] || size=$((total * percent / 100))
    rows+=("$size|$grows|$most")
    ((used += size))
  done
  ((used <= total)) || refuse "volgroup $group: $used MiB wanted, $total MiB there" || return 1
  mapfile -t sizes < <(printf '%s\n' "${rows[@]}" | grow $((total - used)))
  for number in "${!volumes[@]}"; do
    IFS='|' read -r _ name _ <<<"${volumes[number]}"
    lvcreate -qq -y -Wy -n "$name" -l $((sizes[number] / 4)) "$group" >/dev/null 2>&1 || refuse "lvcreate $group/$name failed" || return 1
  done
}

# Mounts the target as Anaconda does: at /mnt/sysimage, seen again at /mnt/sysroot.
mount_target() {
  local mount directory
  [[ -n ${DEVICE[/]} ]] || refuse "the kickstart has no / file system" || return 1
  while read -r mount; do
    mkdir -p "$ROOT$mount"
    mount "${DEVICE[$mount]}" "$ROOT$mount" || refuse "cannot mount ${DEVICE[$mount]} at $mount" || return 1
  done < <(printf '%s\n' "${!DEVICE[@]}" | grep '^/' | sort)
  for directory in dev proc sys; do
    mkdir -p "$ROOT/$directory"
    mount --rbind "/$directory" "$ROOT/$directory"
  done
  # what is mounted below it, as the medium, is not seen inside
  mkdir -p "$ROOT/run"
  mount --bind /run "$ROOT/run"
  mkdir -p /mnt/sysroot && mount --rbind "$ROOT" /mnt/sysroot
}
