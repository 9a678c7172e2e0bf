#!/bin/sh
# Drop-in replacement of the old docker/restore.sh: restore.sh FILE. It asks before it replaces anything.
set -eu
[ $# -ge 1 ] || { echo "usage: $0 FILE [--force]" >&2; exit 2; }
exec npx --no-install db-orchestrate --config "$(dirname "$0")/old-scripts.config.mjs" restore "$@"
