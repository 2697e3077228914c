#!/usr/bin/env bash
# Fuzzes what reads the network, kickstarts, packages and ISO images, guided by code coverage (Jazzer): fuzz.sh 30s|10m|2h for each kind.
# An input that breaks something is kept in src/test/resources/fuzz, where every test run has it.
set -euo pipefail

case ${1:-10m} in
  *[!0-9smh]* | [smh]*) echo "fuzz.sh: say how long: 30s, 10m or 2h" >&2; exit 2 ;;
  *h) seconds=$((${1%h} * 3600)) ;;
  *m) seconds=$((${1%m} * 60)) ;;
  *) seconds=${1%s} ;;
esac

JAVA_HOME=$(src/build/find-jdk.sh)
export JAVA_HOME MAVEN_OPTS=--sun-misc-unsafe-memory-access=allow
classpath=target/fuzz.classpath
# The tests leave in target/fuzz the inputs that it begins with.
mvn -B -q --no-transfer-progress -Pfuzz test -Dtest=DhcpFuzzTest,TftpFuzzTest,RoutesFuzzTest,CloudFuzzTest,KickstartFuzzTest,RpmFuzzTest,IsoFuzzTest \
  dependency:build-classpath "-Dmdep.outputFile=$classpath" -Dmdep.includeScope=test

for target in dhcp=wire.dhcp.DhcpFuzzTest tftp=wire.tftp.TftpFuzzTest routes=serve.http.RoutesFuzzTest cloud=cloud.CloudFuzzTest kickstart=kickstart.KickstartFuzzTest rpm=format.rpm.RpmFuzzTest iso=format.iso.IsoFuzzTest; do
  name=${target%%=*}
  echo "fuzz $name: $seconds s"
  "$JAVA_HOME/bin/java" -cp "target/classes:target/test-classes:$(cat "$classpath")" \
    -Xmx1g --enable-native-access=ALL-UNNAMED -XX:+EnableDynamicAgentLoading \
    com.code_intelligence.jazzer.Jazzer \
    --target_class="org.barestack.${target#*=}" --instrumentation_includes='org.barestack.**' \
    --reproducer_path=target "-artifact_prefix=src/test/resources/fuzz/$name/" \
    -max_total_time="$seconds" -max_len=4096 -print_final_stats=1 \
    "target/fuzz/$name" "src/test/resources/fuzz/$name" 2>"target/fuzz-$name.log" \
    || { tail -40 "target/fuzz-$name.log"; echo "fuzz $name: a finding; its input is the newest file in src/test/resources/fuzz/$name" >&2; exit 1; }
  grep -E 'stat::(number_of_executed_units|average_exec_per_sec)|DONE' "target/fuzz-$name.log"
done
