# The medium goes away and there is no network: what the first boot installs comes from the disk, and
# from nowhere else.
set -euo pipefail
root=${BARESTACK_ROOT:-}
from=$root/run/install/repo/barestack/repos
to=$root/mnt/sysroot/var/lib/barestack/repos
rm -rf "$to"
mkdir -p "${to%/*}"
cp --recursive "$from" "$to"
for file in "$root"/mnt/sysroot/etc/yum.repos.d/*.repo; do
  if [[ -e $file ]]; then sed -i 's/^enabled *= *1/enabled=0/' "$file"; fi
done
for repository in "$to"/*; do
  name=${repository##*/}
  # Whoever made the medium vouches for them, as for all else on it.
  printf '[%s]\nname=%s, from the medium of the install\nbaseurl=file:///var/lib/barestack/repos/%s\nenabled=1\ngpgcheck=0\n\n' \
    "$name" "$name" "$name"
done >"$root/mnt/sysroot/etc/yum.repos.d/barestack-medium.repo"
