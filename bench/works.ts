import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { docker } from '../test/stage/docker.ts';
import type { Container } from '../test/stage/run-container.ts';
import { mustRun } from '../test/stage/run-program.ts';
import { manyBackups } from './many-backups.ts';
import type { Command, Measurement } from './measure.ts';
import { quote } from './quote.ts';
import { pathOfBackup, type Scene } from './scene.ts';

/** Something whose time is taken. */
export interface Work {
  /** For people. */
  readonly does: string;
  readonly ours: boolean;
  /** Over in the blink of an eye: taken often, without a look at its memory. */
  readonly quick?: true;
  /** False: so slow that it is not run once before for nothing. */
  readonly warmUp?: false;
  /** Makes what it needs, before the time is taken. */
  prepare(scene: Scene): Promise<Command>;
  /** Looks at what it made, and clears away what the next one must not find. */
  after?(scene: Scene, measured: Measurement): Promise<Made>;
}

export interface Made {
  /** Of the file or files. */
  readonly bytes?: number;
  /** A backup of ours. */
  readonly backup?: string;
}

const plain = 'pg_dump -O -x | gzip > plain.sql.gz';
const directory = 'pg_dump -O -x -Fd -j2 -Z1 -f directory';

export const works = {
  backup: {
    does: 'db-orchestrate backup',
    ours: true,
    prepare: async scene => scene.ours('backup --target local --json'),
    after: madeBackup,
  },
  gzip: {
    does: 'pg_dump -O -x | gzip',
    ours: false,
    prepare: async scene => scene.reference(plain),
    after: async scene => ({ bytes: statSync(scene.file('plain.sql.gz')).size }),
  },
  text: {
    does: 'pg_dump -O -x > /dev/null',
    ours: false,
    prepare: async scene => scene.reference('pg_dump -O -x > /dev/null'),
  },
  directory: {
    does: 'pg_dump -O -x -Fd -j2 -Z1',
    ours: false,
    async prepare(scene) {
      rmSync(scene.file('directory'), { recursive: true, force: true });
      return scene.reference(directory);
    },
    async after(scene) {
      const folder = scene.file('directory');
      const sizes = readdirSync(folder).map(name => statSync(join(folder, name)).size);
      return { bytes: sizes.reduce((sum, size) => sum + size, 0) };
    },
  },
  restore: {
    does: 'db-orchestrate restore (swap)',
    ours: true,
    async prepare(scene) {
      const file = await scene.backupFile();
      const database = await scene.copy();
      // The first restore of a database finds none that is kept for undo.
      await mustRun(['bash', '-c', scene.ours('prune --undo --target copy').script], scene.ours(''));
      await scene.settle();
      return scene.ours(`restore ${quote(file)} --target ${database} --force --json`);
    },
  },
  psql: {
    does: 'gunzip -c | psql',
    ours: false,
    async prepare(scene) {
      await scene.made('plain.sql.gz', plain);
      await scene.empty('loaded');
      return scene.reference('gunzip -c plain.sql.gz | psql -X -q -v ON_ERROR_STOP=1 -d loaded > /dev/null');
    },
    after: dropLoaded,
  },
  pgRestore: {
    does: 'pg_restore -j2',
    ours: false,
    async prepare(scene) {
      await scene.made('directory', directory);
      await scene.empty('loaded');
      return scene.reference('pg_restore -O -x -e -j2 -d loaded directory');
    },
    after: dropLoaded,
  },
  verify: {
    does: 'db-orchestrate verify',
    ours: true,
    prepare: async scene => scene.ours(`verify ${quote(await scene.backupFile())} --json`),
  },
  port: {
    does: 'db-orchestrate backup, container, port reachable',
    ours: true,
    prepare: scene => backupOfContainer(scene, 'port'),
    after: madeBackup,
  },
  exec: {
    does: 'db-orchestrate backup, container, exec alone',
    ours: true,
    prepare: scene => backupOfContainer(scene, 'exec'),
    after: madeBackup,
  },
  script: {
    does: 'docker exec -t pg_dump | gzip',
    ours: false,
    warmUp: false,
    async prepare(scene) {
      const { engine, id, user, database } = await scene.container('port');
      const exec = docker(engine, 'exec', '-t', id, 'pg_dump', '-U', user, '-d', database);
      return scene.reference(`${exec.map(quote).join(' ')} | gzip > script.sql.gz`);
    },
    after: async scene => ({ bytes: statSync(scene.file('script.sql.gz')).size }),
  },
  help: {
    does: 'db-orchestrate --help',
    ours: true,
    quick: true,
    prepare: async scene => scene.ours('--help'),
  },
  node: {
    does: 'node -e 0',
    ours: false,
    quick: true,
    prepare: async scene => ({ ...scene.ours(''), script: `${quote(process.execPath)} -e 0` }),
  },
  list: {
    does: 'db-orchestrate list, 10,000 backups',
    ours: true,
    quick: true,
    async prepare(scene) {
      const cwd = scene.file('many');
      manyBackups(await scene.backupFile(), 10_000, cwd);
      return { ...scene.ours('list'), cwd };
    },
    async after(_, { stdout }) {
      const lines = stdout.split('\n').filter(line => line.includes('many_backup_')).length;
      if (lines !== 10_000) throw new Error(`list shows ${lines} of 10,000 backups`);
      return {};
    },
  },
} satisfies Record<string, Work>;

export type WorkName = keyof typeof works;

async function madeBackup(_: Scene, { stdout }: Measurement): Promise<Made> {
  const backup = pathOfBackup({ stdout });
  return { bytes: statSync(backup).size, backup };
}

async function dropLoaded(scene: Scene): Promise<Made> {
  await scene.drop('loaded');
  return {};
}

async function backupOfContainer(scene: Scene, kind: 'port' | 'exec'): Promise<Command> {
  const container = await scene.container(kind);
  return { ...scene.ours(`backup --target ${kind} --json`), parents: [await parentOfExecs(container)] };
}

/** What `docker exec` starts is not below the container's first process but beside it. */
async function parentOfExecs(container: Container): Promise<number> {
  const inspect = docker(container.engine, 'inspect', '-f', '{{.State.Pid}}', container.id);
  const { stdout } = await mustRun(inspect);
  const parent = await mustRun(['ps', '-o', 'ppid=', '-p', stdout.trim()]);
  return Number(parent.stdout);
}
