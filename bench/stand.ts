import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { hostPrograms } from '../test/stage/host-programs.ts';
import type { Part, PgServer } from '../test/stage/part.ts';
import { createParts } from '../test/stage/parts.ts';
import { startServer } from '../test/stage/postgres-server.ts';
import { type Container, runContainer } from '../test/stage/run-container.ts';

/** The servers that the bench measures on. Each is started when it is asked for the first time. */
export interface Stand {
  /** The run's folder. */
  readonly folder: string;
  /** Of all servers. */
  readonly settings: Readonly<Record<string, string>>;
  server(): Promise<PgServer>;
  /** 'port': the host reaches its port; 'exec': nothing does, it has no network. */
  container(kind: 'port' | 'exec'): Promise<Container>;
  stop(): Promise<void>;
}

/** What the tests switch off for speed is as PostgreSQL has it; the rest is what a small server would have. */
const realistic = {
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  wal_level: 'replica',
  jit: 'on',
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  // It would start in the middle of a measurement, whichever that is.
  autovacuum: 'off',
};

export function createStand(folder: string, own: Readonly<Record<string, string>>): Stand {
  const settings = { ...realistic, ...own };
  const parts = createParts(folder);
  let server: Promise<Part<PgServer>> | undefined;
  let stopped: Promise<void> | undefined;

  const stop = async () => {
    const part = await server?.catch(() => undefined);
    await Promise.all([part?.stop(), parts.stop()]);
  };
  const refuseWhenStopped = () => {
    if (stopped) throw new Error('the servers are stopped');
  };
  return {
    folder,
    settings,
    async server() {
      refuseWhenStopped();
      server ??= startServer(await hostPrograms(), join(folder, 'bench'), settings);
      return (await server).details;
    },
    async container(kind) {
      refuseWhenStopped();
      const [engine, image] = [await parts.get('engine'), await parts.get('hostImage')];
      const name = `bench-${kind}-${randomBytes(3).toString('hex')}`;
      const network = kind === 'port' ? { publish: true } : { args: ['--network', 'none'] };
      return runContainer(engine, image, hostPrograms, { name, settings, ...network });
    },
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}
