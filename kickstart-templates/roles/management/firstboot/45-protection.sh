#!/usr/bin/bash
# shellcheck disable=SC1091,SC2154
# The firewall lets in what a management node is asked for, and SELinux enforces.
set -euo pipefail
. /usr/libexec/barestack/management.bash

systemctl enable --now firewalld || fail "firewalld does not start: see journalctl -u firewalld"
# the zone as its file says, beside the zone as firewalld has it
list() { # COMMAND
  local what
  for what in services ports rich-rules; do
    "$1" --zone=barestack "--list-$what" 2>/dev/null | tr ' ' '\n' | sort
  done
}
if [[ $(list firewall-cmd) != "$(list firewall-offline-cmd)" ]]; then
  firewall-cmd --reload
fi
if [[ $(firewall-cmd --get-default-zone) != barestack ]]; then
  firewall-cmd --set-default-zone=barestack
fi
[[ $(list firewall-cmd) == "$(list firewall-offline-cmd)" ]] ||
  fail "firewalld does not take /etc/firewalld/zones/barestack.xml: see journalctl -u firewalld"

# CloudStack's guide asks for permissive. Its server has no policy of its own, so SELinux confines it
# no further; MariaDB, NFS and sshd it does confine, and that is worth keeping.
if type -P getenforce >/dev/null; then
  if [[ $(getenforce) == Permissive ]]; then
    setenforce 1
  fi
  sed -i 's/^SELINUX=permissive/SELINUX=enforcing/' /etc/selinux/config
  if [[ $(getenforce) == Disabled ]]; then
    echo "warning: SELinux is disabled; it takes a restart to switch it on"
  fi
fi
