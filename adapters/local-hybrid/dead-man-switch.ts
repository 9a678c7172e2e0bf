/**
 * A constant script that stands by a program which reads no input, as `sh -c SCRIPT sh PROGRAM ARGUMENT…`. Its
 * stdin is the switch: it ends when our process is gone for whatever reason, SIGKILL included, and then so does the
 * program, which cancels its query before it goes. Without that a pg_dump that waits for a lock outlives us, with
 * its server backend and its place in the queue. A signal asks the program to end, SIGUSR1 ends it by force; the
 * script ends as the program did. The switch itself is ended by SIGKILL: right after its start it still has the
 * script's traps, and any other signal could be lost in them.
 */
export const deadManSwitch = `
exec 3<&0 </dev/null
trap 'kill -TERM $program' TERM INT HUP
trap 'kill -KILL $program' USR1
"$@" 3<&- & program=$!
{ read -r word; kill -TERM $program; } <&3 >/dev/null 2>&1 & switch=$!
exec 3<&- 2>/dev/null
while wait $program; result=$?; kill -0 $program; do :; done
kill -KILL $switch
wait $switch 2>/dev/null
trap - TERM INT HUP USR1
[ $result -le 128 ] || kill -$((result - 128)) $$
exit $result
`;
