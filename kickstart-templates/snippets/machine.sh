# Looks at the machine and its disks, and writes nothing. It asks the kernel (sysfs) and the disks
# themselves, so it needs no udev database. What it cannot find out is told as unknown, and an
# unknown speaks against a disk.
set -uo pipefail
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin

root=${BARESTACK_ROOT:-} # tests put another machine there
sys=$root/sys dev=$root/dev proc=$root/proc
edge=$((4 * 1024 * 1024))

disks=()
declare -A size serial wwn model paths medium protected used edges signatures labels

# The first line of a file without blanks around it; nothing if it cannot be read.
value() {
  local line=
  if [[ -r $1 ]]; then
    IFS= read -r line 2>/dev/null <"$1" || true
  fi
  trim "$line"
}

trim() {
  local text=$1
  text=${text#"${text%%[![:space:]]*}"}
  printf '%s' "${text%"${text##*[![:space:]]}"}"
}

# Shows a text on every console, and in the log.
say() {
  local console
  printf '%s\n' "$*"
  for console in $(value "$sys/class/tty/console/active"); do
    printf '\r\n%s\r\n' "$*" 2>/dev/null >"$dev/$console" || true
  done
}

# Ends it all with reboot or poweroff, in Anaconda as in a bare busybox.
leave() {
  sync
  "$1" -f || true
  sleep 20
  systemctl "$1" --force --force || true
  sleep 20
  if [[ $1 == reboot ]]; then echo b; else echo o; fi >"$proc/sysrq-trigger"
  sleep 600
}

# A block device in sysfs, its partitions, and all that is built on any of them.
stack() {
  local part holder
  printf '%s\n' "$1"
  for part in "$1"/*; do
    if [[ -e $part/partition ]]; then stack "$part"; fi
  done
  for holder in "$1"/holders/*; do
    if [[ -e $holder ]]; then stack "$sys/block/${holder##*/}"; fi
  done
}

# The same without what is built on them.
with_partitions() {
  local part
  printf '%s\n' "$1"
  for part in "$1"/*; do
    if [[ -e $part/partition ]]; then printf '%s\n' "$part"; fi
  done
}

# Where the device with a number is mounted; nothing if nowhere.
mounts_of() {
  local number at
  while read -r _ _ number _ at _; do
    if [[ $number == "$1" ]]; then printf '%s\n' "$at"; fi
  done <"$proc/self/mountinfo"
}

is_swap() {
  local device
  while read -r device _; do
    if [[ ${device##*/} == "$1" ]]; then return 0; fi
  done <"$proc/swaps"
  return 1
}

# zero if the first and the last 4 MiB hold nothing else; data also if they cannot be read.
edges_of() { # DEVICE OCTETS
  local first last skip
  skip=$((($2 > edge ? $2 - edge : 0) / 65536))
  first=$(dd if="$1" bs=65536 count=$((edge / 65536)) 2>/dev/null | tr -d '\0' | wc -c) || first=1
  last=$(dd if="$1" bs=65536 skip="$skip" 2>/dev/null | tr -d '\0' | wc -c) || last=1
  if ((first == 0 && last == 0)); then echo zero; else echo data; fi
}

# What wipefs and blkid find on one device: TYPE name, LABEL text, ID uuid, a line each.
probe() {
  local line status=0 found
  if ! found=$(wipefs --no-act --noheadings --output TYPE "$1" 2>/dev/null); then
    echo TYPE unreadable
  fi
  while read -r line; do
    if [[ -n $line ]]; then printf 'TYPE %s\n' "${line// /_}"; fi
  done <<<"$found"
  found=$(blkid --probe --output udev "$1" 2>/dev/null) || status=$?
  while read -r line; do
    case $line in
      ID_FS_TYPE=* | ID_PART_TABLE_TYPE=*) printf 'TYPE %s\n' "${line#*=}" ;;
      ID_FS_LABEL_ENC=*) printf 'LABEL %s\n' "${line#*=}" ;;
      ID_FS_UUID=*) printf 'ID %s\n' "${line#*=}" ;;
    esac
  done <<<"$found"
  case $status in
    0 | 2) ;; # 2: it found nothing
    8) echo TYPE ambivalent ;;
    *) echo TYPE unreadable ;;
  esac
}

# Where the data of a RAID member begin, in octets: its superblock (version 1.1 at the start, 1.2
# at 4 KiB) says so in sectors; with the other versions they begin at the start.
data_offset() { # DEVICE
  local place magic sectors
  for place in 0 4096; do
    read -r magic < <(od -An -tx4 -j $place -N 4 "$1") || true
    if [[ ${magic:-} == a92b4efc ]]; then
      read -r sectors < <(od -An -tu8 -j $((place + 128)) -N 8 "$1") || true
      echo $((${sectors:-0} * 512))
      return
    fi
  done
  echo 0
}

# What a member of a RAID1 holds, without assembling it: TYPE and LABEL, a line each. Assembled
# arrays show it themselves, but an installer may leave them alone.
probe_member() { # DEVICE
  local line
  while read -r line; do
    case $line in
      ID_FS_TYPE=*) printf 'TYPE %s\n' "${line#*=}" ;;
      ID_FS_LABEL_ENC=*) printf 'LABEL %s\n' "${line#*=}" ;;
    esac
  done < <(blkid --probe --usages filesystem --offset "$(data_offset "$1")" --output udev "$1" 2>/dev/null)
}

# Whether the installer's command line names one of these as the place it was started from.
is_named_source() { # WORD...
  local argument spec word
  for argument in $(<"$proc/cmdline"); do
    case $argument in
      inst.ks=hd:* | inst.stage2=hd:* | inst.repo=hd:*)
        spec=${argument#*=hd:}
        spec=${spec%%:*}
        for word in "$@"; do
          case $spec in
            "LABEL=$word" | "CDLABEL=$word" | "UUID=$word" | "/dev/$word" | "$word") return 0 ;;
          esac
        done
        ;;
    esac
  done
  return 1
}

# One column of lsblk, which knows more names than sysfs where udev runs.
lsblk_says() {
  trim "$(lsblk --nodeps --noheadings --output "$1" "$2" 2>/dev/null)"
}

wwn_of() { # NAME
  local found file
  found=$(lsblk_says WWN "$dev/$1")
  for file in "$sys/block/$1/wwid" "$sys/block/$1/device/wwid"; do
    if [[ -z $found ]]; then found=$(value "$file"); fi
  done
  case $found in
    naa.*) printf '0x%s' "${found#naa.}" ;;
    t10.*) ;; # a vendor's text, no world wide name
    *) printf '%s' "$found" ;;
  esac
}

serial_of() { # NAME
  local found file
  found=$(lsblk_says SERIAL "$dev/$1")
  for file in "$sys/block/$1/serial" "$sys/block/$1/device/serial"; do
    if [[ -z $found ]]; then found=$(value "$file"); fi
  done
  if [[ -z $found && -r $sys/block/$1/device/vpd_pg80 ]]; then
    # a SCSI page: four octets of header, then the number (SPC-4, unit serial number)
    found=$(trim "$(tail -c +5 "$sys/block/$1/device/vpd_pg80" 2>/dev/null | tr -dc '[:print:]')")
  fi
  printf '%s' "$found"
}

model_of() { # NAME
  local found
  found=$(lsblk_says MODEL "$dev/$1")
  printf '%s' "${found:-$(value "$sys/block/$1/device/model")}"
}

paths_of() { # NAME
  local link
  for link in "$dev"/disk/by-id/* "$dev"/disk/by-path/*; do
    if [[ $(readlink "$link") == */"$1" && $link != *[[:space:]]* ]]; then
      printf '%s ' "${link#"$root"}"
    fi
  done
}

look_at_disk() { # NAME
  local name=$1 path layer number at kind text
  local -a names=()
  local -A types=() texts=()
  size[$name]=$(($(value "$sys/block/$name/size") * 512)) # sysfs counts in 512 whatever the disk does
  serial[$name]=$(serial_of "$name")
  wwn[$name]=$(wwn_of "$name")
  model[$name]=$(model_of "$name")
  paths[$name]=$(trim "$(paths_of "$name")")
  protected[$name]=$(value "$sys/block/$name/ro")
  medium[$name]=0
  used[$name]=0
  edges[$name]=$(edges_of "$dev/$name" "${size[$name]}")

  while read -r path; do
    while read -r kind text; do
      case $kind in
        TYPE) types[${text:-unnamed}]=1 ;;
        LABEL | ID) names+=("$text") ;;
      esac
    done < <(probe "$dev/${path##*/}")
    if [[ -n ${types[linux_raid_member]:-} ]]; then
      while read -r kind text; do
        case $kind in
          TYPE) types[$text]=1 ;;
          LABEL) texts[$text]=1 ;;
        esac
      done < <(probe_member "$dev/${path##*/}")
    fi
  done < <(with_partitions "$sys/block/$name")

  while read -r path; do
    layer=${path##*/}
    names+=("$layer")
    while read -r kind text; do
      # a RAID member is labelled host:name
      text=${text##*:}
      if [[ $kind == LABEL && -n $text ]]; then texts[$text]=1; fi
      if [[ $kind == LABEL && $text == OEMDRV ]]; then medium[$name]=1; fi
    done < <(probe "$dev/$layer")
    number=$(value "$path/dev")
    while read -r at; do
      used[$name]=1
      if [[ $at == /run/install/* || $at == /run/initramfs/* ]]; then medium[$name]=1; fi
    done < <(mounts_of "$number")
    if is_swap "$layer"; then used[$name]=1; fi
    # one disk seen over several ways, or a member of the firmware's RAID: not to be written alone
    case $(value "$path/dm/uuid") in mpath-* | DMRAID-*) used[$name]=1 ;; esac
  done < <(stack "$sys/block/$name")
  for kind in "${!types[@]}"; do
    case $kind in *_raid_member) if [[ $kind != linux_raid_member ]]; then used[$name]=1; fi ;; esac
  done
  if is_named_source "${names[@]}"; then medium[$name]=1; fi

  signatures[$name]=${!types[*]}
  labels[$name]=${!texts[*]}
}

look_at_disks() {
  local path name
  for path in "$sys"/block/*; do
    name=${path##*/}
    case $name in
      '*' | loop* | ram* | zram* | dm-* | md* | sr* | fd* | mtdblock*) continue ;;
    esac
    # hidden: one way to a multipath NVMe disk, which is listed itself; size 0: an empty card reader
    if [[ $(value "$path/hidden") != 1 && $(value "$path/size") -gt 0 ]]; then
      look_at_disk "$name"
      disks+=("$name")
    fi
  done
}
