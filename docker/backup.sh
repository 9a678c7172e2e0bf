#!/bin/sh
# Drop-in replacement of the old docker/backup.sh: the same variables and defaults, the same file names, the newest
# 7 kept. See old-scripts.config.mjs beside it.
set -eu
exec npx --no-install db-orchestrate --config "$(dirname "$0")/old-scripts.config.mjs" backup "$@"
