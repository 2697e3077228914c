# shellcheck shell=bash disable=SC2034,SC2119,SC2120
# What the steps of a management node have in common. They source it after "set -euo pipefail".
export LC_ALL=C
umask 022
secrets=/etc/barestack/secrets
kept=/var/lib/barestack

fail() { # LINE...: the last five lines are what Barestack is told
  printf '%s\n' "$@" >&2
  exit 1
}

# A step names the secrets it needs before all else: a failed $(secret x) would be an empty password.
need() { # NAME...
  local name
  for name; do
    [[ -s $secrets/$name ]] || fail "there is no secret $name on this node: see step 30-secrets"
  done
}

secret() { # NAME
  cat "$secrets/$1"
}

# Standard input becomes that file, whole or not at all. A file that is so already is left alone.
put() { # MODE OWNER:GROUP PATH
  local new=$3.new
  (umask 077 && cat >"$new")
  chown "$2" "$new"
  chmod "$1" "$new"
  if [[ -f $3 ]] && cmp --silent "$new" "$3" && [[ $(stat -c %a:%U:%G "$3") == "${1#0}:$2" ]]; then
    rm "$new"
    return
  fi
  sync "$new"
  mv "$new" "$3"
  sync "${3%/*}"
  if type -P restorecon >/dev/null; then
    restorecon "$3" || true
  fi
}

# A file that says that something is under way, on the disk before it begins and until it is done.
begin() { # NAME
  mkdir -p "$kept"
  echo "since $(date --utc +%FT%TZ)" >"$kept/$1"
  sync "$kept/$1" "$kept"
}

finish() { # NAME
  sync
  rm -f "${kept:?}/$1"
  sync "$kept"
}

# MariaDB's client as root. The password goes by a pipe: neither arguments nor environment show it.
sql() {
  mariadb --defaults-extra-file=<(printf '[client]\nuser=root\npassword=%s\n' "$(secret database-root)") \
    --batch --skip-column-names "$@"
}

has_database() { # NAME
  [[ $(sql <<<"SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = '$1';") == 1 ]]
}

has_table() { # NAME in database cloud
  [[ $(sql <<<"SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = 'cloud' AND table_name = '$1';") == 1 ]]
}

# A management server writes itself into mshost when it first starts.
was_used() {
  has_table mshost && [[ $(sql <<<'SELECT COUNT(*) FROM cloud.mshost;') != 0 ]]
}
