#!/usr/bin/env bash
# Runs the benchmark, or the parts that are named: bench.sh [rounds=N] [dhcp tftp ...]
set -euo pipefail

JAVA_HOME=$(src/build/find-jdk.sh)
export JAVA_HOME MAVEN_OPTS=--sun-misc-unsafe-memory-access=allow
classpath=target/bench.classpath
mvn -B -q --no-transfer-progress -Dspotless.check.skip=true -DskipTests package \
  dependency:build-classpath "-Dmdep.outputFile=$classpath" -Dmdep.includeScope=test
# Makes the cache with which the program starts, so that no contestant waits for it.
./barestack --version >/dev/null

exec "$JAVA_HOME/bin/java" -cp "target/classes:target/test-classes:$(cat "$classpath")" \
  --enable-native-access=ALL-UNNAMED org.barestack.bench.Bench "$@"
