import type { ClientCall } from '../contract/adapter.ts';

/**
 * Settings of the container's environment that are not part of how to reach its server, and would change what a
 * program does there: PGCLIENTENCODING=LATIN1 makes the dump of a UTF8 database fail, an unknown PGSERVICE every
 * connection. PGHOST, PGPORT and PGSSL* stay: images set them where their server listens elsewhere.
 */
const strayVariables = [
  ...['PGOPTIONS', 'PGCLIENTENCODING', 'PGSERVICE', 'PGSERVICEFILE', 'PGDATABASE', 'PGAPPNAME'],
  ...['PGDATESTYLE', 'PGTZ', 'PGGEQO', 'PGTARGETSESSIONATTRS', 'PGCONNECT_TIMEOUT', 'PSQLRC', 'PSQL_PAGER'],
];

/**
 * What the wrapper says on stderr, each time after the mark: that there is no such program; else its own pid, and
 * when the program has ended, which is the time to end the connection's input.
 */
export const words = { missing: 'missing', ended: 'ended' } as const;

/** What ends the switch when the program has ended by itself. */
export const switchOver = 'over\n';

/**
 * The command for `docker exec`: a constant script, everything else as its arguments. `mark` is a word that
 * nobody can guess.
 */
export function wrapped({ program, args, env, input }: ClientCall, mark: string): string[] {
  const unset = strayVariables.filter(name => env?.[name] === undefined).join(' ');
  return ['sh', '-c', input ? withInput : withSwitch, 'sh', mark, unset, program, ...args];
}

/** The command that asks a wrapper to end its program; each further time more roughly. */
export function endWrapped(pid: string): string[] {
  return ['sh', '-c', 'kill -USR1 "$1"', 'sh', pid];
}

/*
 * The engine ends no exec: not when its client goes away, not when it is told to. So a shell in the container
 * stands by each program and ends it.
 *
 * The shell must outlive every process it started. In most images PostgreSQL itself is process 1 of the container
 * and inherits what the shell leaves behind, and up to version 16 it takes an unknown child that died from a
 * signal for a crashed server process: it ends all sessions and goes through crash recovery. Hence no
 * `kill $watcher; exit`.
 */
const start = `
mark=$1; unset $2; shift 2
command -v "$1" >/dev/null 2>&1 || { echo "$mark ${words.missing}" >&2; exit 127; }
exec 3<&0 </dev/null
asked=0
`;

/**
 * `wait` also returns when a signal arrived. The mark follows the program's output on the same pipe, so nothing of
 * that output is missing where the mark is seen.
 */
const untilEnd = `
echo "$mark $$" >&2
while wait $program; result=$?; kill -0 $program 2>/dev/null; do :; done
trap '' USR1
printf '\\004%s' "$mark"
echo "$mark ${words.ended}" >&2
`;

/**
 * For programs that read nothing. Their stdin is a dead man's switch: it ends when our process is gone for
 * whatever reason, SIGKILL included, and then so does the program, which cancels its query before it goes. It writes
 * 64 KiB at a time where coreutils' stdbuf is there and works: the engine takes each of C's own 4 KiB by itself.
 */
const withSwitch = `${start}
larger=
said=$(stdbuf -o64K true 2>&1) && [ -z "$said" ] && larger='stdbuf -o64K'
trap 'asked=$((asked + 1)); if [ $asked -gt 1 ]; then kill -KILL $program; else kill -TERM $program; fi 2>/dev/null' USR1
$larger "$@" 3<&- & program=$!
{ read -r word <&3; [ "$word" = over ] || kill -USR1 $$; } & switch=$!
exec 3<&-
${untilEnd}
wait $switch
exit $result
`;

/**
 * For programs that read their stdin: it ends when our process is gone, and so does psql after the statement it is
 * at. Only on SIGINT does psql cancel that statement, and it must not take the end of its input for the end of the
 * work, so the input does not end before the program. It is sent twice: the first may have come before a statement that
 * was already on its way, and SIGTERM would leave the server at that. What is still coming when the program has ended is read and
 * thrown away until we have heard that: closing a connection with unread input would cut off what the program
 * said last.
 */
const withInput = `${start}
trap 'asked=$((asked + 1)); case $asked in 1|2) kill -INT $program;; 3) kill -TERM $program;; *) kill -KILL $program;; esac 2>/dev/null' USR1
"$@" <&3 3<&- & program=$!
${untilEnd}
cat <&3 >/dev/null
exit $result
`;
