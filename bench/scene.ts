import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clientEnv, connectionUrl, execute, identifier, rows } from '../test/stage/client.ts';
import type { PgServer } from '../test/stage/part.ts';
import type { Container } from '../test/stage/run-container.ts';
import { mustRun } from '../test/stage/run-program.ts';
import { dataScript, shapes } from './data.ts';
import { type Command, measure } from './measure.ts';
import { quote } from './quote.ts';
import type { Stand } from './stand.ts';

/** One size and shape of data, on the server and, when they are asked for, in containers; and what works on it. */
export interface Scene {
  readonly server: PgServer;
  /** What is backed up. */
  readonly database: string;
  /** What is restored over: the same data. */
  copy(): Promise<string>;
  container(kind: 'port' | 'exec'): Promise<Container>;
  /** A new empty database. */
  empty(name: string): Promise<void>;
  drop(name: string): Promise<void>;
  /** For files of the references. */
  file(name: string): string;
  /** Bytes of dump text. */
  readonly dumpBytes: number;
  /** The tool, in a project with a target for each database: local, copy, port, exec. */
  ours(args: string): Command;
  /** For a shell that finds the client programs and logs in to the server. */
  reference(script: string): Command;
  /** A backup that `ours` made of the database. */
  backupFile(): Promise<string>;
  /** What `script` makes, made now should nobody have done so. */
  made(name: string, script: string): Promise<string>;
  /** Lets what was written before rest, so that the next one does not wait for it. */
  settle(): Promise<void>;
  end(): Promise<void>;
}

export interface SceneRequest {
  readonly shape: string;
  readonly megabytes: number;
  readonly tool: string;
  readonly path: string;
}

export async function createScene(stand: Stand, request: SceneRequest): Promise<Scene> {
  const server = await stand.server();
  const database = 'bench';
  const script = dataScript(shapes[request.shape]!, request.megabytes);
  const folder = join(stand.folder, `scene-${request.shape}-${request.megabytes}`);
  const project = join(folder, 'project');
  mkdirSync(project, { recursive: true });
  const home = join(stand.folder, 'home');
  mkdirSync(home, { recursive: true });
  const containers = new Map<string, Promise<Container>>();
  const targets: Record<string, object> = {};
  const addTarget = (name: string, settings: object) => {
    targets[name] = { name, ...settings };
    writeFileSync(join(project, 'backup.config.json'), JSON.stringify({ targets }), { mode: 0o600 });
  };
  let copy: Promise<string> | undefined;
  let backupFile: Promise<string> | undefined;

  const scene: Omit<Scene, 'dumpBytes'> = {
    server,
    database,
    copy() {
      copy ??= makeCopy();
      return copy;
    },
    container(kind) {
      const container = containers.get(kind) ?? makeContainer(kind);
      containers.set(kind, container);
      return container;
    },
    async empty(name) {
      await scene.drop(name);
      await execute(server, 'postgres', `CREATE DATABASE ${identifier(name)} TEMPLATE template0`);
    },
    drop: async name =>
      void (await execute(server, 'postgres', `DROP DATABASE IF EXISTS ${identifier(name)} WITH (FORCE)`)),
    file: name => join(folder, name),
    ours: args => ({
      script: `${quote(process.execPath)} ${quote(request.tool)} ${args}`,
      env: {
        PATH: request.path,
        HOME: home,
        LANG: 'C.UTF-8',
        TERM: 'dumb',
        ...(process.env.TMPDIR && { TMPDIR: process.env.TMPDIR }),
        DBO_STAGE: process.env.DBO_STAGE,
      },
      cwd: project,
    }),
    reference: script => ({
      script,
      env: { ...clientEnv(server, database), PATH: request.path, HOME: home },
      cwd: folder,
    }),
    backupFile() {
      backupFile ??= measure(scene.ours('backup --target local --json')).then(pathOfBackup);
      return backupFile;
    },
    async made(name, script) {
      if (!existsSync(scene.file(name))) await measure(scene.reference(script));
      return scene.file(name);
    },
    async settle() {
      await execute(server, 'postgres', 'CHECKPOINT');
      await mustRun(['sync']);
    },
    async end() {
      for (const container of containers.values()) await (await container).remove();
      const own = `SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'`;
      for (const { datname } of await rows<{ datname: string }>(server, 'postgres', own))
        await scene.drop(datname);
      rmSync(folder, { recursive: true, force: true });
    },
  };

  async function makeCopy(): Promise<string> {
    await execute(server, 'postgres', `CREATE DATABASE copy TEMPLATE ${database}`);
    addTarget('copy', { adapter: 'local-hybrid', url: connectionUrl(server, 'copy') });
    return 'copy';
  }

  async function makeContainer(kind: 'port' | 'exec'): Promise<Container> {
    const container = await stand.container(kind);
    const login = ['-U', container.user, '-d', container.database];
    const filled = await container.exec(['psql', '-X', '-q', '-v', 'ON_ERROR_STOP=1', ...login], {
      input: script,
    });
    if (filled.exitCode !== 0) throw new Error(`filling a container: ${filled.stderr}`);
    const { host } = container.engine;
    addTarget(kind, { adapter: 'container', container: container.name, docker: { host } });
    return container;
  }

  await scene.empty(database);
  await execute(server, database, script);
  addTarget('local', { adapter: 'local-hybrid', url: connectionUrl(server, database) });
  const counted = await measure(scene.reference('pg_dump -O -x | wc -c'));
  return Object.assign(scene, { dumpBytes: Number(counted.stdout) });
}

/** Of the one backup in the JSON that the tool printed. */
export function pathOfBackup({ stdout }: { stdout: string }): string {
  return JSON.parse(stdout).backups[0].path;
}
