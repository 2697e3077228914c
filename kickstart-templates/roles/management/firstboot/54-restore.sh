#!/usr/bin/bash
# shellcheck disable=SC1091,SC2154
# Asks Barestack for a backup that was handed over for this install (barestack rebuild --restore). It is
# encrypted for the site's backup key, which only this role has. One that was put here by hand goes
# before it. One that was loaded is not asked for again.
set -euo pipefail
. /usr/libexec/barestack/management.bash
install_url=
# shellcheck source=/dev/null
. /etc/barestack/install
backup=$kept/restore.cms

# Without a server nobody hands anything over, unless the file was put here by hand. What this install
# had to restore is restored once: 55-database writes that down.
if [[ -z $install_url || -e $backup || -e $kept/restored ]]; then
  exit 0
fi
mkdir -p "$kept"
status=$(curl --silent --show-error --noproxy '*' --connect-timeout 10 --retry 3 --max-time 3600 \
  --output "$backup.new" --write-out '%{http_code}' "$install_url/restore") ||
  fail "Barestack did not say whether there is a backup to restore"
case $status in
  200)
    sync "$backup.new"
    mv "$backup.new" "$backup"
    sync "$kept"
    ;;
  204) rm -f "$backup.new" ;; # nothing was handed over
  # To go on would make an empty cloud where an old one was meant to come back.
  404)
    fail "Barestack does not know this install any more, so neither whether there is a backup to restore:" \
      "its node was ordered to install anew, or its journal was lost. Let it install anew," \
      "or put the backup to $backup by hand"
    ;;
  *) fail "Barestack answered $status when asked for a backup to restore: $(head -c 400 "$backup.new")" ;;
esac
