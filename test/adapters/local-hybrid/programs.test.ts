import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { hostInstallHint } from '../../../adapters/local-hybrid/install-hint.ts';
import { type Clients, findClients, fittingClients } from '../../../adapters/local-hybrid/programs.ts';
import { scratchPrograms } from '../../../adapters/local-hybrid/scratch-programs.ts';
import { versionFromNumber } from '../../../src/postgres/version.ts';
import { testRun } from '../../operations/backup-in-process.ts';
import { projectFolder } from '../../stage/project-folder.ts';

/** A folder with a pg_dump that tells that version, and a psql unless it is left out. */
function installation(banner: string, { psql = true, log = '/dev/null' } = {}): string {
  const folder = join(projectFolder(), 'bin');
  mkdirSync(folder);
  for (const program of psql ? ['pg_dump', 'psql'] : ['pg_dump']) {
    writeFileSync(join(folder, program), `#!/bin/sh\necho x >>'${log}'\necho '${banner}'\n`);
    chmodSync(join(folder, program), 0o755);
  }
  return folder;
}

const found = async (path: string, binDirectory?: string) =>
  (await findClients(binDirectory, testRun('/', { env: { PATH: path } }))).map(({ directory }) => directory);

describe('client programs', () => {
  test('in PATH are found, the newest first', async () => {
    const [old, recent] = [
      installation('pg_dump (PostgreSQL) 98.1'),
      installation('pg_dump (PostgreSQL) 99beta1'),
    ];
    assert.deepEqual((await found(`${old}:${recent}`)).slice(0, 2), [recent, old]);
  });

  test('count once when several ways lead to them', async () => {
    const folder = installation('pg_dump (PostgreSQL) 99.1');
    const link = join(projectFolder(), 'link');
    symlinkSync(folder, link);
    const directories = await found(`${link}:${folder}:${folder}`);
    assert.deepEqual(
      directories.filter(directory => [link, folder].includes(directory)),
      [link],
    );
  });

  test('do not count without psql, without a version, or in a relative part of PATH', async () => {
    const alone = installation('pg_dump (PostgreSQL) 99.1', { psql: false });
    const mute = installation('hello');
    const directories = await found(`${alone}:${mute}:.:bin`);
    assert.ok(!directories.some(directory => [alone, mute, '.', 'bin'].includes(directory)));
  });

  test('of a binDirectory are the only ones', async () => {
    const [chosen, other] = [
      installation('pg_dump (PostgreSQL) 9.6.3'),
      installation('pg_dump (PostgreSQL) 99.1'),
    ];
    assert.deepEqual(await found(other, chosen), [chosen]);
    await assert.rejects(found(other, '/nowhere'), {
      code: 'no-client',
      message: 'no usable pg_dump and psql in /nowhere',
    });
  });
});

describe('for a server', () => {
  const clients = [180001, 170002, 170001, 150018].map(
    (number): Clients => ({ directory: `/${number}`, version: versionFromNumber(number) }),
  );
  const fits: [server: number, directory: string | undefined][] = [
    [150003, '/150018'],
    [160003, '/170002'],
    [170009, '/170002'],
    [180000, '/180001'],
    [130000, '/150018'],
    [190000, undefined],
  ];
  for (const [server, directory] of fits) {
    test(`${server} ${directory ? `those in ${directory} are taken` : 'none fits'}`, () => {
      assert.equal(fittingClients(clients, versionFromNumber(server))?.directory, directory);
    });
  }
});

describe('for a throwaway server', () => {
  const installed = (...numbers: number[]) =>
    numbers.map((number): Clients => ({ directory: `/${number}`, version: versionFromNumber(number) }));
  const all = installed(180001, 170002, 160003, 150018);
  type Majors = [serverMajor: number | undefined, dumpMajor: number | undefined];
  const fits: [given: Majors, server: number, clients: number][] = [
    [[15, 15], 150018, 150018],
    [[15, 17], 150018, 170002],
    [[14, 14], 150018, 150018],
    [[14, 17], 150018, 170002],
    [[15, 19], 150018, 150018],
    [[undefined, 16], 160003, 160003],
    [[undefined, 19], 180001, 180001],
    [[15, undefined], 150018, 150018],
    [[undefined, undefined], 180001, 180001],
  ];
  for (const [[serverMajor, dumpMajor], server, clients] of fits) {
    test(`like ${serverMajor}, of a dump by ${dumpMajor}, ${server} is taken with ${clients}`, () => {
      const chosen = scratchPrograms(all, all, { serverMajor, dumpMajor });
      assert.deepEqual([chosen.server.version.number, chosen.clients.version.number], [server, clients]);
    });
  }

  test('one that no pg_dump can dump is not taken', () => {
    const some = installed(160003, 150018);
    const { server } = scratchPrograms(all, some, { serverMajor: undefined, dumpMajor: undefined });
    assert.equal(server.version.number, 160003);
    assert.throws(() => scratchPrograms(all, some, { serverMajor: 17, dumpMajor: 17 }), {
      code: 'no-client',
      message: 'no pg_dump on this host is new enough for its server programs, PostgreSQL 18.1',
      hint: hostInstallHint('server', 17),
    });
  });
});
