# Stage 1: the network, and the requests that Anaconda's dracut modules make. Sourced by init.

HEADERS=() # curl arguments, the same for every request of stage 1
NETWORK=   # asked, or none when nobody answered

stage1() {
  find_oemdrv
  ! wants_network || need_network
  make_headers
  fetch_in_measured_order
  need_network_of_kickstart
}

is_url() { [[ $1 == http://* || $1 == https://* || $1 == ftp://* ]]; }

# Anaconda leaves the network alone when everything is on a medium and nothing asks for it.
wants_network() {
  [[ -n ${ARG[ip]} || ${ARG[rd.neednet]:-0} != 0 ]] || names_url
}

names_url() { is_url "${ARG[inst.ks]}" || is_url "${ARG[inst.repo]}" || is_url "${ARG[inst.stage2]}"; }

# Once. Without an answer only what comes over the network is missing.
need_network() {
  [[ -z $NETWORK ]] || return 0
  NETWORK=asked
  bring_up_network && return
  NETWORK=none
  ! names_url || fail_stage1 "no DHCP answer on any network interface"
  say "no DHCP answer on any network interface; it goes on without"
}

# A kickstart from a medium may name what is elsewhere: then its url has stage 1 bring the network
# up, and NetworkManager in stage 2 would for a repository.
need_network_of_kickstart() {
  if is_url "$REPO" || grep -qE '^[[:space:]]*repo[[:space:]].*--baseurl[= ](https?|ftp):' /run/install/ks.cfg 2>/dev/null; then
    need_network
    [[ $NETWORK != none ]] || fail_stage1 "no DHCP answer on any network interface, and the kickstart names $REPO"
  fi
}

# With BOOTIF= only that interface asks for an address, without it all do.
bring_up_network() {
  local path nic wanted=${ARG[BOOTIF]#01-} asked=()
  wanted=${wanted//-/:}
  for path in /sys/class/net/*; do
    nic=${path##*/}
    [[ $nic == lo ]] && ip link set lo up && continue
    [[ -z $wanted || $(<"$path/address") == "${wanted,,}" ]] || continue
    ask_dhcp "$nic" anaconda-Linux &
    asked+=($!)
  done
  ((${#asked[@]} > 0)) && wait "${asked[@]}"
  for path in "$STATE"/lease-*; do
    [[ -e $path ]] || return 1
    phase network-up "nic=${path##*/lease-} address=$(<"$path")"
  done
}

# The options that NetworkManager in the installer asks for. It sends no 93, 97, 77 or 175, so a
# boot server must not take it for firmware. Measured; its class is cut at the first space.
ask_dhcp() { # NIC VENDOR-CLASS
  local option options=()
  for option in 1 2 3 6 12 15 17 26 28 33 40 41 42 119 121 249 252; do
    options+=(-O "$option")
  done
  udhcpc -q -n -t 10 -T 2 -i "$1" -s "$LIB/udhcpc" -V "$2" -o "${options[@]}" >/dev/null 2>&1
}

# Measured order. inst.ks.sendmac numbers the interfaces as the shell sorts /sys/class/net.
make_headers() {
  local path serial number=0
  HEADERS=(-H "X-Anaconda-Architecture: x86_64"
    -H "X-Anaconda-System-Release: $(sed -n 's/^Product=//p' /.buildstamp)")
  if [[ -n ${ARG[inst.ks.sendmac]} ]]; then
    for path in /sys/class/net/*; do
      [[ ${path##*/} == lo ]] && continue
      HEADERS+=(-H "X-RHN-Provisioning-MAC-$number: ${path##*/} $(<"$path/address")")
      ((number += 1))
    done
  fi
  serial=$(cat /sys/class/dmi/id/product_serial 2>/dev/null)
  if [[ -n ${ARG[inst.ks.sendsn]} && -n $serial ]]; then
    HEADERS+=(-H "X-System-Serial-Number: $serial")
  fi
}

fetch() { # URL FILE
  rm -f "$2"
  curl --silent --globoff --location --retry 3 --retry-connrefused --fail --show-error \
    ${ARG[inst.noverifyssl]:+--insecure} "${HEADERS[@]}" --output "$2" "$1"
}

# With inst.repo the tree comes first and the kickstart last, and one interface was measured to
# fetch it once. Without it the kickstart comes first, the tree is the one it names, and the
# kickstart is fetched again, because the job runs for lo too (measured). Several interfaces each
# run the job, so a server must bear a second request in either case: here it always gets one.
fetch_in_measured_order() {
  REPO=${ARG[inst.repo]}
  if [[ -n ${ARG[inst.stage2]:-$REPO} ]]; then
    fetch_tree || TREE_MISSING=1
    fetch_kickstart || fail_stage1 "failed to fetch kickstart from ${ARG[inst.ks]}"
    ! is_url "${ARG[inst.ks]}" || fetch_kickstart
  else
    if ! fetch_kickstart; then
      fetch_kickstart || fail_stage1 "failed to fetch kickstart from ${ARG[inst.ks]}"
    fi
    REPO=$(kickstart_source)
    [[ -n $REPO ]] || fail_stage1 "Reason unknown (no inst.repo, and no source in the kickstart)"
    ! is_url "$REPO" || need_network
    fetch_tree || TREE_MISSING=1
    ! is_url "${ARG[inst.ks]}" || fetch_kickstart
  fi
  [[ -z $TREE_MISSING ]] || fail_stage1 "Reason unknown (no installer image at ${ARG[inst.stage2]:-$REPO})"
  choose_source
}

# Where the packages come from: the command line's word, then the kickstart's, then the medium or
# the tree that stage 2 came from. REPO becomes a URL, or a folder of a medium.
choose_source() {
  REPO=${ARG[inst.repo]:-$(kickstart_source)}
  REPO=${REPO:-${ARG[inst.stage2]}}
  is_url "$REPO" || REPO=$(medium_folder "$REPO" sources) ||
    fail_stage1 "the installation source ${ARG[inst.repo]:-$(kickstart_source)} is not there"
  say "installation source: $REPO"
}

fetch_kickstart() {
  local source=${ARG[inst.ks]}
  [[ -n $source ]] || return 0
  if is_url "$source"; then
    fetch "$source" "$STATE/ks.cfg" || return 1
  else
    copy_kickstart "$source" || return 1
  fi
  if [[ -s "$STATE/ks.cfg" ]]; then
    mv "$STATE/ks.cfg" /run/install/ks.cfg
    phase kickstart-fetched "bytes=$(stat -c %s /run/install/ks.cfg) url=$source"
  else
    # measured: an empty 200 is a success without a kickstart
    phase kickstart-empty "url=$source"
  fi
}

fetch_tree() {
  local base=${ARG[inst.stage2]:-$REPO} image=images/install.img folder
  if ! is_url "$base"; then
    folder=$(medium_folder "$base" repo) || return 1
    image=$(main_image "$folder/.treeinfo")
    [[ -e $folder/$image ]] || image=LiveOS/squashfs.img
    [[ -e $folder/$image ]] || return 1
    phase medium-mounted "device=$(findmnt -no SOURCE --target "$folder") at=$folder"
    phase stage2-fetched "url=$base image=$image"
    return
  fi
  base=${base%/}
  fetch "$base/.treeinfo" "$STATE/treeinfo" && image=$(main_image "$STATE/treeinfo")
  if ! fetch "$base/$image" "$STATE/install.img"; then
    fetch "$base/LiveOS/squashfs.img" "$STATE/install.img" || return 1
  fi
  fetch "$base/images/updates.img" "$STATE/updates.img" 2>/dev/null
  fetch "$base/images/product.img" "$STATE/product.img" 2>/dev/null
  phase stage2-fetched "url=$base/$image"
}

main_image() { # TREEINFO
  local image
  image=$(awk -F ' *= *' '/^\[/ { section = $0 } section == "[stage2]" && $1 == "mainimage" { print $2 }' "$1" 2>/dev/null)
  echo "${image:-images/install.img}"
}

# The source that stage 1 reads from the kickstart, in the command line's words: leniently, only
# outside of sections, and of several the last one.
kickstart_source() {
  local line source=
  while read -r line; do
    words_of "$line"
    case ${WORDS[0]} in
      url) source=$(option url) ;;
      cdrom) source=cdrom ;;
      harddrive) source=hd:$(option partition):$(value dir) ;;
    esac
  done < <(awk '/^%include/ { next } /^%end/ { inside = 0; next } /^%/ { inside = 1 } !inside' \
    /run/install/ks.cfg 2>/dev/null)
  echo "$source"
}

# Anaconda's stage 1 ends in dracut's emergency shell unless rd.emergency= says otherwise.
fail_stage1() {
  say "Installer errors encountered during boot: $1"
  leave "${ARG[rd.emergency]:-poweroff}"
}
