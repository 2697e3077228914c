#!/usr/bin/bash
# CloudStack refuses a host without /dev/kvm, five minutes after it was added.
set -euo pipefail

if [[ ! -e /dev/kvm ]]; then
  modprobe kvm_intel 2>/dev/null || modprobe kvm_amd 2>/dev/null || true
fi
if [[ ! -e /dev/kvm ]]; then
  echo "there is no /dev/kvm: switch on VT-x or AMD-V in the firmware's setup" >&2
  exit 1
fi
