# Decides about disks without a server, by the server's rules: it takes the disks that the node's
# rules mean, and only if they are blank, or the medium was made with a permit to wipe them. Otherwise
# it says why and switches the machine off.
picked=()

stop() {
  trap - EXIT
  say "Barestack: $1"
  say "Nothing was written to any disk. The machine switches itself off in 30 seconds."
  sleep 30
  leave poweroff
  exit 1
}

describe() { # NAME
  local name=$1 content
  content=${signatures[$name]}${labels[$name]:+ labelled ${labels[$name]}}
  if [[ -z $content && ${edges[$name]} == zero ]]; then content=blank; fi
  printf '%s (%s GiB%s%s, %s)' "$name" $((${size[$name]} >> 30)) \
    "${model[$name]:+, ${model[$name]}}" "${serial[$name]:+, serial ${serial[$name]}}" \
    "${content:-data without a signature}"
}

describe_all() {
  local name separator=
  for name in "$@"; do
    printf '%s%s' "$separator" "$(describe "$name")"
    separator=', '
  done
}

is_meant() { # NAME BY VALUE...
  local name=$1 by=$2 wanted=$3 most=${4:-} path
  case $by in
    serial) [[ -n $wanted && ${serial[$name]} == "$wanted" ]] ;;
    wwn) [[ -n $wanted && ${wwn[$name],,} == "${wanted,,}" ]] ;;
    path)
      for path in "/dev/$name" ${paths[$name]}; do
        if [[ $path == "$wanted" ]]; then return 0; fi
      done
      return 1
      ;;
    size) [[ ${size[$name]} -ge $wanted && ${size[$name]} -le ${most:-${size[$name]}} ]] ;;
    *) return 1 ;;
  esac
}

# Takes the one disk that a rule means; of those with a fitting size, the smallest.
pick() { # BY VALUE...
  local name best=
  local -a found=()
  for name in "${disks[@]}"; do
    if [[ ${medium[$name]} == 0 && " ${picked[*]} " != *" $name "* ]] && is_meant "$name" "$@"; then
      found+=("$name")
      if [[ -z $best || ${size[$name]} -lt ${size[$best]} ]]; then best=$name; fi
    fi
  done
  if [[ -z $best ]]; then
    stop "No disk is meant by the rule $*; the machine has $(describe_all "${disks[@]}")."
  fi
  if [[ $1 != size && ${found[*]} != "$best" ]]; then
    stop "Several disks are meant by the rule $*: $(describe_all "${found[@]}")."
  fi
  picked+=("$best")
}

# Whether this very install began there and was cut off: it goes on.
is_begun() { # NAME
  [[ " ${labels[$1]} " == *" $begun "* ]]
}

# A name that means this disk and no other, so that one put in its place is not taken for it.
lasting_name() { # NAME
  local path
  for path in ${paths[$1]}; do
    if [[ $path =~ ^/dev/disk/by-id/[A-Za-z0-9._:+@=-]+$ && ${path##*/} != @(dm|md|lvm)-* ]]; then
      printf '%s' "$path"
      return
    fi
  done
  printf '%s' "$1"
}

refuse_unless_writable() { # NAME
  local label
  if [[ ${protected[$1]} != 0 ]]; then stop "$(describe "$1") is read-only."; fi
  if [[ ${used[$1]} != 0 ]]; then stop "$(describe "$1") is in use."; fi
  if is_begun "$1"; then return 0; fi
  if [[ -n $permit ]]; then
    for label in ${labels[$1]}; do
      if [[ $label =~ ^b[is][a-z2-7]{10}$ && ! $label =~ ^b[is]$owner ]]; then
        stop "$(describe "$1") carries an install of another node, and the permit is for $node."
      fi
    done
    return 0
  fi
  if [[ ${edges[$1]} != zero || -n ${signatures[$1]} || -n ${labels[$1]} ]]; then
    stop "$(describe "$1") is not blank. To wipe it, boot a rescue system: wipefs --all, then zero both ends."
  fi
}

refuse_installed() { # LABELS NAME...
  local label name pattern=$1
  shift
  for name in "$@"; do
    for label in ${labels[$name]}; do
      if [[ $label =~ ^$pattern$ ]]; then
        stop "$(describe "$name") already carries a finished install of $node."
      fi
    done
  done
}

# Without the disk part the installer would stop at a console that nobody sees.
trap 'stop "The look at this machine broke off: see /tmp/barestack-pre.log."' EXIT
began=$(date --utc +%FT%TZ)
look_at_disks
# A medium stays in its machine: what it installed it never touches again, permit or not.
refuse_installed "$install" "${disks[@]}"
if [[ -z $permit ]]; then refuse_installed "bs${owner}[a-z2-7]{6}" "${disks[@]}"; fi
rules
for name in "${disks[@]}"; do
  if [[ " ${picked[*]} " != *" $name "* ]]; then
    refuse_installed "bs${owner}[a-z2-7]{6}" "$name"
  fi
done
part=large_part
for name in "${picked[@]}"; do
  refuse_unless_writable "$name"
  if [[ ${size[$name]} -lt $small_disk ]]; then part=small_part; fi
done
text=$($part)
for i in "${!picked[@]}"; do
  text=${text//@disk$((i + 1))@/$(lasting_name "${picked[i]}")}
done
printf '%s\n' "$text" >"$root/tmp/disk.ks.new"
mv "$root/tmp/disk.ks.new" "$root/tmp/disk.ks"
printf 'began=%s\ndisks=%s\npermit=%s\n' "$began" "$(describe_all "${picked[@]}")" \
  "${permit:-none}" >"$root/tmp/barestack-account"
say "Barestack: the installation begins on $(describe_all "${picked[@]}")."
trap - EXIT
