#!/usr/bin/bash
# shellcheck disable=SC1091,SC2154
# The management server logs in to workers with the site's key, which they have before it ever runs.
# It makes one of its own at its first start if it finds none in its database, so this comes before.
set -euo pipefail
. /usr/libexec/barestack/management.bash
need database-root database-key manager-ssh-key

rows=$(sql <<<"SELECT COUNT(*) FROM cloud.configuration WHERE name IN ('ssh.privatekey', 'ssh.publickey');")
if [[ $rows == 2 ]]; then
  exit 0
fi
if was_used || [[ $rows != 0 ]]; then
  fail "the management server has run and has not the site's key; nothing was changed"
fi

jar=/usr/share/cloudstack-common/lib/cloudstack-utils.jar
[[ -e $jar ]] || fail "there is no $jar: CloudStack's packages are not those of a version that we know"
folder=$(mktemp -d /run/barestack-key.XXXXXX)
trap 'rm -rf "$folder"' EXIT

# java reads arguments from a file; on its command line everybody could read them.
encrypted() { # TEXT
  printf '%s\n' -classpath "$jar" com.cloud.utils.crypt.EncryptionCLI -p "$(secret database-key)" -i "\"$1\"" \
    >"$folder/arguments"
  java "@$folder/arguments"
}

# both with their final line break, which $() would take
private=$(secret manager-ssh-key && echo x)
public=$(ssh-keygen -y -f "$secrets/manager-ssh-key") || fail "the secret manager-ssh-key is no private key"
private=$(encrypted "${private%x}")
public=$(encrypted "$public"$'\n')
[[ $private =~ ^[A-Za-z0-9+/=_-]+$ && $public =~ ^[A-Za-z0-9+/=_-]+$ ]] ||
  fail "CloudStack's EncryptionCLI did not answer as we know it"
sql <<END
START TRANSACTION;
INSERT INTO cloud.configuration (category, instance, component, name, value) VALUES
  ('Hidden', 'DEFAULT', 'management-server', 'ssh.privatekey', '$private'),
  ('Hidden', 'DEFAULT', 'management-server', 'ssh.publickey', '$public');
COMMIT;
END
