# What stands for the packages, and the kickstart commands that shape the installed system.
# Sourced by init.

# Copies the running initramfs to the target, so that chrooted scripts run for real.
install_packages() {
  local package major directory
  cp -a /usr /bin /sbin /lib /lib64 "$ROOT/"
  # the folders of Rocky's filesystem, openssh-server, chrony, sudo, NetworkManager and systemd
  mkdir -p "$ROOT"/{boot,home,media,mnt,opt,root,srv,tmp} "$ROOT"/usr/{local/{bin,sbin,lib,libexec,share},libexec,share} \
    "$ROOT"/var/{lib,log,spool,tmp} "$ROOT"/etc/{cron.d,modprobe.d,modules-load.d,NetworkManager/conf.d,pki,profile.d} \
    "$ROOT"/etc/{ssh/sshd_config.d,sudoers.d,sysconfig,sysctl.d,systemd/system,tmpfiles.d,udev/rules.d,yum.repos.d}
  cp -a /etc/{passwd,group,shadow,shells,nsswitch.conf,hosts,lvm,pam.d,sudoers} "$ROOT/etc/"
  ln -sfn ../run "$ROOT/var/run"
  chmod 700 "$ROOT/root"
  chmod 1777 "$ROOT/tmp" "$ROOT/var/tmp"
  cp -L /etc/resolv.conf "$ROOT/etc/resolv.conf" 2>/dev/null
  directory=$(openssl version -d 2>/dev/null | cut -d '"' -f 2)
  [[ ! -e $directory/openssl.cnf ]] || { mkdir -p "$ROOT$directory" && cp "$directory/openssl.cnf" "$ROOT$directory/"; }
  major=${RELEASE%.*}
  printf 'Barestack stand-in for Rocky Linux release %s (not Rocky Linux)\n' "$RELEASE" >"$ROOT/etc/rocky-release"
  for package in redhat-release system-release; do
    ln -sfn rocky-release "$ROOT/etc/$package"
  done
  printf '%s\n' 'NAME="Barestack stand-in (not Rocky Linux)"' 'ID="rocky"' 'ID_LIKE="rhel centos fedora"' \
    "VERSION_ID=\"$RELEASE\"" "PLATFORM_ID=\"platform:el$major\"" >"$ROOT/etc/os-release"
  install_doubles
  read_units
  mkdir -p "$ROOT/usr/lib/systemd/system" "$ROOT/root/standin-packages"
  install_units @core network-online.target multi-user.target
  local -i count=0
  while read -r package; do
    : >"$ROOT/root/standin-packages/${package//\//_}"
    install_units "$package"
    count+=1
  done < <(wanted_packages)
  fetch_kernel || return 1
  phase packages-done "count=$count"
}

wanted_packages() {
  local header
  for header in "$SECTIONS"/*.header; do
    [[ -e $header && $(<"$header") == %packages* ]] || continue
    awk '{ sub(/[ \t]*#.*/, "") } NF && $1 !~ /^-/ { print $1 }' "${header%.header}.body"
  done
}

install_doubles() {
  local name
  while read -r name; do
    [[ $name == '#'* ]] || ln -f "$ROOT/usr/lib/standin/double" "$ROOT/usr/bin/$name"
  done <"$LIB/doubles"
  : >"$ROOT/root/standin-calls"
  mv "$ROOT/usr/bin/systemctl" "$ROOT/usr/lib/standin/real-systemctl"
  ln -s ../lib/standin/systemctl "$ROOT/usr/bin/systemctl"
}

declare -A UNITS # package to the names of its units, with spaces

read_units() {
  local package names
  while read -r package names; do
    UNITS[${package:-#}]=$names
  done <"$LIB/units"
}

# Units that do nothing, under the names that the package would bring.
install_units() { # PACKAGE [UNIT...]
  local unit units service
  read -ra units <<<"${UNITS[$1]}"
  shift
  for unit in "${units[@]}" "$@"; do
    service=''
    [[ $unit == *.target ]] || unit=$unit.service service='[Service]\nType=oneshot\nExecStart=/usr/bin/true\n'
    printf "[Unit]\nDescription=Stand-in for %s (does nothing)\n${service}[Install]\nWantedBy=multi-user.target\n" \
      "$unit" >"$ROOT/usr/lib/systemd/system/$unit"
  done
}

# The installed system boots this kernel and this initramfs, so they come from the repository, as
# the packages of a real installation would.
fetch_kernel() {
  local file
  for file in vmlinuz initrd.img; do
    if [[ $REPO == /* ]]; then
      cp "$REPO/images/pxeboot/$file" "$ROOT/boot/$file" || refuse "there is no images/pxeboot/$file on $REPO" || return 1
      continue
    fi
    curl --silent --show-error --fail --location --retry 3 ${ARG[inst.noverifyssl]:+--insecure} \
      --output "$ROOT/boot/$file" "${REPO%/}/images/pxeboot/$file" || refuse "cannot fetch images/pxeboot/$file from $REPO" || return 1
  done
}

configure_target() {
  printf '%s\n' "${FSTAB[@]}" | sort -k 2 >"$ROOT/etc/fstab"
  write_interface_profiles
  each_command record_call authselect firewall firstboot eula group keyboard services skipx syspurpose timesource
  each_command set_language lang
  each_command set_timezone timezone
  each_command set_selinux selinux
  each_command set_network network
  each_command set_root_password rootpw
  each_command add_user user
  each_command add_ssh_key sshkey
  each_command set_services services
  keep_kickstart
  phase configured "hostname=$(cat "$ROOT/etc/hostname" 2>/dev/null)"
}

record_call() { printf 'kickstart: %s\n' "${WORDS[*]}" >>"$ROOT/root/standin-calls"; }
set_language() { echo "LANG=\"${WORDS[1]}\"" >"$ROOT/etc/locale.conf"; }
set_timezone() { ln -sfn "../usr/share/zoneinfo/${WORDS[1]}" "$ROOT/etc/localtime"; }

set_selinux() {
  mkdir -p "$ROOT/etc/selinux"
  printf 'SELINUX=%s\nSELINUXTYPE=targeted\n' "${WORDS[1]#--}" >"$ROOT/etc/selinux/config"
}

# Anaconda leaves a NetworkManager profile of each interface that the installer brought up.
write_interface_profiles() {
  local lease nic
  for lease in "$STATE"/lease-*; do
    [[ -e $lease ]] || return 0
    nic=${lease##*/lease-}
    write_profile "$nic" "$(</sys/class/net/"$nic"/address)" 'method=auto'
  done
}

write_profile() { # NIC MAC IPV4-LINES
  local directory=$ROOT/etc/NetworkManager/system-connections
  mkdir -p "$directory"
  (
    umask 077
    printf '[connection]\nid=%s\nuuid=%s\ntype=ethernet\ninterface-name=%s\n\n[ethernet]\nmac-address=%s\n\n[ipv4]\n%s\n\n[ipv6]\nmethod=auto\n' \
      "$1" "$(</proc/sys/kernel/random/uuid)" "$1" "$2" "$3" >"$directory/$1.nmconnection"
  )
}

set_network() {
  local name nic bits address
  if name=$(option hostname); then
    echo "$name" >"$ROOT/etc/hostname"
  fi
  name=$(option device) || return 0
  nic=$(interface_named "$name") || return 0
  if [[ $(option bootproto) == static ]]; then
    bits=$(prefix_length "$(option netmask)")
    address="method=manual"$'\n'"address1=$(option ip)/$bits,$(option gateway)"
    name=$(option nameserver) && address+=$'\n'"dns=${name//,/;};"
    write_profile "$nic" "$(</sys/class/net/"$nic"/address)" "$address"
  fi
}

# An interface as kickstarts name it: by name, by MAC address, link or bootif.
interface_named() { # NAME
  local path wanted=$1
  [[ $wanted != bootif ]] || wanted=$(tr - : <<<"${ARG[BOOTIF]#01-}")
  for path in /sys/class/net/*; do
    [[ ${path##*/} == lo ]] && continue
    if [[ $wanted == link || ${path##*/} == "$wanted" || $(<"$path/address") == "${wanted,,}" ]]; then
      echo "${path##*/}"
      return
    fi
  done
  return 1
}

prefix_length() { # NETMASK
  local octet bits=0
  for octet in ${1//./ }; do
    while ((octet > 0)); do
      ((bits += octet & 1, octet >>= 1))
    done
  done
  echo $bits
}

set_root_password() {
  local hash='!locked'
  has_flag lock || ! has_flag iscrypted || hash=${WORDS[-1]}
  sed -i "s|^root:[^:]*:|root:$hash:|" "$ROOT/etc/shadow"
}

add_user() {
  local name uid home hash='!!' group
  name=$(option name)
  uid=$(option uid || awk -F : '$3 >= 1000 && $3 < 60000 && $3 > most { most = $3 } END { print most ? most + 1 : 1000 }' "$ROOT/etc/passwd")
  home=$(option homedir || echo "/home/$name")
  ! has_flag iscrypted || hash=$(option password)
  ! has_flag lock || hash="!$hash"
  echo "$name:x:$uid:$uid:$(option gecos):$home:$(option shell || echo /bin/bash)" >>"$ROOT/etc/passwd"
  echo "$name:x:$uid:" >>"$ROOT/etc/group"
  echo "$name:$hash::0:99999:7:::" >>"$ROOT/etc/shadow"
  for group in $(option groups | tr ',' ' '); do
    grep -q "^${group%(*}:" "$ROOT/etc/group" || echo "${group%(*}:x:$((uid + 500)):" >>"$ROOT/etc/group"
    sed -i "/^${group%(*}:/ { s/:\$/:$name/; t; s/\$/,$name/ }" "$ROOT/etc/group"
  done
  mkdir -p "$ROOT$home" && chmod 700 "$ROOT$home" && chown "$uid:$uid" "$ROOT$home"
}

add_ssh_key() {
  local user home uid
  user=$(option username)
  IFS=: read -r _ _ uid _ _ home _ < <(grep "^$user:" "$ROOT/etc/passwd") || return 0
  mkdir -p "$ROOT$home/.ssh"
  echo "${WORDS[-1]}" >>"$ROOT$home/.ssh/authorized_keys"
  chmod 700 "$ROOT$home/.ssh" && chmod 600 "$ROOT$home/.ssh/authorized_keys"
  chown -R "$uid:$uid" "$ROOT$home/.ssh"
}

set_services() {
  local verb names
  for verb in disabled enabled; do
    names=$(option $verb) || continue
    # shellcheck disable=SC2086 # a list of names
    systemctl --root="$ROOT" "${verb%d}" ${names//,/ } >/dev/null 2>&1 || say "services --$verb=$names: a unit is not there"
  done
}

# Anaconda leaves both kickstarts in /root, password hashes and all, unless inst.nosave= says no.
keep_kickstart() {
  local nosave=,${ARG[inst.nosave]},
  umask 077
  [[ $nosave == *,all,* || $nosave == *,all_ks,* || $nosave == *,input_ks,* ]] ||
    cp /run/install/ks.cfg "$ROOT/root/original-ks.cfg"
  [[ $nosave == *,all,* || $nosave == *,all_ks,* || $nosave == *,output_ks,* ]] ||
    cp "$STATE/expanded.ks" "$ROOT/root/anaconda-ks.cfg"
  umask 022
}
