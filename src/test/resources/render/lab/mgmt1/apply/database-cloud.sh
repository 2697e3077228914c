# It comes by standard input of bash, and what it starts gets values by pipes: no command line and no
# environment shows one. Cut off anywhere, it may run again.
set -euo pipefail
umask 077
export LC_ALL=C
name=database-cloud
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
# shellcheck source=/dev/null
. /usr/libexec/barestack/management.bash
need database-root database-key management-key
hand_over
# A server that runs keeps its connections, and cannot make new ones until it is started again.
sql <<END
SET sql_log_bin = 0;
ALTER USER cloud@localhost IDENTIFIED BY '$(secret database-cloud)';
END
/usr/libexec/barestack/quietly cloudstack-setup-databases 'cloud:{database-cloud}@localhost' \
  -e file -m '{management-key}' -k '{database-key}' -i 192.168.50.10 </dev/null
systemctl restart cloudstack-management
/usr/libexec/barestack/firstboot.d/70-management-server </dev/null
echo "CloudStack's user of MariaDB has it, and the management server answers"
