# Nobody else is told what happened, so it stays with the system, and on the screen.
account() { # RESULT
  local root=${BARESTACK_ROOT:-} folder text console file
  local -a consoles=()
  folder=$root/mnt/sysroot/var/log/barestack
  text="Barestack: install $install of $node: $1"
  if [[ -d ${folder%/*} ]]; then
    mkdir -p "$folder"
    {
      printf 'install=%s\nnode=%s\n' "$install" "$node"
      cat "$root/tmp/barestack-account" 2>/dev/null
      printf 'ended=%s\nresult=%s\n' "$(date --utc +%FT%TZ)" "$1"
    } >"$folder/install.txt.new"
    mv "$folder/install.txt.new" "$folder/install.txt"
    for file in "$root/tmp/barestack-pre.log" "${folder%/*}/barestack-post.log" \
      "$root"/tmp/anaconda.log; do
      if [[ -s $file ]]; then cp "$file" "$folder/${file##*/}"; fi
    done
    sync
    text+="; its report is /var/log/barestack/install.txt on its disk"
  fi
  printf '%s\n' "$text"
  read -ra consoles 2>/dev/null <"$root/sys/class/tty/console/active" || true
  for console in "${consoles[@]}"; do
    printf '\r\n%s\r\n' "$text" 2>/dev/null >"$root/dev/$console" || true
  done
}
