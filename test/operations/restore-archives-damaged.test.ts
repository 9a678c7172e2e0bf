import assert from 'node:assert/strict';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { localHybrid } from '../../adapters/local-hybrid/adapter.ts';
import type { Server } from '../../src/contract/adapter.ts';
import { type CheckedFile, checkFile } from '../../src/operations/file/check-file.ts';
import { loadFile } from '../../src/operations/load/load-file.ts';
import { execute, pgDump } from '../stage/client.ts';
import { createDatabase } from '../stage/databases.ts';
import type { PgServer } from '../stage/part.ts';
import { projectFolder } from '../stage/project-folder.ts';
import { hostServer, server17 } from '../stage/servers.ts';
import { hostTarget } from '../stage/target-project.ts';
import { testRun } from './backup-in-process.ts';

/** Rows of text alone: whatever follows rows that were cut would be as good a row. */
const sample = `
  CREATE TABLE a AS SELECT md5(n::text) s FROM generate_series(1, 300) n; CREATE TABLE b AS TABLE a;
  CREATE TABLE c AS TABLE a; CREATE TABLE nothing (s text);
  SELECT lo_from_bytea(4711, 'large'), lo_from_bytea(4712, ''), lo_from_bytea(4713, convert_to(repeat('x', 9999), 'UTF8'));
`;

for (const [of, theServer] of Object.entries({ '15': hostServer, '17': server17 })) {
  describe(`an archive of pg_dump ${of}`, () => {
    const folder = projectFolder();
    // Each place of one major; of the other enough to show that its programs are understood too.
    const places = of === '15' ? 12 : 4;
    const run = testRun(folder);
    let pg: PgServer;
    let server: Server;
    let dump: (...args: string[]) => Promise<Buffer>;

    before(async () => {
      pg = await theServer();
      const database = await createDatabase(pg);
      await execute(pg, database, sample);
      const { url, binDirectory } = hostTarget(pg, database);
      server = await localHybrid.open({ url, binDirectory }, run);
      dump = (...args) => pgDump(pg, database, args);
    });
    after(() => server.close());

    const check = (path: string) => checkFile({ path, backup: undefined }, run, async () => server);
    const refused = (path: string, what: string) =>
      assert.rejects(check(path), { code: 'bad-file' }, `accepted although ${what}`);
    const isWhole = ({ facts }: CheckedFile) => {
      const rows = facts.tables.map(table => `${table.name} ${table.rows}`);
      assert.deepEqual(rows, ['public.a 300', 'public.b 300', 'public.c 300', 'public.nothing 0']);
      assert.equal(facts.largeObjects, 3);
    };

    const files: Record<string, () => Promise<Buffer>> = {
      'in the custom format': () => dump('-Fc'),
      'in the custom format, not compressed': () => dump('-Fc', '-Z0'),
      'in the tar format': () => dump('-Ft'),
    };
    for (const [how, make] of Object.entries(files)) {
      test(`${how}, is refused where it was cut`, async () => {
        const [whole, path] = [await make(), join(folder, 'file.dump')];
        writeFileSync(path, whole);
        isWhole(await check(path));
        // A tar archive ends with two blocks of zeros.
        const end = how.includes('tar') ? whole.length - 1024 : whole.length;
        for (let part = 1; part <= places; part += 1) {
          const at = Math.floor((end * part) / places) - 1;
          writeFileSync(path, whole.subarray(0, at));
          await refused(path, `cut at ${at} of ${whole.length}`);
        }
        writeFileSync(path, gzipSync(whole).subarray(0, -1));
        await refused(path, 'its gzip was cut');
      });
    }

    /** `cuts`: bytes, or a part, that are left of each file. */
    async function eachFileDamaged(args: string[], cuts: readonly number[]): Promise<void> {
      const [whole, cut] = [join(folder, `whole${args.join('')}`), join(folder, 'cut')];
      await dump('-Fd', ...args, '-f', whole);
      await check(whole);
      for (const name of readdirSync(whole)) {
        const content = readFileSync(join(whole, name));
        for (const part of [undefined, ...cuts]) {
          rmSync(cut, { recursive: true, force: true });
          cpSync(whole, cut, { recursive: true });
          if (part === undefined) rmSync(join(cut, name));
          else writeFileSync(join(cut, name), content.subarray(0, part < 1 ? part * content.length : part));
          await refused(cut, `${name} is ${part === undefined ? 'missing' : `cut at ${part}`}`);
        }
      }
    }

    test('in the directory format, is refused where a file of it was cut, or is missing', async () => {
      await eachFileDamaged([], of === '15' ? [0, 1, 18, 0.5, 0.9] : [0.5]);
      isWhole(await check(join(folder, 'whole')));
    });

    test('that became another one after its check is not loaded', async () => {
      const path = join(folder, 'changing.dump');
      writeFileSync(path, await dump('-Fc'));
      const file = await check(path);
      writeFileSync(path, await dump('-Fc', '--exclude-table=c'));
      await assert.rejects(loadFile(file, await createDatabase(pg), server, run), {
        code: 'bad-file',
        message: /changed while it was being restored/,
      });
    });

    test('that could have been cut without a trace is refused, with the way past that', async () => {
      for (const args of [['-Z0'], ['-Z0', '--no-blobs', '--inserts']]) {
        const path = join(folder, `unproven${args.join('')}`);
        await dump('-Fd', ...args, '-f', path);
        await assert.rejects(check(path), {
          code: 'bad-file',
          message: /may have been cut short: nothing in it/,
          hint: /make a plain dump and restore that: pg_restore -f - '.*' > dump\.sql/,
        });
      }
    });

    if (of === '15')
      test('in the directory format, not compressed, is refused where rows were cut', async () => {
        await eachFileDamaged(['-Z0', '--no-blobs'], [0, 1, 0.3, 0.5]);
      });

    if (of === '17')
      test('with another compression is read, and refused where it was cut', async () => {
        for (const method of ['lz4', 'zstd']) {
          const path = join(folder, `${method}.dump`);
          const whole = await dump('-Fc', `-Z${method}`);
          writeFileSync(path, whole);
          isWhole(await check(path));
          writeFileSync(path, whole.subarray(0, whole.length / 2));
          await refused(path, 'cut in the middle');
          await eachFileDamaged([`-Z${method}`, '--no-blobs'], [0, 1, 0.3, 0.5]);
        }
      });
  });
}
