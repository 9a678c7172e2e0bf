import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listen } from '../../../src/postgres/dump-text/listen.ts';
import { createLoadLayout, type LoadLayout } from '../../../src/postgres/dump-text/load-layout.ts';

async function layoutOf(text: string): Promise<LoadLayout | undefined> {
  const layout = createLoadLayout();
  await listen(pieces(Buffer.from(text)), layout.handler);
  return layout.end();
}

async function* pieces(text: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < text.length; at += 7) yield text.subarray(at, at + 7);
}

const words = (layout: LoadLayout | undefined) =>
  layout?.runs.map(({ statements }) => statements.map(statement => statement.words));

test('indexes and keys that follow one another are one run, whatever is said of them; other statements end it', async () => {
  const layout = await layoutOf(`
    SET default_tablespace = '';
    ALTER TABLE ONLY public.t\n    ADD CONSTRAINT t_pkey PRIMARY KEY (n);
    COMMENT ON CONSTRAINT t_pkey ON public.t IS 'the key';
    SET default_tablespace = quick;
    CREATE UNIQUE INDEX "By name" ON public."T;" USING btree (name);
    ALTER TABLE public.t CLUSTER ON t_pkey;
    CREATE INDEX last ON ONLY public.t USING btree (n);
    CREATE INDEX other ON ONLY public.t USING btree (n);
    CREATE VIEW v AS SELECT 1;
    ALTER TABLE ONLY public.t ADD CONSTRAINT a CHECK ((n > 1)) NOT VALID;
`);
  assert.deepEqual(words(layout), [
    ['primary key t_pkey on public.t', 'index "By name" on public."T;"'],
    ['index last on public.t', 'index other on public.t'],
  ]);
  const [{ statements, remarks, before, after }] = layout!.runs as [LoadLayout['runs'][number]];
  const set = (settings: typeof before) => settings.map(({ text }) => String(text));
  assert.equal(remarks.length, 1);
  assert.deepEqual(set(before), ["SET default_tablespace = '';"]);
  assert.deepEqual(set(after), ['SET default_tablespace = quick;']);
  assert.deepEqual(
    statements.map(({ settings }) => set(settings)),
    [set(before), set(after)],
  );
});

test('what calls no function of its own can be built as soon as its table has its rows', async () => {
  const early = [
    'ALTER TABLE ONLY public.t\n    ADD CONSTRAINT "t (key)" PRIMARY KEY (n, valid WITHOUT OVERLAPS);',
    'ALTER TABLE ONLY public.t\n    ADD CONSTRAINT u UNIQUE NULLS NOT DISTINCT (n) INCLUDE (a, b) DEFERRABLE INITIALLY DEFERRED;',
    'CREATE INDEX i ON ONLY public.t USING btree (n, "a ; WHERE" COLLATE "C" DESC NULLS LAST);',
    "CREATE UNIQUE INDEX j ON public.t USING gist (n public.ops) INCLUDE (a) WITH (fillfactor='70');",
    'ALTER TABLE ONLY public.t ADD CONSTRAINT "a UNIQUE (n);" EXCLUDE USING gist (n WITH =);',
  ];
  const inTurn = [
    'ALTER TABLE ONLY public.t ADD CONSTRAINT "a UNIQUE (n);" EXCLUDE USING gist (f(n) WITH =);',
    'CREATE INDEX k ON public.t USING btree (lower(s));',
    'CREATE INDEX l ON public.t USING btree (((n)::text));',
    'CREATE INDEX m ON public.t USING btree (n) WHERE public.f(n);',
    'CREATE INDEX n ON public.t USING btree (n) WITH (fillfactor=70) WHERE a;',
    'ALTER TABLE ONLY public.t ADD CONSTRAINT e EXCLUDE USING gist (n WITH =) WHERE ((n > 1));',
    'CREATE INDEX "o USING btree (n);" ON public.t USING btree (f(n));',
    'ALTER TABLE ONLY public.t ADD CONSTRAINT f FOREIGN KEY (n) REFERENCES public.u(n);',
  ];
  const layout = await layoutOf([...early, ...inTurn].map(text => `${text}\n`).join(''));
  const statements = layout!.runs.flatMap(run => run.statements);
  assert.equal(statements.length, early.length + inTurn.length);
  assert.deepEqual(
    statements.flatMap(statement => (statement.early ? [String(statement.early)] : [])),
    early,
  );
});

test('foreign keys lock whole families of tables; those of which that is not known stay where they are', async () => {
  const foreign = (table: string, to: string) =>
    `ALTER TABLE ${table} ADD CONSTRAINT k FOREIGN KEY (a, "b)") REFERENCES ${to}(a, b);`;
  const layout = await layoutOf(`
    CREATE TABLE public.child (\n    n integer\n)\nINHERITS (public.parent);
    ALTER TABLE ONLY public.root ATTACH PARTITION public.part FOR VALUES IN (1);
    ${foreign('ONLY public.part', 'public.child')}
    ${foreign('ONLY public.a', 'public.b')}
    ${foreign('public.root', 'public.b')}
    ${foreign('ONLY a', 'public.b')}
    ${foreign('ONLY public.c', 'public.c')}
`);
  assert.deepEqual(
    layout?.runs.map(({ statements }) => statements.map(({ locks }) => locks)),
    [
      [
        ['public.root', 'public.parent'],
        ['public.a', 'public.b'],
      ],
      [['public.c']],
    ],
  );
});

test('what stands before the last row is no run, and stretches have nothing but rows', async () => {
  const text = `SET a = 1;\nCREATE INDEX i ON public.t USING btree (n);
--\n-- Rows\n--\nCOPY public.t (n) FROM stdin;\n1\n\\.\n\nCOPY public.u (n) FROM stdin;\n\\.\n
SELECT pg_catalog.setval('public.s', 1, true);\nCOPY public.w (n) FROM stdin;\n2\n\\.\n
CREATE INDEX j ON public.t USING btree (n);\n`;
  const layout = await layoutOf(text);
  assert.deepEqual(words(layout), [['index j on public.t']]);
  assert.deepEqual(
    layout!.copies.map(({ start, end }) => text.slice(start, end).split('\n', 1)[0]),
    ['COPY public.t (n) FROM stdin;', 'COPY public.u (n) FROM stdin;', 'COPY public.w (n) FROM stdin;'],
  );
  const stretches = layout!.stretches.map(({ start, end }) => text.slice(start, end));
  assert.match(stretches[0]!, /^--\n-- Rows.*COPY public\.u .*\\\.\n\n$/s);
  assert.match(stretches[1]!, /^COPY public\.w .*\\\.\n\n$/s);
});

test('there is none where a session becomes another user in between', async () => {
  assert.equal(await layoutOf("SET SESSION AUTHORIZATION 'x';\n"), undefined);
});
