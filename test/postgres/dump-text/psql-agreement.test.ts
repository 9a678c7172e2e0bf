import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { OrchestrateError } from '../../../src/errors.ts';
import { createDumpReader } from '../../../src/postgres/dump-text/dump-reader.ts';
import { execute, pgProgram } from '../../stage/client.ts';
import { createDatabase } from '../../stage/databases.ts';
import type { PgServer } from '../../stage/part.ts';
import { stage } from '../../stage/stage.ts';
import { factsOf, fixture, fixtures } from './dump-texts.ts';

/** What opens or closes something for psql, the server, or a careless reader. */
const tokens =
  " |\n|\t| a| begin| BEGIN| ATOMIC| begin atomic| end| END| case| (|)|;|;\n|'|''|'\\'|'a'|\"|\"\"|\"a\"|E'|e'\\''|'\\\\'|B'01'|N'a'|U&'a'|u&\"a\"|$$|$a$|$a|$1|$|1| 1.5e+3|1e|2x|:|::|:=|:a|:A|:'a'|:\"a\"|:\"HOST\"|:{|-|+|*|/|&|%|é|foo$$|foo$a$|\\|\\\\|\r|--|/*|*/|.|,|[|]| E| x|\v|\f|`| function| procedure| or| replace| create";
const soup = fc
  .array(fc.constantFrom(...tokens.split('|'), '|'), { maxLength: 14 })
  .map(parts => parts.join(''));
const start = fc.constantFrom(
  ...[
    'CREATE FUNCTION f',
    'CREATE OR REPLACE PROCEDURE p',
    'CREATE TABLE t',
    'CREATE "q" FUNCTION',
    'ALTER x',
    'COMMENT ON a IS',
    'INSERT INTO t VALUES (',
    'CREATE RULE r',
  ],
);
const end = fc.constantFrom(
  ';\n',
  ';\n',
  ';\n',
  "';\n",
  '";\n',
  '$$;\n',
  '$a$;\n',
  ' end;\n',
  ');\n',
  '; \n',
);
const rows = fc.constantFrom('', 'x\n', '\\\\\n', '\\N\n\\\\.\n', "it's $$\n", '\\.x\n', '\\ .\n', '\\! x\n');
const part = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(start, soup, end).map(parts => parts.join('')) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'SET standard_conforming_strings = off;\n',
      "-- it's $$ \\! x\n",
      '-- a\rb\n',
      '  \n',
    ),
  },
  // A failed transaction would make psql read the rows as statements; a restore stops there instead.
  { weight: 1, arbitrary: rows.map(text => `COMMIT;\nCOPY public.t (a) FROM stdin;\n${text}\\.\n`) },
);
const text = fc
  .array(part, { minLength: 1, maxLength: 4 })
  .map(parts => `COMMIT;\nSET standard_conforming_strings = on;\n${parts.join('')}`);

describe('psql and the reader', () => {
  it('find the same statements in every text that the reader accepts', async () => {
    const server = await stage('hostServer');
    const seed = Math.floor(Math.random() * 2 ** 31);
    const accepted = fc.sample(text, { numRuns: 10_000, seed }).filter(isAccepted);
    assert.ok(accepted.length > 500);
    await assertAgreement(server, Buffer.from(accepted.join('')), `seed ${seed}`);
  });

  for (const name of fixtures.filter(name => name !== 'copy-18.sql')) {
    it(`find the same statements in a dump: ${name}`, async () => {
      const server = await stage('hostServer');
      const bytes = fixture(name);
      const [head, tail] = factsOf(bytes).drop;
      const between = bytes.subarray(head?.end, tail?.start);
      await assertAgreement(server, between, name);
    });
  }
});

/** psql prints each statement that it sends, and complains of each meta-command. */
async function assertAgreement(server: PgServer, bytes: Buffer, what: string): Promise<void> {
  const database = await createDatabase(server);
  await execute(server, database, 'CREATE TABLE public.t (a text)');
  const argv = ['psql', '-X', '-q', '-e', '-o', '/dev/null'];
  const input = Buffer.concat([Buffer.from('\\restrict X\n'), bytes]);
  const psql = await pgProgram(server, database, argv, { input });
  assert.doesNotMatch(psql.stderr, /backslash commands are restricted|invalid command/, what);
  const statements = statementsOf(bytes).map(statement => `${statement}\n`);
  assert.equal(withoutBlanks(psql.bytes.toString('latin1')), withoutBlanks(statements.join('')), what);
}

function isAccepted(text: string): boolean {
  try {
    statementsOf(Buffer.from(text));
    return true;
  } catch (error) {
    if (error instanceof OrchestrateError) return false;
    throw error;
  }
}

function statementsOf(bytes: Buffer): string[] {
  const statements: string[] = [];
  const reader = createDumpReader({
    onStatement: ({ text }) => void statements.push(text.toString('latin1')),
  });
  reader.push(bytes);
  reader.end();
  return statements;
}

/** psql leaves out empty lines inside statements, and blanks behind them. */
function withoutBlanks(text: string): string {
  return text.replace(/[ \t]+\n/g, '\n').replace(/\n+/g, '\n');
}
