#!/usr/bin/env bash
# Starts a real Neo4j 5.26 Community server on loopback without Docker; needs Java 17, and Maven unless the jars are there.
#
# Usage: start.sh DIR [BOLT_PORT]
#   DIR holds configuration, data, logs and the file `pid`; a second start on the same DIR finds the same data.
# Environment:
#   NEO4J_JARS           folder of the server's jars, shared by several DIRs; filled if it is absent (default DIR/jars)
#   NEO4J_AUTH_ENABLED   true turns sign-in on (first user neo4j / neo4j, whose password must be changed at once)
#   NEO4J_SETTINGS       more lines of neo4j.conf
#   NEO4J_JAVA_OPTIONS   more options of the Java machine
#
# Prints the Bolt address when the server answers and leaves it running. Stop it with: kill "$(cat DIR/pid)"
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dir=${1:?DIR} port=${2:-7687}
mkdir -p "$dir/conf" "$dir/logs" && dir=$(cd "$dir" && pwd)
jars=${NEO4J_JARS:-$dir/jars}

if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
  echo "port $port is taken" >&2; exit 1
fi
if [ ! -d "$jars" ]; then
  # Into another folder first: a download that breaks off must not look complete to the next start.
  mvn -q -f "$here/pom.xml" dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory="$jars.part" >&2
  mv "$jars.part" "$jars"
fi
cat > "$dir/conf/neo4j.conf" <<CONF
server.bolt.listen_address=127.0.0.1:$port
server.http.enabled=false
server.memory.heap.initial_size=256m
server.memory.heap.max_size=1g
server.memory.pagecache.size=256m
dbms.usage_report.enabled=false
dbms.security.auth_enabled=${NEO4J_AUTH_ENABLED:-false}
${NEO4J_SETTINGS:-}
CONF
# The line that says "Started." must be this start's.
rm -f "$dir/logs/neo4j.log"
# shellcheck disable=SC2086  # options are words
java -Xmx1g -XX:+UseG1GC ${NEO4J_JAVA_OPTIONS:-} -Dfile.encoding=UTF-8 \
    --add-opens=java.base/java.nio=ALL-UNNAMED --add-opens=java.base/java.io=ALL-UNNAMED \
    --add-opens=java.base/sun.nio.ch=ALL-UNNAMED --add-opens=java.base/java.util.concurrent=ALL-UNNAMED \
    -cp "$jars/*" org.neo4j.server.CommunityEntryPoint --home-dir="$dir" --config-dir="$dir/conf" \
    > "$dir/console.log" 2>&1 < /dev/null &
echo $! > "$dir/pid"
for _ in $(seq 960); do
  if ! kill -0 "$(cat "$dir/pid")" 2>/dev/null; then
    echo "Neo4j stopped:" >&2
    tail -n 20 "$dir/console.log" "$dir/logs/neo4j.log" >&2 || true
    exit 1
  fi
  if grep -q 'Started\.' "$dir/logs/neo4j.log" 2>/dev/null && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    echo "bolt://127.0.0.1:$port"; exit 0
  fi
  sleep 0.25
done
echo "Neo4j did not answer within 240 s; see $dir/logs" >&2
kill "$(cat "$dir/pid")" 2>/dev/null || true
exit 1
