import type { RunContext } from '../../src/contract/run-context.ts';
import { OrchestrateError } from '../../src/errors.ts';
import { runExec } from './exec.ts';
import { type Place, variable } from './place.ts';

/** What libpq has to be told to reach the server inside; empty where its defaults do. */
export type ServerAddress = Readonly<Record<string, string>>;

const usualPort = '5432';

/**
 * Where the server listens in its container: what the container's own PGHOST says, else the socket that is there, in
 * whatever folder. With several servers it is the one on `port`, else on the port that programs in there use by
 * themselves; where that is none of them, rejects with `usage` and lists them.
 */
export async function serverAddress(
  place: Place,
  port: number | undefined,
  { emit }: Pick<RunContext, 'emit'>,
): Promise<ServerAddress> {
  const own = (name: string) => variable(place, name);
  if (own('PGHOST')) return port === undefined ? {} : { PGPORT: String(port) };
  const sockets = await listeningSockets(place);
  const ports = [...new Set(sockets.map(socket => socket.port))].sort();
  const usual = own('PGPORT') || usualPort;
  const wanted = port?.toString() ?? (ports.includes(usual) ? usual : undefined);
  if (wanted === undefined && ports.length > 1) throw several(place, ports);
  if (port === undefined && ports.length > 1)
    emit({
      type: 'notice',
      message: `container ${place.name} has servers on the ports ${ports.join(', ')}; taken is ${wanted}`,
    });
  const chosen = wanted ?? ports[0] ?? usual;
  const folder = sockets.find(socket => socket.port === chosen)?.folder;
  return { ...(folder && { PGHOST: folder }), ...(chosen !== usual && { PGPORT: chosen }) };
}

/** The port of a server with that address. */
export function portOf({ PGPORT }: ServerAddress, place: Place): number {
  return Number(PGPORT ?? (variable(place, 'PGPORT') || usualPort));
}

interface Socket {
  readonly folder: string;
  readonly port: string;
}

/** A listening one has the flag 00010000. What another container shows here is not in this one's folders. */
const script = `
while read -r _ _ _ flags _ _ _ path; do
  case $flags in *1????) case $path in /*/.s.PGSQL.*) [ -S "$path" ] && printf '%s\\n' "$path";; esac;; esac
done </proc/net/unix
exit 0`;

/** None where there is no shell to look with: then nothing can be started there either. */
async function listeningSockets(place: Place): Promise<Socket[]> {
  const { stdout } = await runExec(place, ['sh', '-c', script]);
  return [...stdout.matchAll(/^(\/.*)\/\.s\.PGSQL\.(\d+)$/gm)].map(([, folder = '', port = '']) => ({
    folder,
    port,
  }));
}

function several({ name }: Place, ports: readonly string[]): OrchestrateError {
  return new OrchestrateError('usage', `container ${name} has servers on the ports ${ports.join(', ')}`, {
    hint: 'Name it by the port of this machine that the wanted one is published on, for example: port: 5433',
  });
}
