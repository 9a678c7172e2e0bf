import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { findProgram, installPackages } from './debian-packages.ts';
import { docker } from './docker.ts';
import type { Engine, Part } from './part.ts';
import { mustRun, runProgram } from './run-program.ts';
import { waitUntil } from './wait-until.ts';

/** A Docker engine: its own one for root on Linux, else the one that already runs. */
export async function startEngine(folder: string): Promise<Part<Engine>> {
  const label = `db-orchestrate-test=${basename(folder)}-${randomBytes(3).toString('hex')}`;
  if (process.platform === 'linux' && process.getuid?.() === 0) return startOwn(folder, label);
  const host = process.env.DBO_DOCKER_HOST ?? process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock';
  const engine = { host, own: false, label };
  const answer = findProgram('docker') ? await runProgram(docker(engine, 'version')) : undefined;
  if (answer?.exitCode !== 0)
    throw new Error(`no Docker engine answers at ${host}: start Docker, or run the tests as root on Linux`);
  return { details: engine, stop: () => removeContainers(engine) };
}

async function startOwn(folder: string, label: string): Promise<Part<Engine>> {
  if (!['dockerd', 'docker', 'ip'].every(findProgram)) {
    await installPackages(['docker.io', 'iproute2'], 'A Docker engine to test against');
  }
  mkdirSync(folder);
  const engine = { host: `unix://${join(folder, 'docker.sock')}`, own: true, label };
  const bridge = `dbo${randomBytes(4).toString('hex')}`;
  // A bridge of its own and no packet filter: nothing of the machine's own network is changed.
  await mustRun(['ip', 'link', 'add', 'name', bridge, 'type', 'bridge']);
  await mustRun(['ip', 'link', 'set', bridge, 'up']);
  const folders = ['--data-root', 'data', '--exec-root', 'exec', '--pidfile', 'pid'].map(word =>
    word.startsWith('--') ? word : join(folder, word),
  );
  const network = [
    '--bridge',
    bridge,
    '--iptables=false',
    '--ip6tables=false',
    '--ip-masq=false',
    '--ip-forward=false',
  ];
  writeFileSync(join(folder, 'bridge'), bridge);
  const log = openSync(join(folder, 'log'), 'a');
  const program = findProgram('dockerd') ?? 'dockerd';
  const child = spawn(program, ['--host', engine.host, ...folders, ...network], {
    // Ctrl-C is the runner's to handle.
    detached: true,
    stdio: ['ignore', log, log],
  });
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
  const gone = () => child.exitCode !== null || child.signalCode !== null;
  const stop = async () => {
    if (!gone()) await removeContainers(engine).catch(() => {});
    child.kill('SIGTERM');
    await ended;
    await runProgram(['ip', 'link', 'delete', bridge]);
    rmSync(folder, { recursive: true, force: true });
  };
  await waitUntil(
    'the Docker engine starts',
    async () => gone() || (await runProgram(docker(engine, 'version'))).exitCode === 0,
  );
  if (!gone()) return { details: engine, stop };
  const said = existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8').slice(-2000) : '';
  await stop();
  throw new Error(`the Docker engine does not start: ${said}`);
}

/** Of an engine that belongs to somebody else only the tests' own containers. */
async function removeContainers(engine: Engine): Promise<void> {
  const mine = engine.own ? [] : ['--filter', `label=${engine.label}`];
  const { stdout } = await mustRun(docker(engine, 'ps', '-aq', ...mine));
  const ids = stdout.split('\n').filter(Boolean);
  if (ids.length > 0) await runProgram(docker(engine, 'rm', '-f', '-v', ...ids));
  if (engine.own) await runProgram(docker(engine, 'network', 'prune', '-f'));
}
