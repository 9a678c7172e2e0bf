import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { afterFile } from '../../stage/after-file.ts';
import { type Container, startContainer } from '../../stage/containers.ts';
import {
  crashes,
  failureOf,
  fillTable,
  nothingLeft,
  outputOf,
  type Programs,
  programsIn,
  refusalOf,
  sql,
} from './fixture.ts';

let container: Container;
let programs: Programs;

before(async () => {
  container = await startContainer({
    env: { PGOPTIONS: '-c application_name=theirs', PGTZ: 'Asia/Tokyo' },
  });
  programs = await programsIn(container);
  await fillTable(container, 20);
});
afterFile(async () => assert.equal(await crashes(container), 0, 'PostgreSQL must not be disturbed'));

test('a dump is byte for byte what pg_dump writes', async () => {
  await sql(
    programs,
    `CREATE TABLE texts (t text); INSERT INTO texts VALUES (E'a\\r\\nb'), (E'\\u0004'), (E'ä€😀'), (E'tab\\t');
     CREATE FUNCTION two_lines() RETURNS text LANGUAGE sql AS E'SELECT\\r\\n\\'x\\'';`,
  );
  const fixed = ['--restrict-key=same', '-O', '-x'];
  const ours = await outputOf(await programs.dump(fixed));
  const env = ['env', '-u', 'PGOPTIONS'];
  const plain = await container.exec([
    ...env,
    ...['pg_dump', ...fixed, '-U', container.user, container.database],
  ]);
  assert.equal(plain.exitCode, 0, plain.stderr);
  assert.ok(ours.equals(plain.bytes));
  assert.ok(ours.length > 19_000_000);
  assert.ok(ours.includes('SELECT\r\n'), 'line ends stay as they are');
  await nothingLeft(container);
});

test('a failing pg_dump fails with its code and its own words', async () => {
  const program = await programs.dump(['--table=nowhere']);
  assert.equal((await program.stdout.toArray()).length, 0);
  const { exitCode, stderr, message } = await failureOf(program);
  assert.equal(exitCode, 1);
  assert.equal(stderr, 'pg_dump: error: no matching tables were found');
  assert.equal(message, 'pg_dump exited with 1: pg_dump: error: no matching tables were found');
});

test('of much stderr the end is told', async () => {
  const program = await programs.psql();
  program.stdout.resume();
  program.stdin.end(
    `DO $$ BEGIN FOR i IN 1..5000 LOOP RAISE NOTICE 'line %', i; END LOOP; END $$; SELECT the_last_error;`,
  );
  const { exitCode, stderr } = await failureOf(program);
  assert.equal(exitCode, 3);
  assert.match(stderr, /the_last_error/);
  assert.ok(stderr.length <= 4096);
});

test('psql reads its input to the end and its exit code is told', async () => {
  assert.equal(await sql(programs, 'SELECT 6 * 7;'), '42\n');
  const program = await programs.psql();
  program.stdout.resume();
  program.stdin.end('SELECT 1;\nSELECT wrong;\nCREATE TABLE never ();');
  assert.equal((await failureOf(program)).exitCode, 3);
  assert.equal(await sql(programs, `SELECT to_regclass('never') IS NULL`), 't\n');
});

test('input of many megabytes arrives whole', async () => {
  await sql(programs, 'CREATE TABLE loaded (n int, t text)');
  const program = await programs.psql();
  program.stdout.resume();
  const line = 'x'.repeat(1000);
  program.stdin.write('COPY loaded FROM stdin;\n');
  for (let n = 1; n <= 30_000; n += 1) {
    if (!program.stdin.write(`${n}\t${line}\n`))
      await new Promise(resolve => program.stdin.once('drain', resolve));
  }
  program.stdin.end('\\.\n');
  await program.done;
  assert.equal(
    await sql(programs, 'SELECT count(*), sum(n), sum(length(t)) FROM loaded'),
    '30000|450015000|30000000\n',
  );
});

test('a program that fails in the middle of its input ends the input and tells why', async () => {
  const program = await programs.psql();
  program.stdout.resume();
  program.stdin.write('SELECT wrong;\n');
  const more = Buffer.alloc(1 << 16, 'SELECT 1;\n');
  while (!program.stdin.destroyed) await new Promise(resolve => program.stdin.write(more, resolve));
  const { exitCode, stderr } = await failureOf(program);
  assert.equal(exitCode, 3);
  assert.match(stderr, /column "wrong" does not exist/);
  await nothingLeft(container);
});

test('an answer comes while the input is still open', async () => {
  const program = await programs.psql();
  program.stdin.write('SELECT 1;\n');
  const [answer] = (await program.stdout.take(1).toArray()) as Buffer[];
  assert.equal(String(answer), '1\n');
  await failureOf(program);
  await nothingLeft(container);
});

test('`done` needs no reader for the few words of a load', async () => {
  const program = await programs.psql();
  program.stdin.end('SELECT 1;\n');
  await program.done;
});

test('a missing program is told before anything was read from it', async () => {
  const call = { program: 'pg_dump_of_the_future' as 'pg_dump', args: [], input: false };
  const { code, message } = await refusalOf(programs.spawn(call));
  assert.equal(code, 'no-client');
  assert.equal(message, `there is no pg_dump_of_the_future in container ${container.name}`);
  await nothingLeft(container);
});

test('nothing in an argument or a setting is taken for a command', async () => {
  const program = await programs.psql(['-v', 'hostile=$(touch /tmp/hostile); `touch /tmp/hostile`\n"\'&']);
  program.stdin.end(`\\echo :hostile\n`);
  assert.equal((await outputOf(program)).toString(), '$(touch /tmp/hostile); `touch /tmp/hostile`\n"\'&\n');
  const files = await container.exec(['ls', '/tmp']);
  assert.doesNotMatch(files.stdout, /hostile/);
});

test('only what is asked for, not the container, sets the options of a session', async () => {
  assert.equal(
    await sql(programs, 'SHOW client_encoding; SHOW timezone; SHOW application_name'),
    'UTF8\nUTC\npsql\n',
  );
  const program = await programs.spawn({
    program: 'psql',
    args: ['-X', '-q', '-A', '-t', `--dbname=${container.database}`],
    env: { PGOPTIONS: '-c work_mem=77MB', PGCLIENTENCODING: 'LATIN1' },
    input: true,
  });
  program.stdin.end('SHOW work_mem; SHOW client_encoding;');
  assert.equal((await outputOf(program)).toString(), '77MB\nLATIN1\n');
});

test('the password is in no argument and in no inspection', async () => {
  const secret = container.password;
  const program = await programs.psql();
  program.stdout.resume();
  const { stdout } = await container.exec(['ps', '-A', '-o', 'args']);
  assert.match(stdout, /psql -X/);
  assert.ok(!stdout.includes(secret));
  program.stdin.end();
  await program.done;
});

test('many programs at once keep apart', async () => {
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, n) => sql(programs, `SELECT ${n} FROM generate_series(1, 1000)`)),
  );
  for (const [n, answer] of answers.entries()) assert.equal(answer, `${n}\n`.repeat(1000));
  await nothingLeft(container);
});
