#!/bin/bash
# As the official image's entry point in what matters here: the variables, who may log in from where, and a
# first start whose temporary server does not answer on TCP.
set -euo pipefail

# The value of VAR, or the content of the file that VAR_FILE names.
from_file() {
  local file="$1_FILE"
  if [ -n "${!1:-}" ] && [ -n "${!file:-}" ]; then
    echo "error: both $1 and $file are set" >&2
    exit 1
  fi
  [ -z "${!file:-}" ] || export "$1=$(< "${!file}")"
  export "$1=${!1:-${2:-}}"
  unset "$file"
}

[ "${1:0:1}" != - ] || set -- postgres "$@"
[ "$1" = postgres ] || exec "$@"

if [ "$(id -u)" = 0 ]; then
  mkdir -p "$PGDATA"
  chmod 700 "$PGDATA"
  chown -R postgres "$PGDATA"
  chown postgres /run/postgresql
  exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
fi

if [ ! -s "$PGDATA/PG_VERSION" ]; then
  from_file POSTGRES_PASSWORD
  from_file POSTGRES_USER postgres
  from_file POSTGRES_DB "$POSTGRES_USER"
  if [ -z "$POSTGRES_PASSWORD" ] && [ "${POSTGRES_HOST_AUTH_METHOD:-}" != trust ]; then
    echo 'error: POSTGRES_PASSWORD is not set' >&2
    exit 1
  fi
  # shellcheck disable=SC2086 # several arguments, as in the official image
  initdb -D "$PGDATA" --no-sync -U "$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") ${POSTGRES_INITDB_ARGS:-}
  echo "host all all all ${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >> "$PGDATA/pg_hba.conf"
  echo "listen_addresses = '*'" >> "$PGDATA/postgresql.conf"
  pg_ctl -D "$PGDATA" -o "-c listen_addresses='' -c fsync=off" -w start
  if [ "$POSTGRES_DB" != postgres ]; then
    psql -X -q -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d postgres -v name="$POSTGRES_DB" <<< 'CREATE DATABASE :"name";'
  fi
  for script in /docker-entrypoint-initdb.d/*.sql; do
    [ ! -e "$script" ] || psql -X -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -f "$script"
  done
  pg_ctl -D "$PGDATA" -m fast -w stop
fi
exec "$@"
