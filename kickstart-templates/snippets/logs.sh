# Sends Barestack the logs of the installer and its scripts. It takes a minute at most, whatever
# the network and the disks do, and its failure is nobody's.
send_logs() {
  local sending
  send_all_logs </dev/null >/dev/null 2>&1 &
  sending=$!
  timeout 60 tail --follow --sleep-interval=0.2 --pid="$sending" /dev/null || kill "$sending" || true
}

# Ends at the first log that Barestack does not answer: then it is gone.
send_all_logs() {
  local root=${BARESTACK_ROOT:-} name
  for name in anaconda.log packaging.log storage.log program.log dbus.log dnf.librepo.log \
    lvm.log syslog barestack-pre.log; do
    send_ends "$name" "$root/tmp/$name" || return
  done
  send_ends ks-scripts.log "$root"/tmp/ks-script-*.log || return
  send_ends barestack-post.log "$root/mnt/sysroot/var/log/barestack-post.log" || return
  # last, since a broken disk may not let go of who looks at it
  machine_text | send_log machine.txt || return
  report logs-sent
}

# Sends what there is of files as one log.
send_ends() { # NAME FILE...
  local name=$1
  shift
  if [[ -n $(log_ends "$@" | head -c 1 | tr '\0' '?') ]]; then
    log_ends "$@" | send_log "$name"
  fi
}

# The end of each file that is there, and before it a line that says what is left out.
log_ends() { # FILE...
  local file size most=$((1024 * 1024 / $#))
  for file in "$@"; do
    if [[ -s $file ]]; then
      size=$(stat --format %s "$file")
      if (($# > 1)); then printf '==> %s <==\n' "$file"; fi
      if ((size > most)); then printf '(the first %d octets are left out)\n' $((size - most)); fi
      tail --bytes "$most" "$file"
    fi
  done
}

machine_text() {
  local command
  local -a words
  for command in 'lsblk --paths --output NAME,SIZE,TYPE,FSTYPE,LABEL,MODEL,SERIAL,MOUNTPOINT' \
    blkid 'ip address' 'ip route' 'cat /proc/cmdline' 'cat /proc/meminfo' 'df -h' 'date --utc' \
    dmesg; do
    read -ra words <<<"$command"
    printf '\n# %s\n' "$command"
    "${words[@]}" 2>&1 | tail --lines 1000
  done
}
