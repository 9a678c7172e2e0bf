import type Docker from 'dockerode';
import type { Connection } from './connect.ts';
import { runExec } from './exec.ts';
import { listedName } from './find-container.ts';

/** Whether a PostgreSQL server is among the processes of a running container; false where that cannot be seen. */
export async function runsPostgres(connection: Connection, one: Docker.ContainerInfo): Promise<boolean> {
  const container = connection.docker.getContainer(one.Id);
  const listed = await container.top().catch(() => undefined);
  if (listed?.Processes)
    return (listed.Processes as string[][]).some(columns => isServer(columns.at(-1) ?? ''));
  // An engine that cannot list processes: the container itself can, where it has a shell.
  const place = { connection, container, name: listedName(one), startedAt: '', env: [] };
  return runExec(place, ['sh', '-c', ownProcesses]).then(
    ({ stdout }) => stdout.split('\n').some(isServer),
    () => false,
  );
}

/** `/usr/lib/postgresql/17/bin/postgres -D …`, `postgres: checkpointer`; not `postgres_exporter`. */
function isServer(command: string): boolean {
  return /^(?:\S*\/)?(?:postgres|postmaster)(?::|\s|$)/.test(command);
}

const ownProcesses = `for file in /proc/[0-9]*/comm; do read -r name <"$file" && printf '%s\\n' "$name"; done 2>/dev/null; exit 0`;
