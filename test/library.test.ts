import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { before, describe, test } from 'node:test';
import { cleanEnv } from './stage/cli.ts';
import { execute, value } from './stage/client.ts';
import { createDatabase } from './stage/databases.ts';
import { projectWithPackage } from './stage/installed-package.ts';
import type { PgServer } from './stage/part.ts';
import { mustRun, runProgram } from './stage/run-program.ts';
import { hostServer } from './stage/servers.ts';
import { hostTarget } from './stage/target-project.ts';

/** A program of somebody who has the package installed. TypeScript checks it, and Node runs it. */
const consumer = `
import { type BackupConfig, backup, list, OrchestrateError, prune, restore, type RunEvent, verify } from 'db-orchestrate';

const config: BackupConfig = JSON.parse(process.env.CONFIG ?? '');
const events: RunEvent['type'][] = [];
const onEvent = (event: RunEvent) => void events.push(event.type);
const failure = async (work: Promise<unknown>) => {
  const error = await work.then(() => undefined, (error: unknown) => error);
  if (!(error instanceof OrchestrateError)) throw error ?? new Error('it succeeded');
  return { code: error.code, exitCode: error.exitCode, message: error.message, document: error.document };
};

const made = await backup({ config, label: 'by a program', verify: 'quick', onEvent });
const path: string = made.backups[0]!.path;
const listed = await list({ config });
const verified = await verify({ config, backup: 'latest', level: 'quick' });
let asked = '';
const declined = await failure(
  restore({ config, backup: path, confirm: ({ database, mode }) => { asked = database + ' ' + mode; return false; } }),
);
const restored = await restore({ config, backup: 'latest', onEvent });
const kept = await prune({ config, retention: { last: 1 }, dryRun: true });
const partial = await failure(backup({ config, targets: 'all' }));
const unknown = await failure(backup({ config, targets: ['nowhere'] }));
const aborted = await failure(backup({ config, signal: AbortSignal.abort() }));
const invalid = await failure(list({ config: { targets: { x: { adapter: 'nonsense' } } } as unknown as BackupConfig }));
const unconfigured = await list();
console.log(JSON.stringify({ made, listed, verified, asked, declined, restored, kept, partial, unknown, aborted, invalid,
  unconfigured, events: [...new Set(events)] }));
`;

describe('the library', () => {
  let project: string;
  let server: PgServer;
  let database: string;
  const env = () => ({
    ...cleanEnv(),
    CONFIG: JSON.stringify({
      name: 'lib',
      defaultTarget: 'local',
      targets: {
        local: hostTarget(server, database),
        away: { adapter: 'local-hybrid', url: 'postgresql://u:s3cret@127.0.0.1:1/x' },
      },
    }),
  });
  before(async () => {
    const files = { 'package.json': '{"name": "app", "type": "module"}', 'use.ts': consumer };
    [project, server] = await Promise.all([projectWithPackage(files), hostServer()]);
    database = await createDatabase(server);
    await execute(server, database, 'CREATE TABLE t AS SELECT 1 AS n');
  });

  test('has types that a project needs nothing else for', async () => {
    const repository = resolve(import.meta.dirname, '..');
    const node = ['--types', 'node', '--typeRoots', join(repository, 'node_modules/@types')];
    const strict = ['--strict', '--noUncheckedIndexedAccess', '--skipLibCheck', '--noEmit'];
    const modules = ['--module', 'NodeNext', '--target', 'ES2023'];
    const tsc = join(repository, 'node_modules/.bin/tsc');
    await mustRun([tsc, ...strict, ...modules, ...node, 'use.ts'], { cwd: project, env: cleanEnv() });
  });

  test('backs up, lists, proves, restores and prunes, and gives what --json prints; it prints nothing', async () => {
    const { stdout, stderr, exitCode } = await runProgram([process.execPath, 'use.ts'], {
      cwd: project,
      env: env(),
    });
    assert.equal(exitCode, 0, stderr);
    assert.equal(stderr, '');
    assert.doesNotMatch(stdout, /s3cret/);
    const said = JSON.parse(stdout);
    const [made] = said.made.backups;
    assert.deepEqual([made.target, made.proof.level], ['local', 'quick']);
    assert.ok(made.path.startsWith(join(project, 'backups/lib_backup_')));
    assert.deepEqual([said.listed.backups[0].id, said.listed.backups[0].label], [made.id, 'by a program']);
    assert.deepEqual([said.verified.path, said.verified.ok], [made.path, true]);
    assert.equal(said.asked, `${database} swap`);
    assert.deepEqual([said.declined.code, said.declined.exitCode], ['refused', 9]);
    assert.deepEqual([said.restored.database, said.restored.mode], [database, 'swap']);
    assert.equal(await value(server, database, 'SELECT n FROM t'), 1);
    assert.deepEqual(said.kept.removed, []);
    assert.equal(said.kept.kept.length, 1);
    const { code, exitCode: partialCode, document, message } = said.partial;
    assert.deepEqual([code, partialCode], ['partial', 10]);
    assert.match(message, /^1 of 2 backups failed: away: PostgreSQL on 127\.0\.0\.1:1 cannot be reached/);
    assert.equal(document.backups[0].target, 'local');
    assert.equal(document.backups[1].error.code, 'unreachable');
    assert.equal(said.unknown.code, 'usage');
    assert.equal(said.aborted.code, 'interrupted');
    assert.match(said.invalid.message, /targets\.x\.adapter: unknown adapter "nonsense"/);
    assert.equal(said.unconfigured.backups.length, 2);
    assert.ok(said.events.includes('progress'), said.events);
  });
});
