#!/bin/bash
# Tells Neo4j its next password, which comes by standard input; the one in force is in its file of secrets. Passwords are in no
# command line, which everybody on the machine may read.
set -euo pipefail
read -r next
NEO4J_PASSWORD=$(<"${SECRETS_DIR:-/run/secrets}/auth")
NEO4J_PASSWORD=${NEO4J_PASSWORD#neo4j/}
for password in "$NEO4J_PASSWORD" "$next"; do
  # What Cypher would read as the end of a text.
  [[ $password =~ ^[A-Za-z0-9_-]+$ ]] || { echo "expected letters, digits, - and _ alone" >&2; exit 1; }
done
export NEO4J_PASSWORD
printf "ALTER CURRENT USER SET PASSWORD FROM '%s' TO '%s';\n" "$NEO4J_PASSWORD" "$next" |
  cypher-shell --username neo4j --database system --non-interactive
