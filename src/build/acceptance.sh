#!/usr/bin/env bash
# Installs both roles of examples/lab from real Rocky media, with BIOS and with UEFI, in QEMU, and
# writes target/acceptance/report.md: acceptance.sh IMAGE... Needs root, and some 10 GB an image.
# IMPORT_OPTIONS goes to barestack import: --sha256=DIGEST, --key=FILE, --insecure-no-verify.
# FIRMWARE and MINUTES choose other kinds and another limit than "bios uefi" and 180.
set -euo pipefail

if [ $# = 0 ]; then
  echo "make acceptance: say which images: ISO=\"Rocky-9.7-x86_64-dvd.iso Rocky-10.1-x86_64-dvd1.iso\"" >&2
  exit 2
fi

folder=target/acceptance
report=$folder/report.md
root=$folder/http-root
mkdir -p "$root"
read -ra options <<<"${IMPORT_OPTIONS-}"
read -ra kinds <<<"${FIRMWARE-bios uefi}"

# The lab with that release and nothing else changed.
site() { # VERSION
  local site=$folder/site-$1
  rm -rf "$site"
  cp -r examples/lab "$site"
  sed -i "s/^  release: .*/  release: \"$1\"/" "$site/site.yaml"
  grep -qx "  release: \"$1\"" "$site/site.yaml" || { echo "acceptance.sh: examples/lab names no release to change" >&2; exit 1; }
  echo "$site"
}

# Says on the terminal and in the report.
tell() { printf '%s\n' "$@" | tee -a "$report"; }

{
  echo "# Acceptance"
  echo
  echo "- Barestack $(git describe --always --dirty 2>/dev/null || echo unknown), $(date -u +%Y-%m-%dT%H:%MZ)"
  echo "- $(sed -n 's/^PRETTY_NAME="\(.*\)"$/\1/p' /etc/os-release), kernel $(uname -r), $(nproc) processors, $([ "${BARESTACK_ACCEL-}" = kvm ] && echo KVM || echo 'software translation')"
} >"$report"

failed=0
for image in "$@"; do
  tell "" "## ${image##*/}" "" '```'
  ./barestack import --http-root "$root" "${options[@]}" "$image" | tee "$folder/import.out" | tee -a "$report"
  tell '```' ""
  release=$(sed -nE '1s,^.*/rocky-([0-9.]+)-[a-z0-9_]+(:| is there).*$,\1,p' "$folder/import.out")
  site=$(site "$release")
  for kind in "${kinds[@]}"; do
    tell "### Rocky $release, $kind" "" '```'
    if ./barestack rehearse --site "$site" --http-root "$root" --firmware "$kind" --minutes "${MINUTES-180}" \
      | tee "$folder/rehearse-$release-$kind.out" | grep -E '^([a-z0-9-]+, (BIOS|UEFI)|All are|Not all are)' | tee -a "$report"; then
      result=passed
      grep -q "Rocky's own installer ran" "$folder/rehearse-$release-$kind.out" \
        || result="passed by the stand-in, which says nothing of Rocky"
    else
      result=FAILED
      failed=1
    fi
    tell '```' "" "$result" ""
  done
done
echo "The report: $report"
exit "$failed"
