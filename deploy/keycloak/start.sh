#!/bin/bash
# Starts Keycloak with its secrets out of files: it reads its administrator, and the realm its clients, from the environment alone.
set -euo pipefail
secrets=${SECRETS_DIR:-/run/secrets}
secret() {
  local value
  value=$(<"$secrets/$1")
  [ -n "$value" ] || { echo "$secrets/$1 is empty" >&2; return 1; }
  printf '%s' "$value"
}
# Apart from `export`, whose own success would hide that of `secret`.
KC_BOOTSTRAP_ADMIN_PASSWORD=$(secret admin_password)
KEYCLOAK_WEB_SECRET=$(secret web_secret)
KEYCLOAK_MACHINE_SECRET=$(secret machine_secret)
KEYCLOAK_SAMPLE_PASSWORD=$(secret sample_password)
export KC_BOOTSTRAP_ADMIN_PASSWORD KEYCLOAK_WEB_SECRET KEYCLOAK_MACHINE_SECRET KEYCLOAK_SAMPLE_PASSWORD
exec "${KEYCLOAK_HOME:-/opt/keycloak}/bin/kc.sh" "$@"
