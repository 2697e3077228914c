# Claims the disks. Barestack answers with the disk part of this kickstart, or with the reason why
# not. Without that part the installer has nothing to write with.
form=()
answer=$root/tmp/barestack-answer

field() { # NAME VALUE
  printf '%s=%s\n' "$1" "$2"
  form+=(--data-urlencode "$1=$2")
}

describe_machine() {
  local name i=0 line memory=0 cpu virtualization=
  while read -r line; do
    if [[ $line == MemTotal:* ]]; then memory=$(trim "${line//[!0-9]/}"); fi
  done <"$proc/meminfo"
  cpu=$(<"$proc/cpuinfo")
  case $cpu in
    *[[:space:]]vmx[[:space:]]*) virtualization=vmx ;;
    *[[:space:]]svm[[:space:]]*) virtualization=svm ;;
  esac
  name=$(value "$sys/class/dmi/id/product_uuid")
  field machine.uuid "${name,,}"
  field machine.serial "$(value "$sys/class/dmi/id/product_serial")"
  field machine.firmware "$(if [[ -d $sys/firmware/efi ]]; then echo uefi; else echo bios; fi)"
  field machine.memory_kib "$memory"
  field machine.clock "$(date +%s)"
  field machine.virtualization "$virtualization"
  for name in "${disks[@]}"; do
    field "disk.$i.name" "$name"
    field "disk.$i.size" "${size[$name]}"
    field "disk.$i.serial" "${serial[$name]}"
    field "disk.$i.wwn" "${wwn[$name]}"
    field "disk.$i.model" "${model[$name]}"
    field "disk.$i.paths" "${paths[$name]}"
    field "disk.$i.medium" "${medium[$name]}"
    field "disk.$i.readonly" "${protected[$name]}"
    field "disk.$i.used" "${used[$name]}"
    field "disk.$i.edges" "${edges[$name]}"
    field "disk.$i.signatures" "${signatures[$name]}"
    field "disk.$i.labels" "${labels[$name]}"
    i=$((i + 1))
  done
}

# Asks once. 0: the disk part is there; 1: refused; 2: no answer that can be understood.
claim() {
  local code
  rm -f "$answer"
  code=$(curl --silent --show-error --noproxy '*' --connect-timeout 5 --max-time 60 \
    --output "$answer" --write-out '%{http_code}' "${form[@]}" "$install_url/claim")
  case $code in
    200)
      if [[ $(tail -n 1 "$answer") != '# end of disk part' ]]; then
        echo 'the answer to the claim was cut off'
        return 2
      fi
      mv "$answer" "$root/tmp/disk.ks"
      ;;
    409) return 1 ;;
    *)
      echo "the claim was answered with HTTP status $code"
      return 2
      ;;
  esac
}

give_up() {
  trap - EXIT
  say "Barestack: $1"
  send_logs
  if [[ $ending == poweroff ]]; then
    # from a medium, which would only come to the same again
    say "Nothing was written to any disk. The machine switches itself off in 60 seconds."
    sleep 60
  else
    say "Nothing was written to any disk. The machine restarts in 10 seconds."
    sleep 10
  fi
  leave "$ending"
  exit 1
}

# Without the disk part the installer would stop at a console that nobody sees.
trap 'give_up "The look at this machine broke off: see /tmp/barestack-pre.log."' EXIT
report progress step=pre
look_at_disks
describe_machine
for pause in 2 4 8 16 30 60 60 60 60 0; do
  claim
  case $? in
    0)
      say "Barestack: the installation begins."
      report progress step=claimed
      trap - EXIT
      exit 0
      ;;
    1) give_up "$(tr -d '\r' <"$answer" | head -c 1000)" ;;
  esac
  sleep "$pause"
done
give_up "$install_url does not answer the claim on this machine's disks."
