#!/usr/bin/bash
# shellcheck disable=SC1091,SC2154
# MariaDB runs as CloudStack needs it, and only who knows root's password gets in.
set -euo pipefail
. /usr/libexec/barestack/management.bash
need database-root

systemctl enable --now mariadb || fail "MariaDB does not start: see journalctl -u mariadb" \
  "$(journalctl --no-pager -o cat -n 3 -u mariadb)"

# root comes in by its socket, as MariaDB sets it up: by who asks, and with any password.
wanted='1 1 600 350 1 ROW 127.0.0.1'
settings() {
  sql <<<"SELECT CONCAT_WS(' ', @@server_id, IF(@@innodb_rollback_on_timeout, 1, 0), @@innodb_lock_wait_timeout,
    @@max_connections, IF(@@log_bin, 1, 0), @@binlog_format, @@bind_address);"
}
now=$(settings) || fail "root cannot speak with MariaDB by its socket: see /etc/my.cnf.d and journalctl -u mariadb"
if [[ $now != "$wanted" ]]; then
  systemctl restart mariadb
  now=$(settings)
  [[ $now == "$wanted" ]] || fail \
    "MariaDB does not take /etc/my.cnf.d/cloudstack.cnf: another file there, or /etc/my.cnf, says otherwise" \
    "wanted: $wanted" "it has: $now"
fi

# By TCP the socket counts for nothing, so this asks for the password.
password_holds() {
  sql --protocol=tcp --host=127.0.0.1 <<<'SELECT 1;' >/dev/null 2>&1
}
if ! password_holds; then
  # The socket stays a second way in for root alone: so a new password can be set when it was rotated.
  # Neither statement may come into the binary log, with the password in it.
  sql <<END
SET sql_log_bin = 0;
ALTER USER root@localhost IDENTIFIED VIA unix_socket OR mysql_native_password USING PASSWORD('$(secret database-root)');
END
  password_holds || fail "MariaDB does not take root's new password: see journalctl -u mariadb"
fi

others=$(sql <<<"SELECT CONCAT(QUOTE(User), '@', QUOTE(Host)) FROM mysql.user
  WHERE (User = '' AND Host != '') OR (User = 'root' AND Host != 'localhost');")
while IFS= read -r account; do
  [[ -z $account ]] || sql <<<"DROP USER $account;"
done <<<"$others"
if has_database test; then
  sql <<<'DROP DATABASE test;'
fi
if [[ $(sql <<<"SELECT COUNT(*) FROM mysql.db WHERE Db LIKE 'test%';") != 0 ]]; then
  sql <<<"DELETE FROM mysql.db WHERE Db LIKE 'test%'; FLUSH PRIVILEGES;"
fi
