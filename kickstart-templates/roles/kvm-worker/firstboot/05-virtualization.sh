#!/usr/bin/bash
# CloudStack refuses a host without /dev/kvm five minutes after it was added. Nothing that follows
# would mend that, so it is looked at first.
set -euo pipefail

fail() {
  echo "$1" >&2
  exit 1
}

in_setup="Switch on 'Intel Virtualization Technology' (VT-x) or 'SVM Mode' (AMD-V) in the machine's \
BIOS setup, mostly below Advanced, CPU Configuration; then switch it off and on again"

module=
if [[ $(uname -m) == x86_64 ]]; then
  case $(grep -E -o -w -m 1 'vmx|svm' /proc/cpuinfo | head -n 1 || true) in
    vmx) module=kvm_intel ;;
    svm) module=kvm_amd ;;
    *)
      hypervisor=$(systemd-detect-virt --vm || true)
      if [[ -n $hypervisor && $hypervisor != none ]]; then
        fail "this machine is itself a virtual one ($hypervisor), and its processor has neither vmx nor \
svm: allow nested virtualisation there, with a CPU model that passes it on (host-passthrough)"
      fi
      fail "the processor has neither vmx (Intel VT-x) nor svm (AMD-V). $in_setup"
      ;;
  esac
fi

if [[ ! -e /dev/kvm && -n $module ]]; then
  # the switch in the firmware shows here on processors that keep the flag
  if ! said=$(modprobe "$module" 2>&1); then
    log=$(dmesg 2>/dev/null | grep -i -E '(kvm|vmx|svm).*disabled.*bios' || true)
    if [[ -n $log ]]; then
      fail "the kernel refused $module: ${log##*$'\n'}. $in_setup"
    fi
    fail "the kernel refused $module: ${said:-no reason given}; see dmesg"
  fi
fi
if [[ ! -e /dev/kvm ]]; then
  fail "${module:-kvm} is loaded, but there is no /dev/kvm: see dmesg, and blacklists in /etc/modprobe.d"
fi
if [[ ! -c /dev/kvm ]] || ! (exec 3<>/dev/kvm) 2>/dev/null; then
  fail "/dev/kvm is there but cannot be opened: see ls -l /dev/kvm, and dmesg"
fi
