#!/bin/sh
# every SECONDS COMMAND…: runs a command again and again, where there is no cron. What stops it stops the command, too,
# which ends cleanly; a command that fails is run again the next time.
seconds=$1
shift
stop() {
  kill -TERM "$child" 2>/dev/null
  wait "$child"
  exit "$1"
}
trap 'stop 130' INT
trap 'stop 143' TERM
while :; do
  "$@" &
  child=$!
  wait "$child"
  sleep "$seconds" &
  child=$!
  wait "$child"
done
