import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAccessStatements } from '../../../src/postgres/dump-text/access-statements.ts';
import { createDumpReader } from '../../../src/postgres/dump-text/dump-reader.ts';

const access = [
  'ALTER TABLE public.t OWNER TO owner;',
  'ALTER SCHEMA "odd "" name" OWNER TO "another; owner";',
  'ALTER LARGE OBJECT 4711 OWNER TO owner;',
  'REVOKE ALL ON TABLE public.t FROM owner;',
  'SET SESSION AUTHORIZATION grantor;',
  'GRANT SELECT ON TABLE public.t TO reader WITH GRANT OPTION;',
  'RESET SESSION AUTHORIZATION;',
  'ALTER DEFAULT PRIVILEGES FOR ROLE owner IN SCHEMA public GRANT SELECT ON TABLES TO reader;',
];

const others = [
  "SET client_encoding = 'UTF8';",
  "ALTER TABLE ONLY public.t ALTER COLUMN s SET DEFAULT ' OWNER TO nobody;'::text;",
  "ALTER TABLE public.t ADD CONSTRAINT c CHECK ((s <> ' OWNER TO nobody'::text)) NOT VALID;",
  'ALTER TABLE public.t CLUSTER ON "index OWNER TO nobody";',
  'ALTER TABLE public.t CLUSTER ON "index OWNER TO ""nobody""";',
];

describe('Owners and privileges among the statements of a dump', () => {
  it('are told from all else, with the roles that they need', () => {
    const found = createAccessStatements();
    const rest: string[] = [];
    const reader = createDumpReader({
      onStatement(statement) {
        if (!found.statement(statement)) rest.push(statement.text.toString());
      },
    });
    reader.push(Buffer.from([...access, ...others, ''].join('\n')));
    reader.end();
    assert.deepEqual(
      found.end().map(({ text }) => text.toString()),
      access,
    );
    assert.deepEqual(rest, others);
    const roles = new Set(found.end().flatMap(statement => statement.roles));
    assert.deepEqual([...roles].sort(), ['another; owner', 'grantor', 'owner', 'reader']);
  });
});
