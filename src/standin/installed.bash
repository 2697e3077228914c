# The installed system: the same initramfs, started from the disk. Sourced by init.

run_installed_system() {
  local root=/sysroot device name
  vgchange -qq -ay >/dev/null 2>&1
  udevadm settle
  device=$(blkid -U "${ARG[standin.root]}")
  mkdir -p $root
  if ! mount "$device" $root; then
    say "installed system: no root file system ${ARG[standin.root]}"
    leave poweroff
  fi
  mount_rest $root
  name=$(cat $root/etc/hostname 2>/dev/null)
  hostname "${name:-localhost}"
  ip link set lo up
  for path in /sys/class/net/*; do
    [[ ${path##*/} == lo ]] || ask_dhcp "${path##*/}" '' &
  done
  wait
  cp /etc/resolv.conf $root/etc/resolv.conf 2>/dev/null
  say "installed system up node=${name:-localhost}"
  power_off_on_button &
  trap 'go_down reboot' USR1
  start_ssh $root
  run_firstboot $root
  sleep infinity &
  wait # here a trap runs at once
}

# Where the host had an SSH server to bring along.
start_ssh() { # ROOT
  [[ -x $1/usr/bin/dropbear ]] || return 0
  mkdir -p "$1/etc/dropbear"
  chroot "$1" dropbear -s -R && phase ssh-ready
}

go_down() { # reboot|poweroff
  sync
  umount -R /sysroot 2>/dev/null
  "$1" -f
}

mount_rest() { # ROOT
  local directory
  mount --target-prefix "$1" --fstab "$1/etc/fstab" -a -O no_netdev 2>/dev/null
  for directory in dev proc sys run; do
    mount --rbind "/$directory" "$1/$directory"
  done
}

# What systemd would start on the first boot, if the kickstart enabled it, and start again after a
# failure, if the unit says so.
run_firstboot() { # ROOT
  local unit=$1/etc/systemd/system/barestack-firstboot.service
  [[ -L $1/etc/systemd/system/multi-user.target.wants/barestack-firstboot.service && -e $unit ]] || return 0
  play_steps "$1/usr/libexec/barestack/firstboot.d"
  while ! start_firstboot "$1" "$unit" && grep -qx 'Restart=on-failure' "$unit"; do
    sleep "$(sed -n 's/^RestartSec=\([0-9]\+\)$/\1/p' "$unit")" &
    wait $! # a trap runs at once
  done
}

start_firstboot() { # ROOT UNIT
  local command status=0
  phase firstboot-started
  while read -r command; do
    chroot "$1" /bin/sh -c "${command##[-@:+!]}" </dev/null 2>&1 | while IFS= read -r line; do
      print "firstboot| $line"
    done
    status=${PIPESTATUS[0]}
    ((status == 0)) || break
  done < <(sed -n 's/^ExecStart=//p' "$2")
  phase firstboot-done "status=$status"
  return "$status"
}

# The runner is the real one and reports to the real server, so a step that is not carried out must
# not go by its own name.
play_steps() { # DIRECTORY
  local name played=$1.standin
  while read -r name; do
    [[ $name != '#'* && -e $1/$name ]] || continue
    {
      echo '#!/usr/bin/bash'
      echo "echo 'stand-in: the step $name is not carried out here'"
    } >"$played"
    chmod 755 "$played"
    mv "$played" "$1/$name.standin"
    rm "$1/$name"
  done <"$LIB/steps"
}

power_off_on_button() {
  local event
  for event in /sys/class/input/event*; do
    [[ $(cat "$event/device/name" 2>/dev/null) == "Power Button" ]] || continue
    dd if="/dev/input/${event##*/}" bs=24 count=1 status=none >/dev/null # one struct input_event
    say "power button"
    go_down poweroff
  done
}
