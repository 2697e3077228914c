#!/usr/bin/bash
# Who reaches what on this worker: the rules of /etc/nftables/barestack.nft, now and at each boot.
set -euo pipefail
rules=/etc/nftables/barestack.nft

fail() {
  echo "$1" >&2
  exit 1
}

said=$(nft --check --file "$rules" 2>&1) || fail "nft refuses $rules: $said"

# Its stop and its reload flush every table, CloudStack's and ours. It is not stopped here for that
# reason.
if [[ $(systemctl is-enabled nftables.service 2>/dev/null || true) != masked ]]; then
  systemctl mask --quiet nftables.service
fi
if [[ $(systemctl is-enabled barestack-isolation.service 2>/dev/null || true) != enabled ]]; then
  systemctl daemon-reload
  systemctl enable --quiet barestack-isolation.service
fi
systemctl reload-or-restart barestack-isolation.service ||
  fail "the rules could not be loaded: see journalctl -u barestack-isolation"
nft list chain inet barestack input >/dev/null || fail "the table inet barestack is not there"
