import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { connectionUrl, execute } from '../test/stage/client.ts';
import type { PgServer } from '../test/stage/part.ts';
import { createParts } from '../test/stage/parts.ts';
import { clearStageFolder, makeStageFolder } from '../test/stage/stage-folder.ts';

/** `make demo`: a server of its own, a sample database, a backup, an accident, and the way back. */
const tool = join(import.meta.dirname, '../src/main.ts');
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
const parts = createParts(folder);
let failed = false;
try {
  say('Starting a PostgreSQL server of the demo’s own (it is removed at the end)');
  await show(await parts.get('hostServer'));
} catch (error) {
  failed = true;
  console.error(`\nThe demo stopped: ${(error as Error).message}`);
} finally {
  await parts.stop();
  await clearStageFolder(folder);
}
process.exit(failed ? 1 : 0);

async function show(server: PgServer): Promise<void> {
  const project = join(folder, 'project');
  mkdirSync(project);
  await execute(server, 'postgres', 'CREATE DATABASE shop');
  await execute(server, 'shop', sample);
  const count = () =>
    execute(server, 'shop', `SELECT format('%s orders of %s cents', count(*), sum(cents)) FROM orders`);
  const run = (...args: string[]) => {
    console.log(`\n$ db-orchestrate ${args.join(' ')}`);
    const env = { PATH: process.env.PATH, HOME: folder, DATABASE_URL: connectionUrl(server, 'shop') };
    execFileSync(process.execPath, [tool, ...args], {
      cwd: project,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
    });
  };

  const before = await count();
  say(`The database has ${before}`);
  run('backup', '--label', 'before the migration');
  run('list');
  say('An accident: DELETE FROM orders WHERE id > 10');
  await execute(server, 'shop', 'DELETE FROM orders WHERE id > 10');
  say(`The database has ${await count()}`);
  run('restore', 'latest', '--force');
  const after = await count();
  say(`The database has ${after}`);
  if (after !== before) throw new Error('what came back is not what was there');
  const file = readdirSync(join(project, 'backups')).find(name => name.endsWith('.sql.gz'));
  say(`They are back. The backup was one file that needs no tool to be read: gunzip -c ${file} | psql`);
}

function say(text: string): void {
  console.log(`\n# ${text.trim()}`);
}
