#!/usr/bin/bash
# Restarts this machine into a boot from the network. What it prints is shown to the operator; its
# last line is "restarting" if it does.
set -uo pipefail
export LC_ALL=C PATH=$PATH:/usr/sbin:/sbin
# What efibootmgr tells of the boot entries, and what follows from it.

tab=$'\t' # between an entry's name and its path

# Before version 18 it tells no paths without -v. With it, it fails where it cannot read one of them;
# then names have to do.
boot_entries() {
  efibootmgr -v 2>/dev/null || efibootmgr 2>&1
}

# The value of BootCurrent or BootOrder, in capitals; nothing if there is none.
boot_value() { # NAME, standard input: boot_entries
  sed -n "s/^$1: *\([0-9A-Fa-f,]*\).*/\U\1/p" | head -n 1
}

# The active entries that start from a network card: number, MAC address or "-", and a rank, by which
# PXE over IPv4 goes before a path without a protocol, that before HTTP, and that before IPv6.
# Some firmware has paths of its own making (VenMsg, VenHw) for its network entries; then the name
# decides.
network_entries() { # standard input: boot_entries
  local line mac rank
  local disk='[/[:space:])](HD|CDROM|iSCSI)\(|\\EFI'
  local other='(USB|UsbWwid|UsbClass|Sata|NVMe|SCSI|SAS|eMMC|SD|BBS|File|FvFile)\('
  local name="^Boot....\\*[^$tab]*(PXE|Network|IPv4|IPv6|LAN|NIC|HTTP Boot)"
  while IFS= read -r line; do
    [[ $line =~ ^Boot[0-9A-Fa-f]{4}\*[[:space:]] && ! $line =~ $disk ]] || continue
    mac=- rank=1
    if [[ $line =~ MAC[:\(]([0-9A-Fa-f]{12}) ]]; then
      mac=$(sed 's/../&:/g; s/:$//' <<<"${BASH_REMATCH[1],,}")
    elif [[ ! $line =~ BBS\((128|Network), ]]; then
      [[ ! $line =~ $other && $line =~ $name ]] || continue
    fi
    case $line in
      *IPv6*) rank=3 ;;
      *'Uri('* | *HTTP*) rank=2 ;;
      *IPv4*) rank=0 ;;
    esac
    printf '%s %s %s\n' "$(tr a-f A-F <<<"${line:4:4}")" "$mac" "$rank"
  done
}

# The entry by which this machine boots from the network: the one that it just came by; else the best
# one of that network card; else the only one there is. Nothing if that leaves none, or a choice.
network_entry() { # MAC ENTRIES
  local current candidates
  current=$(boot_value BootCurrent <<<"$2")
  candidates=$(network_entries <<<"$2" | sort -s -k 3,3)
  if [[ -n $current ]] && grep -q "^$current " <<<"$candidates"; then
    echo "$current"
  elif grep -q "^.... $1 " <<<"$candidates"; then
    sed -n "/^.... $1 /{s/ .*//p;q}" <<<"$candidates"
  elif [[ -n $candidates && $candidates != *$'\n'* && $candidates == *' - '* ]]; then
    echo "${candidates%% *}"
  fi
}

# The order with an entry first, each entry once, and without numbers that stand for no entry any
# more: efibootmgr refuses an order with such.
order_with() { # ENTRY ENTRIES
  local number order=$1
  for number in $(boot_value BootOrder <<<"$2" | tr , ' '); do
    [[ ,$order, == *,$number,* ]] || ! grep -qi "^Boot${number}[* ]" <<<"$2" || order+=,$number
  done
  echo "$order"
}

stop() { # TEXT...
  printf '%s\n' "$*"
  exit 3
}

choose_network() { # MAC
  local entries entry answer
  entries=$(boot_entries) || stop "efibootmgr: $entries"
  entry=$(network_entry "$1" "$entries")
  [[ -n $entry ]] || stop "no boot entry is known to be the network's, by $1; the firmware has:
$(sed -n "s/^Boot....[* ] *\([^$tab]*\).*/  \1/p" <<<"$entries")"
  answer=$(efibootmgr --quiet --bootnext "$entry" 2>&1) || stop "efibootmgr: $answer"
  sed -n "s/^Boot\($entry\)\* \([^$tab]*\).*/next boot: Boot\1 \2/p" <<<"$entries"
}

if [[ -d ${BARESTACK_ROOT:-}/sys/firmware/efi ]]; then
  choose_network 02:20:00:00:0a:01
fi
# The restart waits until this session has ended, so that the last line arrives.
(trap '' HUP; sleep 2; systemctl reboot) >/dev/null 2>&1 </dev/null &
echo restarting
