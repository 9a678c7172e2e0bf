import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { dump, factsOf, tail } from './dump-texts.ts';

/** Forms that pg_dump does write, each close to one that is refused. */
const accepted: Record<string, string> = {
  'a literal with a backslash at its end': "COMMENT ON TABLE t IS 'C:\\';\n",
  'a literal with a meta-command in it': "COMMENT ON TABLE t IS 'a\n\\! x\n';\n",
  'a literal with escapes':
    "CREATE FOREIGN TABLE t (\n    a text\n)\nSERVER s\nOPTIONS (\n    p E'it\\'s\\\\',\n    q ''''\n);\n",
  'a name with a meta-command in it': 'CREATE TABLE "a\n\\! x ""\n" ();\n',
  'a comment with a meta-command and quotes in it': "-- Name: a'b \\! x; Type: TABLE; Schema: $$\n",
  'a dollar quotation inside another':
    'CREATE FUNCTION f() RETURNS void\n    LANGUAGE sql\n    AS $_$ $$ \\! x\n; $a_$ $_$;\n',
  'slices, casts and numbers':
    "CREATE VIEW v AS\n SELECT t.a[1:2] AS b, t.a[t.x:t.y] AS c, '1'::text, 1.5e-05, (-1) FROM t;\n",
  'a slice up to a column whose name needs quotes': 'CREATE VIEW v AS\n SELECT t.a[1:"Up to"] FROM t;\n',
  'bit strings': "INSERT INTO public.t VALUES (B'0101', B'');\n",
  'names that look like dollar quotations': 'CREATE TABLE "a$$" (\n    b$1$ integer\n);\n',
  operators:
    'CREATE OPERATOR public.<-> (\n    FUNCTION = f,\n    LEFTARG = integer\n);\nCREATE OPERATOR public.?-| (FUNCTION = f);\n',
  'a rule of several statements':
    'CREATE RULE r AS\n    ON INSERT TO t DO INSTEAD ( SELECT 1;\n SELECT 2;\n);\n',
  'a body of statements':
    "CREATE FUNCTION f(x integer) RETURNS integer\n    LANGUAGE sql\n    BEGIN ATOMIC\n SELECT CASE WHEN (x > 0) THEN 'a;' ELSE CASE WHEN (x = 1) THEN $1 END END;\n SELECT 2;\nEND;\n",
  'columns named as a body ends':
    'CREATE FUNCTION f() RETURNS TABLE("end" integer, begin integer)\n    LANGUAGE sql\n    AS $$select 1, 2$$;\n',
  'a table without columns': 'COPY public.t  FROM stdin;\n\n\n\\.\n',
  'a user mapping': "CREATE USER MAPPING FOR public SERVER s OPTIONS (\n    password 'p'\n);\n",
  'settings between the objects':
    "SET default_tablespace = '';\nSET default_table_access_method = heap;\nSET search_path = public, pg_catalog;\nSELECT pg_catalog.set_config('search_path', '', false);\n",
  'a sequence with a quote in its name': "SELECT pg_catalog.setval('public.\"it''s\"', 3, true);\n",
  'a large object of an older release':
    "BEGIN;\n\nSELECT pg_catalog.lo_open(pg_catalog.lo_create('16'), 131072);\nSELECT pg_catalog.lowrite(0, '\\x00ff');\nSELECT pg_catalog.lo_close(0);\n\nCOMMIT;\n",
  'privileges by another than the owner':
    'SET SESSION AUTHORIZATION a;\nGRANT SELECT ON TABLE t TO b;\nRESET SESSION AUTHORIZATION;\n',
  'a grant on columns with awkward names': 'GRANT SELECT(" ON DATABASE "),INSERT(a) ON TABLE t TO b;\n',
  'words of the whole server in a comment and a label':
    "COMMENT ON TABLE t IS 'a ON DATABASE b';\nSECURITY LABEL FOR p ON TABLE t IS 'a ON ROLE b';\n",
  'a name in another encoding': 'CREATE TABLE caf\xe9 ();\n',
};

describe('What pg_dump writes', () => {
  for (const [what, body] of Object.entries(accepted)) {
    it(`is accepted: ${what}`, () => {
      factsOf(Buffer.from(dump(body), 'latin1'), [1]);
      factsOf(Buffer.from(dump(body), 'latin1'));
    });
  }

  it('is counted row by row and byte by byte, whichever statements bring the rows', () => {
    const { tables } = factsOf(
      dump(
        'COPY public.a (x) FROM stdin;\n1\n2\n\\.\n' +
          'INSERT INTO public.b (x, y) VALUES\n\t(1, (2)),\n\t(3, 4);\nINSERT INTO public.b (x, y) VALUES\n\t(5, 6);\n' +
          'INSERT INTO public.c VALUES (1) ON CONFLICT DO NOTHING;\nINSERT INTO public.c OVERRIDING SYSTEM VALUE VALUES (1);\n' +
          'INSERT INTO public.d DEFAULT VALUES;\nINSERT INTO public.d DEFAULT VALUES;\nCOPY public.a (x) FROM stdin;\n\\.\n',
      ),
    );
    assert.deepEqual(tables, [
      { name: 'public.a', rows: 2, bytes: 4 },
      { name: 'public.b', rows: 3, bytes: 99, inserts: true },
      { name: 'public.c', rows: 2, bytes: 113, inserts: true },
      { name: 'public.d', rows: 2, bytes: 74, inserts: true },
      { name: 'public.a', rows: 0, bytes: 0 },
    ]);
  });

  it('names the roles that it needs, wherever they stand', () => {
    const { roles } = factsOf(
      dump(
        [
          'CREATE POLICY p ON public.t FOR SELECT TO a, "B b" USING (true);',
          'CREATE POLICY p ON public.t USING (true);',
          "CREATE USER MAPPING FOR c SERVER s OPTIONS (user 'TO x;');",
          'ALTER TABLE public.t OWNER TO d;',
          'ALTER DEFAULT PRIVILEGES FOR ROLE e IN SCHEMA public GRANT SELECT ON TABLES TO f WITH GRANT OPTION;',
          'GRANT SELECT ON TABLE public.t TO PUBLIC;',
          'GRANT SELECT ON TABLE public.t TO "g""g" WITH GRANT OPTION;',
          'REVOKE ALL ON TABLE public.t FROM h;',
          "SET SESSION AUTHORIZATION 'i';",
          'SET SESSION AUTHORIZATION j;',
          'SET SESSION AUTHORIZATION DEFAULT;\n',
        ].join('\n'),
      ),
    );
    assert.deepEqual(roles, ['a', 'B b', 'c', 'd', 'e', 'f', 'g"g', 'h', 'i', 'j']);
  });

  it('may be followed by blank lines', () => {
    factsOf(`${dump('')}\n\n`);
    factsOf(`\n\n${dump('').trimEnd()}\n`);
  });
});

describe('The notices of other programs between the statements', () => {
  const notices =
    'WARNING:  database "a" has a collation version mismatch\nDETAIL:  The database was created using another.\n' +
    'pg_dump: warning: there are circular foreign-key constraints on this table:\npg_dump: detail: t\npg_dump: hint: x\n';

  it('are set aside with their lines, and dropped from what psql gets', () => {
    const body = "SET lock_timeout = 0;\npg_dump: warning: \\! it's odd\nCREATE TABLE t ();\n";
    const text = notices + dump(body);
    const facts = factsOf(text.replaceAll('\n', '\r\n'), [1]);
    assert.deepEqual(
      facts.setAside.map(({ line }) => line),
      [1, 2, 3, 4, 5, 14],
    );
    assert.equal(facts.setAside.at(-1)?.text, "pg_dump: warning: \\! it's odd");
    const kept = facts.drop.reduceRight(
      (rest, { start, end }) => rest.slice(0, start) + rest.slice(end),
      text,
    );
    assert.equal(kept, dump(body.replace(/^pg_dump.*\n/m, '')));
  });

  it('end no statement: inside of one they are refused', () => {
    assert.throws(() => factsOf(dump('CREATE TABLE t (\npg_dump: warning: a\n);\n\\! x\n')), {
      message: /^psql meta/,
    });
  });

  it('are no place to hide the end of the dump in', () => {
    assert.throws(() => factsOf(dump('').replace(tail, `pg_dump: ${tail}`)), { message: /incomplete/ });
  });
});
