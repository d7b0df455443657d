#!/usr/bin/env bash
# Starts a real Keycloak 26.4 (development mode, data in files) on loopback without Docker; needs Java 17, and Maven unless the
# distribution is there.
#
# Usage: start.sh DIR [PORT] [REALM_JSON...]
#   DIR holds the distribution, data, logs and the file `pid`; a second start on the same DIR finds the same data.
# Environment:
#   KEYCLOAK_ZIP         the distribution, downloaded to there if it is absent (default DIR/keycloak-VERSION.zip)
#
# Prints the base address when the server answers and leaves it running. Administrator: admin / admin.
# Stop it with: kill "$(cat DIR/pid)"
set -euo pipefail
version=26.4.0
dir=${1:?DIR} port=${2:-8180}
shift; [ $# -gt 0 ] && shift
mkdir -p "$dir" && dir=$(cd "$dir" && pwd)
home=$dir/keycloak-$version
zip=${KEYCLOAK_ZIP:-$dir/keycloak-$version.zip}

if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
  echo "port $port is taken" >&2; exit 1
fi
if [ ! -d "$home" ]; then
  if [ ! -f "$zip" ]; then
    mvn -q dependency:copy -Dartifact="org.keycloak:keycloak-quarkus-dist:$version:zip" -DoutputDirectory="$dir/download" >&2
    mv "$dir/download/keycloak-quarkus-dist-$version.zip" "$zip"
  fi
  unzip -q "$zip" -d "$dir"
fi
mkdir -p "$home/data/import"
for realm in "$@"; do cp "$realm" "$home/data/import/"; done
export KC_BOOTSTRAP_ADMIN_USERNAME=admin KC_BOOTSTRAP_ADMIN_PASSWORD=admin
"$home/bin/kc.sh" start-dev --http-host=127.0.0.1 --http-port="$port" --import-realm > "$dir/console.log" 2>&1 < /dev/null &
echo $! > "$dir/pid"
for _ in $(seq 360); do
  if ! kill -0 "$(cat "$dir/pid")" 2>/dev/null; then
    echo "Keycloak stopped:" >&2
    tail -n 20 "$dir/console.log" >&2
    exit 1
  fi
  if grep -q 'started in' "$dir/console.log" && (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    echo "http://127.0.0.1:$port"; exit 0
  fi
  sleep 0.5
done
echo "Keycloak did not answer within 180 s; see $dir/console.log" >&2
kill "$(cat "$dir/pid")" 2>/dev/null || true
exit 1
