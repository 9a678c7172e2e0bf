import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createDumpReader } from '../../../src/postgres/dump-text/dump-reader.ts';
import { nameKey, type QualifiedName } from '../../../src/postgres/dump-text/table-names.ts';
import { createTablePartsReader, type TableParts } from '../../../src/postgres/dump-text/table-parts.ts';
import { selectTableParts } from '../../../src/postgres/dump-text/table-selection.ts';
import { createAwkwardDatabase } from '../../stage/awkward-database.ts';
import { execute, identifier, pgDump, rows } from '../../stage/client.ts';
import { createDatabase } from '../../stage/databases.ts';
import { hostServer, server17 } from '../../stage/servers.ts';

function partsOf(text: Buffer, size = 1000): TableParts {
  const reader = createTablePartsReader();
  for (let at = 0; at < text.length; at += size) reader.push(text.subarray(at, at + size));
  reader.end();
  return reader.found();
}

/** The statements of a text, each with its rows, but for those that only set something. */
function statementsOf(text: Buffer): string[] {
  const found: { offset: number; end: number }[] = [];
  const reader = createDumpReader({
    onStatement: statement => found.push(statement),
    onCopyEnd: ({ end }) => found.push({ ...found.pop()!, end }),
    onRestriction() {},
  });
  reader.push(text);
  reader.end();
  const statements = found.map(({ offset, end }) => text.toString('utf8', offset, end));
  return statements.filter(statement => !/^SET |^SELECT pg_catalog\.set_config/.test(statement));
}

function selected(text: Buffer, parts: TableParts, table: QualifiedName): string[] {
  const chosen = selectTableParts(parts, [table]);
  return statementsOf(Buffer.concat(chosen.map(({ start, end }) => text.subarray(start, end))));
}

/**
 * Attaching takes both tables; pg_dump -t forgets statistics; newer majors dump the rows of partitions by an enum's hash
 * as rows of their root.
 */
function comparable(statements: string[], { name }: QualifiedName): string[] {
  const others = name.startsWith('spread')
    ? /^(?:COPY|INSERT)| ATTACH PARTITION /
    : /^ALTER \w+ (?:ONLY )?\S+ ATTACH PARTITION |^ALTER INDEX .* ATTACH PARTITION |^(?:CREATE|ALTER|COMMENT ON) STATISTICS /;
  return statements.filter(statement => !others.test(statement));
}

const tablesOf = `SELECT nspname AS schema, relname AS name, obj_description(c.oid) AS mark FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
  WHERE relkind IN ('r', 'p', 'f') AND nspname NOT IN ('pg_catalog', 'information_schema') AND relpersistence <> 't'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')`;

describe('what a dump says of one table', () => {
  for (const [major, start, args] of [
    [15, hostServer, []],
    [17, server17, ['--inserts', '--rows-per-insert=7', '--quote-all-identifiers']],
  ] as const) {
    test(`is what pg_dump -t ${args.join(' ')} writes of it, on PostgreSQL ${major}`, async () => {
      const server = await start();
      const { name: database } = await createAwkwardDatabase(server);
      const tables = await rows<QualifiedName>(server, database, tablesOf);
      const text = await pgDump(server, database, ['-O', '-x', ...args]);
      const parts = partsOf(text);
      assert.deepEqual(parts.tables.map(nameKey).sort(), tables.map(nameKey).sort());
      assert.deepEqual(partsOf(text, 7), parts);
      for (const table of tables) {
        const pattern = [table.schema, table.name].map(identifier).join('.');
        const alone = await pgDump(server, database, ['-O', '-x', ...args, '-t', pattern]);
        assert.deepEqual(
          comparable(selected(text, parts, table), table),
          comparable(statementsOf(alone), table),
          pattern,
        );
      }
    });
  }

  test('is found whatever is called what', async () => {
    const server = await hostServer();
    const database = await createDatabase(server);
    await execute(server, database, hostile);
    const text = await pgDump(server, database, ['-O', '-x']);
    const parts = partsOf(text);
    const marks = await rows<QualifiedName & { mark: string }>(server, database, tablesOf);
    assert.equal(marks.length, 40);
    for (const { mark, ...table } of marks) {
      const statements = selected(text, parts, table);
      assert.equal(statements.length, 19, `${JSON.stringify(table)}: ${statements.join('')}`);
      const comments = statements.filter(statement => statement.startsWith('COMMENT'));
      assert.equal(comments.length, 5);
      for (const comment of comments) assert.ok(comment.endsWith(` IS '${mark}';\n`), `${mark}: ${comment}`);
    }
  });
});

/** Every kind of thing a table can have, with comments that tell whose they are. */
const hostile = `
  CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
  CREATE SCHEMA "a.b ON"; CREATE SCHEMA "a";
  DO $do$
  DECLARE
    names text[] := ARRAY['x', 'ON', 'x ON a.y', 'b.c', 'a"b', '"', '""', E'new\\nline ON a.x;', 'x FROM a.x', 'x USING y',
      'x; --', '''', 'x'' ON a.x', E'back\\\\', E'e\\\\'' ON x', 'TO x', 'x TO a.x', '"."', 'ü', 'FOREIGN KEY'];
    one text; other text; number int := 0; s text; mark text;
  BEGIN
    FOREACH s IN ARRAY ARRAY['a', 'a.b ON'] LOOP
      EXECUTE format('SET search_path = %I', s);
      FOREACH one IN ARRAY names LOOP
        number := number + 1;
        mark := 'mark ' || number || ' ON a.x;';
        other := names[number % cardinality(names) + 1];
        EXECUTE format('CREATE TABLE %I (%I serial, %I text, c int GENERATED ALWAYS AS IDENTITY)', one, one || '1', other);
        EXECUTE format('CREATE INDEX %I ON %I (%I)', 'i ' || other || number, one, other);
        EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I UNIQUE (%I)', one, 'k ' || other || number, other);
        EXECUTE format('CREATE TRIGGER %I AFTER UPDATE OF %I, c OR INSERT ON %I FOR EACH ROW EXECUTE FUNCTION public.f()', other, other, one);
        EXECUTE format('CREATE RULE %I AS ON DELETE TO %I DO ALSO NOTHING', other, one);
        EXECUTE format('CREATE POLICY %I ON %I', other, one);
        EXECUTE format('CREATE STATISTICS %I ON %I, (lower(%I) || %L) FROM %I', 's ' || other || number, other, other, other, one);
        EXECUTE format('COMMENT ON TABLE %I IS %L', one, mark);
        EXECUTE format('COMMENT ON COLUMN %I.%I IS %L', one, other, mark);
        EXECUTE format('COMMENT ON TRIGGER %I ON %I IS %L', other, one, mark);
        EXECUTE format('COMMENT ON STATISTICS %I IS %L', 's ' || other || number, mark);
        EXECUTE format('COMMENT ON INDEX %I IS %L', 'i ' || other || number, mark);
      END LOOP;
    END LOOP;
  END $do$;`;
