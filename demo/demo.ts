import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clearStageFolder, makeStageFolder } from '../test/stage/stage-folder.ts';
import type { DemoDatabase, MakeDatabase } from './database.ts';
import { engineDatabase } from './engine-database.ts';
import { hostDatabase } from './host-database.ts';
import { pgliteDatabase } from './pglite-database.ts';

/**
 * `make demo`: a database of its own, a backup, an accident, and the way back; with the PostgreSQL of this machine, else
 * of its Docker engine, else PGlite. A word chooses one: `node demo/demo.ts pglite`.
 */
const tool = join(import.meta.dirname, '../src/main.ts');
const ways: Readonly<Record<string, MakeDatabase>> = {
  host: hostDatabase,
  engine: engineDatabase,
  pglite: pgliteDatabase,
};
const sample = `
  CREATE TABLE customers (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL);
  CREATE TABLE orders (
    id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    customer int NOT NULL REFERENCES customers,
    cents bigint NOT NULL CHECK (cents > 0),
    note text);
  INSERT INTO customers (name) SELECT 'customer ' || n FROM generate_series(1, 500) n;
  INSERT INTO orders (customer, cents, note)
    SELECT 1 + n % 500, 100 + n * 7 % 9000, repeat('as ordered ', n % 5) FROM generate_series(1, 20000) n;
`;

const folder = await makeStageFolder();
let database: DemoDatabase | undefined;
let failed = false;
try {
  say('Making a database of the demo’s own (it is removed at the end)');
  database = await firstPossible(process.argv[2]);
  say(`It is ${database.describe}`);
  await show(database);
} catch (error) {
  failed = true;
  console.error(`\nThe demo stopped: ${(error as Error).message}`);
} finally {
  await database?.stop();
  await clearStageFolder(folder);
}
process.exit(failed ? 1 : 0);

async function firstPossible(word: string | undefined): Promise<DemoDatabase> {
  const reasons: string[] = [];
  for (const [name, make] of Object.entries(ways)) {
    if (word !== undefined && word !== name) continue;
    try {
      return await make(folder);
    } catch (error) {
      reasons.push((error as Error).message);
    }
  }
  throw new Error(reasons.join('\n') || `there is no way ${word}; there are ${Object.keys(ways).join(', ')}`);
}

async function show({ target, execute }: DemoDatabase): Promise<void> {
  const project = join(folder, 'project');
  mkdirSync(project);
  const config = { name: 'shop', targets: { shop: target } };
  writeFileSync(join(project, 'backup.config.json'), JSON.stringify(config), { mode: 0o600 });
  await execute(sample);
  const count = () => execute(`SELECT format('%s orders of %s cents', count(*), sum(cents)) FROM orders`);
  const { PATH, HOME = '', TMPDIR, DOCKER_HOST, DOCKER_CONTEXT } = process.env;
  const docker = {
    DOCKER_HOST,
    DOCKER_CONTEXT,
    DOCKER_CONFIG: process.env.DOCKER_CONFIG ?? join(HOME, '.docker'),
  };
  const run = (...args: string[]) => {
    console.log(`\n$ db-orchestrate ${args.join(' ')}`);
    execFileSync(process.execPath, [tool, ...args], {
      cwd: project,
      env: { PATH, HOME: folder, TMPDIR, ...docker },
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  };

  const before = await count();
  say(`The database has ${before}`);
  run('backup', '--label', 'before the migration');
  run('list');
  say('An accident: DELETE FROM orders WHERE id > 10');
  await execute('DELETE FROM orders WHERE id > 10');
  say(`The database has ${await count()}`);
  run('restore', 'latest', '--force');
  const after = await count();
  say(`The database has ${after}`);
  if (after !== before) throw new Error('what came back is not what was there');
  const file = readdirSync(join(project, 'backups'))
    .sort()
    .find(name => name.endsWith('.sql.gz'));
  say(`They are back. The backup was one file that needs no tool to be read: gunzip -c ${file} | psql`);
}

function say(text: string): void {
  console.log(`\n# ${text.trim()}`);
}
