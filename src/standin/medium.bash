# Installation media, as Anaconda's stage 1 finds and mounts them. Sourced by init.

# A kickstart on a volume with this label is taken when the command line names none.
readonly OEMDRV="LABEL=OEMDRV"

# A device as stage 1 names it: LABEL=, CDLABEL=, UUID=, /dev/x or x. In labels, characters out of
# the ordinary are \xNN, as udev writes them. False if it is not there.
device_of() { # SPEC
  case $1 in
    LABEL=* | CDLABEL=*) device_with ID_FS_LABEL_ENC "${1#*=}" ;;
    UUID=*) device_with ID_FS_UUID_ENC "${1#UUID=}" ;;
    *) [[ -b /dev/${1#/dev/} ]] && echo "/dev/${1#/dev/}" ;;
  esac
}

# An image on a stick is seen twice, as the stick and as its first partition. Here the partition is
# taken: on Rocky 10's media it has volume descriptors of its own, so that these are tried too.
device_with() { # KEY VALUE
  local path name found=
  for path in /sys/class/block/*; do
    name=${path##*/}
    [[ $name != @(loop|ram|zram|dm-)* ]] || continue
    if blkid --probe --output udev "/dev/$name" 2>/dev/null | grep -qxF -- "$1=$2"; then
      found=/dev/$name
      [[ ! -e $path/partition ]] || break
    fi
  done
  [[ -n $found ]] && echo "$found"
}

# Waits as dracut does: 180 s, or what rd.retry says.
await_device() { # SPEC
  local tries=$((${ARG[rd.retry]:-180} * 2))
  while ! device_of "$1"; do
    ((tries-- > 0)) || return 1
    sleep 0.5
  done
}

# Drives with a disc in them.
discs() {
  local path
  for path in /sys/class/block/sr*; do
    [[ ! -e $path ]] || ! blkid --probe "/dev/${path##*/}" >/dev/null 2>&1 || echo "/dev/${path##*/}"
  done
}

# Mounts read-only, once; prints nothing.
mount_medium() { # DEVICE AT
  [[ $(findmnt -no SOURCE --mountpoint "$2") != "$1" ]] || return 0
  mkdir -p "$2"
  mount -o ro "$1" "$2" 2>/dev/null
}

is_tree() { [[ -e $1/.treeinfo || -e $1/.discinfo || -e $1/images/install.img ]]; }

# The folder of an installation source on a medium, mounted: hd:DEVICE[:PATH], where PATH may be an
# image, or cdrom[:DEVICE]. Stage 2's goes to /run/install/repo. What is mounted there already is
# not mounted a second time; another one's packages are mounted where Anaconda's sources are.
medium_folder() { # SOURCE repo|sources
  local source=$1 device path='' at=/run/install/repo
  case $source in
    hd:*)
      device=${source#hd:}
      [[ $device != *:* ]] || { path=${device#*:} device=${device%%:*}; }
      device=$(await_device "$device") || return 1
      ;;
    cdrom:*) device=$(await_device "${source#cdrom:}") || return 1 ;;
    cdrom)
      device=$(disc_with_tree)
      # booted from a stick, the stick counts as the disc
      [[ -n $device ]] || device=$(findmnt -no SOURCE --mountpoint $at) || return 1
      ;;
    *) return 1 ;;
  esac
  if mountpoint -q $at && [[ $(findmnt -no SOURCE --mountpoint $at) != "$device" ]]; then
    [[ $2 == sources ]] || return 1
    at=/run/install/sources/mount-0000
  fi
  mount_medium "$device" "$at" || return 1
  path=${path#/} path=${path%/}
  if [[ $path == *.iso ]]; then
    mount_image "$device" "$path" $at || return 1
    path=''
  fi
  is_tree "$at/$path" || return 1
  echo "$at${path:+/$path}"
}

# An image in a file system: that at /run/install/isodir, the image in its place.
mount_image() { # DEVICE PATH AT
  umount "$3"
  mount_medium "$1" /run/install/isodir && mount -o loop,ro "/run/install/isodir/$2" "$3"
}

# The first disc that has a tree; waits for one as long as dracut does.
disc_with_tree() {
  local disc probe=$STATE/disc tries=10
  mkdir -p "$probe"
  while ((tries-- > 0)); do
    for disc in $(discs); do
      mount -o ro "$disc" "$probe" 2>/dev/null || continue
      if is_tree "$probe"; then
        umount "$probe"
        echo "$disc"
        return
      fi
      umount "$probe"
    done
    sleep 0.5
  done
}

# A kickstart to $STATE/ks.cfg: hd:DEVICE[:PATH], cdrom[:PATH] or file:PATH, where PATH is /ks.cfg
# unless it is given. For a disc Anaconda waits for ever.
copy_kickstart() { # SOURCE
  local source=$1 device path=/ks.cfg disc told=''
  rm -f "$STATE/ks.cfg"
  case $source in
    file:*) cp "${source#file:}" "$STATE/ks.cfg" 2>/dev/null ;;
    hd:*)
      device=${source#hd:}
      [[ $device != *:* ]] || { path=${device#*:} device=${device%%:*}; }
      device=$(await_device "$device") && copy_from "$device" "$path"
      ;;
    cdrom | cdrom:*)
      [[ $source == cdrom ]] || path=${source#cdrom:}
      until for disc in $(discs); do copy_from "$disc" "$path" && break; done && [[ -e $STATE/ks.cfg ]]; do
        [[ -n $told ]] || say "waits for a disc with $path"
        told=yes
        sleep 0.5
      done
      ;;
    *)
      say "unsupported inst.ks=$source"
      return 1
      ;;
  esac
}

copy_from() { # DEVICE PATH
  local at=$STATE/kickstart-medium status=0
  mkdir -p "$at"
  mount -o ro "$1" "$at" 2>/dev/null || return 1
  cp "$at/${2#/}" "$STATE/ks.cfg" 2>/dev/null || status=1
  umount "$at"
  return $status
}

# Without inst.ks, the kickstart of a volume that is labelled so. Anaconda waits 5 s for it, unless
# inst.wait_for_disks= says otherwise.
find_oemdrv() {
  local tries=$((${ARG[inst.wait_for_disks]:-5} * 2)) device
  [[ ! -v ARG[inst.ks] ]] || return 0
  while ! device=$(device_of "$OEMDRV"); do
    ((tries-- > 0)) || return 0
    sleep 0.5
  done
  if copy_from "$device" /ks.cfg; then
    say "OEMDRV: its kickstart is taken"
    ARG[inst.ks]=hd:$OEMDRV:/ks.cfg
  fi
}

# --- what stage 2 asks of its sources ------------------------------------------------------------

# Anaconda takes the repository at a source's root, and those that its .treeinfo names.
repositories_of() { # FOLDER
  echo .
  awk -F ' *= *' '/^\[/ { section = $0 } (section == "[general]" || section ~ /^\[variant-/) && $1 == "repository" { print $2 }' \
    "$1/.treeinfo" 2>/dev/null
}

# A source on a medium must have packages, and a repository there its metadata. Those over the
# network are not asked for.
check_sources() {
  local repository found=
  if [[ $REPO == /* ]]; then
    while read -r repository; do
      [[ ! -e $REPO/$repository/repodata/repomd.xml ]] || found=yes
    done < <(repositories_of "$REPO")
    [[ -n $found ]] ||
      refuse "Failed to set up the installation source: no repository on $REPO, neither at its root nor where .treeinfo says" || return 1
  fi
  each_command check_repository repo
}

check_repository() {
  local url
  url=$(value baseurl)
  [[ $url != file://* || -e ${url#file://}/repodata/repomd.xml ]] ||
    refuse "repo --name=$(value name): there is no repodata/repomd.xml in $url"
}
