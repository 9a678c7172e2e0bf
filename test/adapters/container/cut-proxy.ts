import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterFile } from '../../stage/after-file.ts';

export interface CutProxy {
  /** As DOCKER_HOST. */
  readonly host: string;
  /** Cuts every connection; new ones are taken. */
  cut(): void;
  /** Lets nothing new through; what is open stays and falls silent. */
  refuse(): void;
  /** Cuts every connection and is gone. */
  close(): Promise<void>;
}

/** A way to an engine that can be cut: in good order on a unix socket, by a reset on a port. */
export async function cutProxy(engine: string, kind: 'unix' | 'tcp' = 'unix'): Promise<CutProxy> {
  const folder = mkdtempSync(join(tmpdir(), 'dbo-proxy-'));
  const socket = join(folder, 'docker.sock');
  const pairs = new Set<[Socket, Socket]>();
  const open = new Set<Socket>();
  let refusing = false;
  const server = createServer({ allowHalfOpen: true }, client => {
    client.on('error', () => undefined);
    if (refusing) return void client.destroy();
    const upstream = connect({ path: engine.replace('unix://', ''), allowHalfOpen: true });
    const pair: [Socket, Socket] = [client, upstream];
    pairs.add(pair);
    for (const one of pair) {
      open.add(one);
      one
        .on('error', () => undefined)
        .on('close', () => {
          open.delete(one);
          pairs.delete(pair);
          for (const other of pair) other.end();
        });
    }
    client.pipe(upstream);
    upstream.pipe(client);
  });
  await new Promise<void>(resolve => {
    if (kind === 'unix') server.listen(socket, resolve);
    else server.listen(0, '127.0.0.1', resolve);
  });
  const cut = () => {
    for (const [client, upstream] of pairs) {
      upstream.destroy();
      if (kind === 'unix') client.destroy();
      else client.resetAndDestroy();
    }
    pairs.clear();
  };
  const close = async () => {
    cut();
    for (const one of open) one.destroy();
    await new Promise<void>(resolve => server.close(() => resolve()));
    rmSync(folder, { recursive: true, force: true });
  };
  afterFile(async () => {
    if (server.listening) await close();
  });
  return {
    host: kind === 'unix' ? `unix://${socket}` : `tcp://127.0.0.1:${portOf(server)}`,
    cut,
    refuse() {
      refusing = true;
      for (const [client, upstream] of pairs) {
        client.unpipe(upstream);
        upstream.unpipe(client);
      }
    },
    close,
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}
