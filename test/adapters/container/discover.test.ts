import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { afterFile } from '../../stage/after-file.ts';
import { runCli } from '../../stage/cli.ts';
import { type Container, engine, startContainer } from '../../stage/containers.ts';
import { uniqueName } from '../../stage/databases.ts';
import { docker } from '../../stage/docker.ts';
import { projectFolder } from '../../stage/project-folder.ts';
import { mustRun, runProgram } from '../../stage/run-program.ts';
import { stage } from '../../stage/stage.ts';

interface Found {
  readonly target: string;
  readonly where: string;
  readonly reachable: boolean;
  readonly databases: readonly string[] | 'all' | null;
  readonly configured: boolean;
}

let plain: Container;
let labelled: Container;
const label = uniqueName('shop');
const [optedOut, noServer, twin, twin2] = ['out', 'none', 'twin', 'twin2'].map(uniqueName) as [
  string,
  string,
  string,
  string,
];
let env: Record<string, string>;

before(async () => {
  const [host, image] = [await engine(), await stage('hostImage')];
  env = { DOCKER_HOST: host.host };
  // An image whose name says nothing.
  const alias = uniqueName('something');
  await mustRun(docker(host, 'tag', image.name, alias));
  afterFile(() => runProgram(docker(host, 'rmi', alias)));
  plain = await startContainer({ imageName: alias });
  const named = [`db-orchestrate.name=${label}`, 'db-orchestrate.databases=appdb, postgres'];
  labelled = await startContainer({ args: named.flatMap(text => ['--label', text]) });
  // No servers, which take their time to start, but processes that are called like one, or nearly so.
  const others: [string, string, string[]][] = [
    [optedOut, 'postgres', ['db-orchestrate.enable=false']],
    [noServer, 'postgres_exporter', []],
    [twin, 'postgres', [`db-orchestrate.name=${label}-twin`]],
    [twin2, '/usr/lib/postgresql/99/bin/postgres', [`db-orchestrate.name=${label}-twin`]],
  ];
  for (const [name, process, labels] of others) {
    const args = [host.label, ...labels].flatMap(text => ['--label', text]);
    const run = ['run', '-d', '--name', name, ...args, '--entrypoint', 'bash', '--stop-timeout', '0'];
    await mustRun(docker(host, ...run, image.name, '-c', `exec -a ${process} sleep infinity`));
    afterFile(() => runProgram(docker(host, 'rm', '-f', '-v', name)));
  }
});

function config(settings: object): string {
  const folder = projectFolder({ 'backup.config.json': JSON.stringify({ name: 'test', ...settings }) });
  mkdirSync(join(folder, 'backups'));
  return folder;
}

/** Of this file: other tests have containers on the engine, too. */
function ours<One extends { target: string; where?: string }>(all: readonly One[]): One[] {
  const names = [plain.name, labelled.name, optedOut, noServer, twin, twin2];
  return all.filter(({ where }) => names.some(name => where === `container ${name}`));
}

test('every container is found in which a server runs, whatever its image is called, with nothing configured', async () => {
  const { exitCode, stdout, stderr } = await runCli(['targets', '--discover', '--json'], {
    env,
    cwd: projectFolder(),
  });
  assert.equal(exitCode, 0, stderr);
  const found = ours<Found>(JSON.parse(stdout).targets);
  const byName = new Map(found.map(one => [one.target, one]));
  assert.deepEqual([...byName.keys()].sort(), [plain.name, label, twin, twin2].sort());
  assert.deepEqual(
    [byName.get(plain.name)!.databases, byName.get(label)!.databases],
    [null, ['appdb', 'postgres']],
  );
  assert.equal(byName.get(label)!.reachable, true);
  assert.match(stderr, new RegExp(`warning: "${twin}" cannot be target "${label}-twin": another target has`));
});

test('discover: true adds those that no target names, and backs up what their labels say', async () => {
  const targets = { mine: { adapter: 'container', container: plain.id } };
  const cwd = config({ discover: true, targets, defaultTarget: label });
  const { stdout } = await runCli(['targets', '--discover', '--json'], { env, cwd });
  const names = ours<Found>(JSON.parse(stdout).targets).map(({ target }) => target);
  assert.ok(!names.includes(plain.name), names.join());
  const { stdout: made } = await runCli(['backup', '--json'], { env, cwd });
  const { backups } = JSON.parse(made);
  assert.deepEqual(
    backups.map(({ target, database }: { target: string; database: string }) => [target, database]),
    [
      [label, 'appdb'],
      [label, 'postgres'],
    ],
  );
});

test('a configured target keeps its name, whatever a label says', async () => {
  const cwd = config({
    discover: true,
    targets: { [label]: { adapter: 'container', container: 'elsewhere' } },
  });
  const { stdout, stderr } = await runCli(['targets', '--json'], { env, cwd });
  const all: Found[] = JSON.parse(stdout).targets;
  assert.equal(all.find(({ target }) => target === label)!.where, 'container elsewhere');
  assert.equal(all.find(({ target }) => target === labelled.name)!.where, `container ${labelled.name}`);
  assert.match(stderr, /another target has that name/);
});

test('without an engine what needs none goes on, and a backup of all fails', async () => {
  const cwd = config({ discover: true });
  writeFileSync(join(cwd, 'backups', 'app_backup_20260101_000000.sql.gz'), '');
  const none = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
  const listed = await runCli(['list', '--all-targets'], { env: none, cwd });
  assert.deepEqual([listed.exitCode, listed.stdout.includes('app_backup')], [0, true]);
  const made = await runCli(['backup', '--all-targets'], { env: none, cwd });
  assert.equal(made.exitCode, 3);
  assert.match(made.stderr, /error: .*Docker engine at unix:\/\/\/nowhere/);
  assert.equal((await runCli(['targets', '--discover'], { env: none, cwd })).exitCode, 3);
});
