#!/usr/bin/env bash
# Prints the home of a JDK 25 or newer, or says in one line what to install.
set -euo pipefail

version() { # the major version of the JDK in $1; nothing if it is none
  [ -x "$1/bin/javac" ] && sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" 2>/dev/null
}

on_path=$(command -v javac || true)
for candidate in "${JAVA_HOME:-}" \
  ${on_path:+"$(dirname "$(dirname "$(readlink -f "$on_path")")")"} \
  /usr/lib/jvm/*25* /opt/*jdk*25* /usr/java/*25* "${HOME-}"/.sdkman/candidates/java/25* "${HOME-}"/.jdks/*25*; do
  found=$(version "$candidate" || true)
  if [ "${found:-0}" -ge 25 ]; then
    echo "$candidate"
    exit 0
  fi
done

if command -v dnf >/dev/null; then
  remedy="dnf install java-25-openjdk-devel (Rocky 9.7 and 10.1 have it)"
elif [ -n "$(apt-cache search --names-only '^openjdk-25-jdk-headless$' 2>/dev/null)" ]; then
  remedy="apt-get install openjdk-25-jdk-headless"
else
  remedy="this system packages none; unpack a JDK 25 build such as Eclipse Temurin below /opt or /usr/lib/jvm"
fi
echo "barestack: no JDK 25 found (looked at JAVA_HOME, PATH, /usr/lib/jvm, /opt, ~/.sdkman): $remedy" >&2
exit 1
