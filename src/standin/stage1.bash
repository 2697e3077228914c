# Stage 1: the network, and the requests that Anaconda's dracut modules make. Sourced by init.

HEADERS=() # curl arguments, the same for every request of stage 1

stage1() {
  bring_up_network || fail_stage1 "no DHCP answer on any network interface"
  make_headers
  fetch_in_measured_order
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
  if [[ -n $REPO ]]; then
    fetch_tree || TREE_MISSING=1
    fetch_kickstart || fail_stage1 "failed to fetch kickstart from ${ARG[inst.ks]}"
    fetch_kickstart
  else
    if ! fetch_kickstart; then
      fetch_kickstart || fail_stage1 "failed to fetch kickstart from ${ARG[inst.ks]}"
    fi
    REPO=$(kickstart_url)
    [[ -n $REPO ]] || fail_stage1 "Reason unknown (no inst.repo, and no url in the kickstart)"
    fetch_tree || TREE_MISSING=1
    fetch_kickstart
  fi
  [[ -z $TREE_MISSING ]] || fail_stage1 "Reason unknown (no installer image at $REPO)"
}

fetch_kickstart() {
  [[ -n ${ARG[inst.ks]} ]] || return 0
  fetch "${ARG[inst.ks]}" "$STATE/ks.cfg" || return 1
  if [[ -s "$STATE/ks.cfg" ]]; then
    mv "$STATE/ks.cfg" /run/install/ks.cfg
    phase kickstart-fetched "bytes=$(stat -c %s /run/install/ks.cfg) url=${ARG[inst.ks]}"
  else
    # measured: an empty 200 is a success without a kickstart
    phase kickstart-empty "url=${ARG[inst.ks]}"
  fi
}

fetch_tree() {
  local base=${ARG[inst.stage2]:-$REPO} image
  base=${base%/}
  image=images/install.img
  fetch "$base/.treeinfo" "$STATE/treeinfo" &&
    image=$(awk -F ' *= *' '/^\[/ { section = $0 } section == "[stage2]" && $1 == "mainimage" { print $2 }' "$STATE/treeinfo")
  if ! fetch "$base/$image" "$STATE/install.img"; then
    fetch "$base/LiveOS/squashfs.img" "$STATE/install.img" || return 1
  fi
  fetch "$base/images/updates.img" "$STATE/updates.img" 2>/dev/null
  fetch "$base/images/product.img" "$STATE/product.img" 2>/dev/null
  phase stage2-fetched "url=$base/$image"
}

# The url line as stage 1 reads it: leniently, and only outside of sections.
kickstart_url() {
  local line
  while read -r line; do
    words_of "$line"
    option url
  done < <(awk '/^%include/ { next } /^%end/ { inside = 0; next } /^%/ { inside = 1 } !inside && $1 == "url"' \
    /run/install/ks.cfg 2>/dev/null)
}

# Anaconda's stage 1 ends in dracut's emergency shell unless rd.emergency= says otherwise.
fail_stage1() {
  say "Installer errors encountered during boot: $1"
  leave "${ARG[rd.emergency]:-poweroff}"
}
