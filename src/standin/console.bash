# What the stand-in says, and how it leaves. Sourced by init.

# A line goes to the console, and also to the first serial port when that is not the console.
SERIAL=
find_serial_console() {
  grep -q '^ttyS0 ' /proc/consoles || { [[ -c /dev/ttyS0 ]] && stty -F /dev/ttyS0 2>/dev/null && SERIAL=/dev/ttyS0; }
}

print() {
  printf '%s\n' "$*"
  [[ -z $SERIAL ]] || printf '%s\r\n' "$*" >"$SERIAL"
}

say() { print "standin: $*"; }

phase() { # NAME [KEY=VALUE...]
  say "phase=$*"
  log anaconda INF "stand-in: phase $*"
}

# Writes to a log as Anaconda does: /tmp/NAME.log, milliseconds and a level of three letters.
log() { # NAME LEVEL TEXT
  printf '%(%H:%M:%S)T,000 %s %s\n' -1 "$2" "$3" >>"/tmp/$1.log"
}

banner() {
  print "=================================================="
  print "  BARESTACK STAND-IN INSTALLER (not Anaconda)"
  print "=================================================="
  phase started "release=$RELEASE kernel=$(uname -r)"
}

# Whether the firmware started only what is signed: the variable's value follows four octets of its
# attributes (UEFI 2.10, 3.3).
secure_boot() {
  local file=/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c
  [[ -e $file && $(od -An -tu1 -j4 -N1 "$file") -eq 1 ]]
}

# As the kernel tells it: "none [integrity] confidentiality".
lockdown() {
  mountpoint -q /sys/kernel/security || mount -t securityfs securityfs /sys/kernel/security
  sed -n 's/.*\[\(.*\)\].*/\1/p' /sys/kernel/security/lockdown
}

tell_secure_boot() {
  [[ -d /sys/firmware/efi ]] || return 0
  say "secure boot: $(secure_boot && echo on || echo off), lockdown: $(lockdown)"
}

# Ends the machine the way ACTION says. Does not return.
leave() { # reboot|poweroff|shutdown|halt|wait
  phase finished "action=$1"
  trap - EXIT
  sync
  umount -R /mnt/sysroot /mnt/sysimage 2>/dev/null
  vgchange -qq -an >/dev/null 2>&1
  case $1 in
    reboot) reboot -f ;;
    halt) halt -f ;;
    wait)
      say "waits for Enter, as Anaconda does without reboot, poweroff or shutdown"
      sleep infinity
      ;;
    *) poweroff -f ;;
  esac
  sleep infinity
}
