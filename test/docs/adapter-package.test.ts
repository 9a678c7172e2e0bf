import assert from 'node:assert/strict';
import { symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { cleanEnv } from '../stage/cli.ts';
import { projectWithPackage } from '../stage/installed-package.ts';
import { mustRun } from '../stage/run-program.ts';
import { hostServer } from '../stage/servers.ts';

const repository = resolve(import.meta.dirname, '../..');

/** What somebody writes who wraps a way of their own around the programs of this host. */
const mine = `
import { clientServer, defineAdapter, OrchestrateError, spawnThrough } from 'db-orchestrate';
import { z } from 'zod';

export default defineAdapter({
  name: 'mine',
  options: z.strictObject({ port: z.number(), password: z.string(), programs: z.string() }),
  describe: ({ port }) => 'port ' + port,
  database: () => 'postgres',
  async probe(options, run) {
    try {
      await (await this.open(options, run)).close();
      return { usable: true, describe: 'it is there' };
    } catch (error) {
      if (error instanceof OrchestrateError) return { usable: false, reason: error.message };
      throw error;
    }
  },
  open({ port, password, programs }, run) {
    const env = { PGHOST: '127.0.0.1', PGPORT: String(port), PGUSER: 'postgres' };
    const where = 'on port ' + port;
    const command = (argv: readonly string[]) => ['env', 'PATH=' + programs + ':/usr/bin:/bin', ...argv] as const;
    const spawn = spawnThrough({ where, command, env, secrets: { PGPASSWORD: password } }, run);
    return clientServer({ where, database: 'postgres', spawn, install: String, seesThisHost: true }, run);
  },
});
`;

const contract = `
import { adapterContract } from 'db-orchestrate/testing';
import mine from './mine.ts';
const [port, password, programs] = JSON.parse(process.env.SERVER!) as [number, string, string];
adapterContract(mine, () => ({ options: { port, password, programs }, unreachable: { port: 1, password, programs }, secrets: [password] }));
`;

test('an adapter in a project of somebody else is checked by TypeScript, keeps the contract, and is used', async () => {
  const server = await hostServer();
  const project = await projectWithPackage({
    'package.json': '{ "type": "module" }',
    'mine.ts': mine,
    'mine.test.ts': contract,
    'backup.config.ts': `
      import { defineConfig } from 'db-orchestrate';
      const [port, password, programs] = JSON.parse(process.env.SERVER!) as [number, string, string];
      export default defineConfig({ targets: { t: { adapter: './mine.ts', port, password, programs } } });`,
    'tsconfig.json': JSON.stringify({
      compilerOptions: {
        ...{
          module: 'nodenext',
          target: 'es2023',
          strict: true,
          noEmit: true,
          allowImportingTsExtensions: true,
        },
        types: ['node'],
        exactOptionalPropertyTypes: true,
      },
    }),
  });
  symlinkSync(join(repository, 'node_modules/@types'), join(project, 'node_modules/@types'));
  const SERVER = JSON.stringify([server.port, server.password, server.binDirectory]);
  const options = { cwd: project, env: { ...cleanEnv(), SERVER }, timeout: 300_000 };
  await mustRun([join(repository, 'node_modules/.bin/tsc'), '-p', '.'], options);
  const tested = await mustRun([process.execPath, '--test', '--test-reporter=tap', 'mine.test.ts'], options);
  assert.match(tested.stdout, /^# fail 0$/m);
  const tool = join(project, 'node_modules/.bin/db-orchestrate');
  const { stdout } = await mustRun([process.execPath, tool, 'targets'], options);
  assert.match(stdout, /^t +mine +port \d+ +yes: it is there$/m);
  await mustRun([process.execPath, tool, 'backup'], options);
});
