# It comes by standard input of bash, and what it starts gets values by pipes: no command line and no
# environment shows one. Cut off anywhere, it may run again.
set -euo pipefail
umask 077
export LC_ALL=C
name=admin-password
handed=/etc/barestack/secrets/$name
if [[ ! -d ${handed%/*} ]]; then
  echo "this node has no secrets yet: its first boot will get the new value by itself" >&2
  exit 1
fi
printf '%s' 'eA==' | base64 --decode >"$handed.new"
sync "$handed.new"

# The new value takes the place of the old one.
hand_over() {
  mv "$handed.new" "$handed"
  sync "${handed%/*}"
}
# By the old one the step comes in and sets the new one. It stays until then, whatever happens.
if [[ -e $handed ]] && ! cmp --silent "$handed.new" "$handed"; then
  cp "$handed" "$handed.old.new"
  sync "$handed.old.new"
  mv "$handed.old.new" "$handed.old"
fi
hand_over
/usr/libexec/barestack/firstboot.d/75-admin </dev/null
rm -f "$handed.old"
echo "admin of CloudStack has it"
