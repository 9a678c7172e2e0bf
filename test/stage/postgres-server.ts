import { spawn } from 'node:child_process';
import { chownSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import type { Part, PgPrograms, PgServer } from './part.ts';
import { mustRun, runProgram } from './run-program.ts';
import { serverUser } from './server-user.ts';
import { waitUntil } from './wait-until.ts';

const settings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_wal_size: '2GB',
  // What tests of leftovers, slots and publications need and a default server has switched off.
  wal_level: 'logical',
  max_prepared_transactions: '10',
  // In the data folder, where also a killed server leaves nothing that is not removed.
  dynamic_shared_memory_type: 'mmap',
  // Compiling the catalog queries of pg_dump takes longer than running them.
  jit: 'off',
  log_line_prefix: '%m [%p] %d ',
};

/** Makes a cluster in `folder` and starts it on a free port, with passwords asked everywhere. */
export async function startServer(
  programs: PgPrograms,
  folder: string,
  extra: Readonly<Record<string, string>> = {},
): Promise<Part<PgServer>> {
  const user = await serverUser();
  const env = { PATH: process.env.PATH, HOME: folder, LC_ALL: locale(), DBO_STAGE: process.env.DBO_STAGE };
  const program = (name: string) => join(programs.binDirectory, name);
  const data = join(folder, 'data');
  const password = "it's a pass word";
  mkdirSync(folder, { mode: 0o755 });
  writeFileSync(join(folder, 'password'), password, { mode: 0o600 });
  const log = openSync(join(folder, 'log'), 'a', 0o644);
  for (const path of [folder, join(folder, 'password')]) chownSync(path, user.uid, user.gid);
  const how = { env, cwd: folder, ...user };
  const login = ['-U', 'postgres', '--pwfile', join(folder, 'password'), '-A', 'scram-sha-256'];
  const shape = ['-E', 'UTF8', '--locale', locale(), '--no-sync'];
  await mustRun([program('initdb'), '-D', data, ...login, ...shape], how);

  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const own = { listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: folder };
    const args = Object.entries({ ...settings, ...own, ...extra }).flatMap(([k, v]) => ['-c', `${k}=${v}`]);
    const child = spawn(program('postgres'), ['-D', data, ...args], {
      ...how, // Ctrl-C is the runner's to handle.
      detached: true,
      stdio: ['ignore', log, log],
    });
    const gone = () => child.exitCode !== null || child.signalCode !== null;
    const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
    const ready = [program('pg_isready'), '-q', '-h', '127.0.0.1', '-p', String(port)];
    await waitUntil('PostgreSQL starts', async () => {
      return gone() || (await runProgram(ready, { env })).exitCode === 0;
    });
    if (!gone()) {
      const details = {
        ...programs,
        host: '127.0.0.1',
        port,
        socketDirectory: folder,
        user: 'postgres',
        password,
      };
      return { details, stop: () => stop(child, ended, folder) };
    }
    // The port may have been taken in the meantime; anything else fails every time.
    if (attempt === 3) throw new Error(`PostgreSQL does not start: ${readFileSync(join(folder, 'log'))}`);
  }
}

async function stop(child: ReturnType<typeof spawn>, ended: Promise<void>, folder: string): Promise<void> {
  child.kill('SIGINT');
  const impatient = setTimeout(() => child.kill('SIGQUIT'), 15_000);
  await ended;
  clearTimeout(impatient);
  rmSync(folder, { recursive: true, force: true });
}

function locale(): string {
  return process.platform === 'darwin' ? 'en_US.UTF-8' : 'C.UTF-8';
}
