#!/usr/bin/env bash
# Makes a signed RPM repository of doubles: packages with the names of CloudStack's and Rocky's, in
# which small scripts play what a node's first boot has to do with. Real dnf installs them in the root
# file system that build.sh makes.
#
# usage: src/noderoot/repository.sh ROOT OUTDIR      ROOT: what build.sh made
#
# OUTDIR gets repo/ (packages, repodata), key.asc (which signed them) and wrong.asc (which did not).
# Needs root. Does nothing when OUTDIR is up to date.
set -euo pipefail
umask 022
export LC_ALL=C
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

fail() {
  printf 'node repository: %s\n' "$@" >&2
  exit 1
}

(($# == 2)) || fail "usage: repository.sh ROOT OUTDIR"
root=$(readlink -f "$1")
out=$2
[[ -f $root/.noderoot ]] || fail "$1 is no node root: src/noderoot/build.sh makes one"
mkdir -p "$(dirname "$out")"
exec 9>"$(dirname "$out")/.repository.lock"
flock 9
inputs=$({
  cat "$root/.noderoot" "$here/repository.sh"
  cd "$here" && find doubles -type f -printf '%m %p\n' -exec sha256sum {} + | sort
} | sha256sum | cut -d ' ' -f 1)
if [[ -f $out/.repository && $(<"$out/.repository") == "$inputs" ]]; then
  exit 0
fi

work=$(mktemp -d "$(dirname "$out")/.repository.XXXXXX")
clean() {
  # gpg-agent says that it ends before it has
  ! mountpoint -q "$work/merged" || umount "$work/merged" 2>/dev/null || umount --lazy "$work/merged"
  rm -rf "$work"
}
trap clean EXIT
mkdir "$work"/{upper,work,merged}
mount -t overlay overlay -o "lowerdir=$root,upperdir=$work/upper,workdir=$work/work" "$work/merged"
mkdir "$work/merged/doubles" "$work/merged/out"
cp -a "$here/doubles/." "$work/merged/doubles"

# Names only: Debian's own program is there, or nothing asks for it.
empty='bash chrony firewalld ipmitool openssl policycoreutils-python-utils rsync sudo tar mariadb'
cat >"$work/merged/make" <<END
set -euo pipefail
export HOME=/root GNUPGHOME=/root/.gnupg
mkdir -p -m 700 /root/.gnupg
for name in $empty; do mkdir -p /doubles/\$name/root; done
bundle=/doubles/cloudstack-management/root/usr/share/cloudstack-management/templates/systemvm
mkdir -p \$bundle /doubles/cloudstack-management/root/var/{cloudstack/management,log/cloudstack/management}
echo 'DOUBLE of a system VM template' >\$bundle/systemvmtemplate-4.22.0-x86_64-kvm.qcow2.bz2
printf '[default]\nversion = 4.22.0.0\n\n[kvm-x86_64]\ntemplatename = systemvm-kvm-4.22.0-x86_64\nchecksum = %s\ndownloadurl = https://download.cloudstack.org/systemvm/4.22/systemvmtemplate-4.22.0-x86_64-kvm.qcow2.bz2\nfilename = systemvmtemplate-4.22.0-x86_64-kvm.qcow2.bz2\n' \
  "\$(sha512sum <\$bundle/systemvmtemplate-4.22.0-x86_64-kvm.qcow2.bz2 | cut -d ' ' -f 1)" >\$bundle/metadata.ini
for key in right wrong; do
  gpg --batch --quiet --passphrase '' --quick-generate-key "\$key key of the node tests" rsa3072 sign never
  gpg --armor --export "\$key key" >/out/\$key.asc
done
mkdir -p /out/repo
for folder in /doubles/*/; do
  name=\$(basename \$folder)
  case \$name in
    cloudstack-*) version=4.22.0.0 ;;
    mariadb*) version=10.11.6 ;;
    *) version=1.0 ;;
  esac
  cd \$folder/root
  {
    printf '%s\n' "Name: \$name" "Version: \$version" 'Release: 1' 'Summary: DOUBLE of a package, for tests' 'License: Apache-2.0' 'BuildArch: noarch'
    [[ \$name != cloudstack-management ]] || echo 'Requires: cloudstack-common'
    [[ \$name != bash ]] || echo 'Provides: /bin/sh'
    printf '%s\n' 'AutoReqProv: no' %description 'It is not what its name says.' %install "cp -a \$folder/root/. %{buildroot}/"
    if [[ -e \$folder/post ]]; then echo %post; cat \$folder/post; fi
    echo %files
    find . -type f -printf '/%P\n'
    [[ \$name != cloudstack-management ]] || printf '%s\n' '%dir /var/cloudstack/management' '%dir /var/log/cloudstack/management'
  } >/tmp/\$name.spec
  rpmbuild -bb --quiet --define '_topdir /tmp/rpmbuild' --define '_rpmdir /out/repo' --define '_binary_payload w9.gzdio' \
    --define '__brp_mangle_shebangs %{nil}' --define '__os_install_post %{nil}' /tmp/\$name.spec
done
rpmsign --define '_gpg_name right key' --define '_gpg_path /root/.gnupg' --define '__gpg /usr/bin/gpg' --addsign /out/repo/*/*.rpm >/dev/null
createrepo_c --quiet /out/repo
# as in Rocky 9: MariaDB 10.11 is a module stream
{
  printf '%s\n' --- 'document: modulemd' 'version: 2' 'data:' '  name: mariadb' '  stream: "10.11"' '  version: 1' '  context: 00000000' '  arch: noarch' \
    '  summary: DOUBLE' '  description: DOUBLE' '  license: { module: [ MIT ] }' '  artifacts:' '    rpms:' '    - mariadb-0:10.11.6-1.noarch' '    - mariadb-server-0:10.11.6-1.noarch' ...
} >/tmp/modules.yaml
modifyrepo_c --mdtype=modules /tmp/modules.yaml /out/repo/repodata >/dev/null
mkdir -p /out/empty
createrepo_c --quiet /out/empty
gpgconf --kill gpg-agent
END
if ! chroot "$work/merged" /bin/bash /make >"$work/log" 2>&1; then
  fail "it cannot be made:" "$(tail -n 20 "$work/log")"
fi
printf '%s\n' "$inputs" >"$work/merged/out/.repository"
rm -rf "$out"
cp -a "$work/merged/out" "$out"
echo "node repository: $out ($(find "$out/repo" -name '*.rpm' | wc -l) packages)"
