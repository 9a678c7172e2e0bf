/** What the script says on stdout, a line each; the first that is none of the `name=value` lines is the last. */
export const scratchWords = {
  ready: 'ready',
  missing: 'missing',
  older: 'older',
  noFolder: 'no-folder',
  notMade: 'not-made',
  notStarted: 'not-started',
} as const;

/** Where images have a server's programs that are not in PATH, as a shell's patterns. */
export const serverFolders =
  '/usr/lib/postgresql/*/bin /usr/local/pgsql/bin /opt/bitnami/postgresql/bin /usr/pgsql-*/bin';

/** What the script is told, in this order. */
export interface ScratchArguments {
  /** Ready lines for postgresql.conf. */
  readonly settings: string;
  /** Of the folder that it makes. */
  readonly name: string;
  /** The least major of the server; 0 when any will do. */
  readonly least: number;
  /** The major that the client programs should have; 0 when any will do. */
  readonly clients: number;
  /** The folder of the server's programs; empty when it is to look for them. */
  readonly programs: string;
  /** Where the folder may be: the first of them that it can write in. */
  readonly bases: readonly string[];
}

/** For the program sh: the constant script and its arguments. */
export function scratchCommand(told: ScratchArguments): string[] {
  const { settings, name, least, clients, programs, bases } = told;
  return ['-c', scratchScript, 'sh', settings, name, String(least), String(clients), programs, ...bases];
}

/**
 * Makes a server of its own and stands by it until its stdin ends: when it is told so, and when our process is gone
 * for whatever reason, SIGKILL included. Then nothing of it is left. Where it fails, its stderr has the programs' own
 * words. It runs with dash, bash and busybox.
 *
 * A folder whose name needs quoting, or is so long that a socket in it has no address (107 bytes, 103 on macOS), is
 * passed over. What must hold whatever the settings say comes after them: the last line counts.
 */
const scratchScript = `
settings=$1 name=$2 least=$3 clients=$4 programs=$5
shift 5
umask 077
cd /
exec 3<&0 </dev/null
LC_ALL=C; export LC_ALL
folder=
server=
clear() {
  trap : TERM INT HUP
  [ -n "$folder" ] || return
  [ ! -f "$folder/data/postmaster.pid" ] || "$server/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1
  rm -rf "$folder"
}
trap clear EXIT
trap 'exit 1' TERM INT HUP
trap : PIPE
fail() { echo "$1"; exit 1; }

# Sets $major, 0 where there is no such program.
major_of() {
  major=0
  [ -x "$1/$2" ] && banner=$("$1/$2" --version 2>/dev/null) || return 0
  banner=\${banner#*'(PostgreSQL) '}
  major=\${banner%%[!0-9]*}
  major=\${major:-0}
}
candidates() {
  if [ -n "$programs" ]; then echo "$programs"; return; fi
  for program in initdb postgres pg_dump; do
    path=$(command -v $program) && echo "\${path%/*}"
  done
  printf '%s\\n' ${serverFolders}
}
# Whether major $1 is better than $2, the best so far: the nearest that is not older than $3, else the newest.
better() {
  [ $2 -gt 0 ] || return 0
  if [ $1 -ge $3 ]; then [ $2 -lt $3 ] || [ $1 -lt $2 ]; else [ $1 -gt $2 ] && [ $2 -lt $3 ]; fi
}

list=$(candidates)
set -f
wanted=$least
[ $wanted -gt 0 ] || wanted=$clients
[ $wanted -gt 0 ] || wanted=9999
best=0 newest=0 spaces=$IFS
IFS='
'
for at in $list; do
  [ -x "$at/initdb" ] && [ -x "$at/pg_ctl" ] || continue
  major_of "$at" postgres
  [ $major -le $newest ] || newest=$major
  if [ $major -gt 0 ] && [ $major -ge $least ] && better $major $best $wanted; then best=$major server=$at; fi
done
[ $newest -gt 0 ] || fail ${scratchWords.missing}
[ $best -gt 0 ] || { echo "major=$newest"; fail ${scratchWords.older}; }
[ $clients -ge $best ] || clients=$best
near= nearest=0
# The server's own first: Debian's pg_dump in /usr/bin is a script that chooses a version by itself.
for at in "$server" $list; do
  major_of "$at" pg_dump
  if [ $major -ge $best ] && [ -x "$at/psql" ] && better $major $nearest $clients; then nearest=$major near=$at; fi
done
IFS=$spaces

for base; do
  case $base in ''|[!/]*|*[!A-Za-z0-9/._-]*) continue;; esac
  [ \${#base} -le $((88 - \${#name})) ] && mkdir "$base/$name" 2>/dev/null && folder=$base/$name && break
done
[ -n "$folder" ] || { echo "none of these is a folder to write in: $*" >&2; fail ${scratchWords.noFolder}; }

# Bitnami's user has no name, which initdb asks for; their own start helps itself in this way too.
library=\${NSS_WRAPPER_LIB:-/opt/bitnami/common/lib/libnss_wrapper.so}
if ! id -un >/dev/null 2>&1 && [ -r "$library" ]; then
  printf 'postgres:x:%s:%s::/:/bin/sh\\n' "$(id -u)" "$(id -g)" >"$folder/passwd"
  printf 'postgres:x:%s:\\n' "$(id -g)" >"$folder/group"
  NSS_WRAPPER_PASSWD=$folder/passwd NSS_WRAPPER_GROUP=$folder/group LD_PRELOAD=$library
  export NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP LD_PRELOAD
fi
"$server/initdb" -D "$folder/data" -U postgres --auth=trust --encoding=UTF8 --locale=C --no-sync \\
  >/dev/null 2>"$folder/initdb.log" || { cat "$folder/initdb.log" >&2; fail ${scratchWords.notMade}; }
{
  printf '%s\\n' "$settings" "unix_socket_directories = '$folder'" 'unix_socket_permissions = 0700'
  printf '%s\\n' "listen_addresses = ''" 'port = 5432'
} >>"$folder/data/postgresql.conf"
"$server/pg_ctl" -D "$folder/data" -l "$folder/log" -t 120 -w start >/dev/null 2>&1 3<&- ||
  { cat "$folder/log" >&2; fail ${scratchWords.notStarted}; }
printf '%s\\n' "major=$best" "folder=$folder" "clients=$near" ${scratchWords.ready}
while read -r line <&3; do :; done
exit 0
`;
