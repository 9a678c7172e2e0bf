/** What databases are made of. The text of their dumps, and how well it compresses, is the same on every machine. */
export const shapes: Readonly<Record<string, Shape>> = {
  three: {
    says: 'three tables, one of them 70 %, with indexes and foreign keys',
    sql: megabytes => [
      ...table(customers, megabytes * 0.1),
      ...table(orders, megabytes * 0.2),
      ...table(events, megabytes * 0.7),
      `ALTER TABLE orders ADD FOREIGN KEY (customer) REFERENCES customers;`,
    ],
  },
  skewed: {
    says: 'one giant table beside two tiny ones',
    sql: megabytes => [
      ...table(customers, 0.1),
      ...table(orders, 0.1),
      ...table(events, megabytes),
      `ALTER TABLE orders ADD FOREIGN KEY (customer) REFERENCES customers;`,
    ],
  },
  many: { says: '2,000 small tables', sql: megabytes => manyTables(2000, megabytes) },
  wide: { says: 'one table of 100 columns', sql: megabytes => wideTable(megabytes) },
  bytea: { says: 'one table of binary values of 1 to 20 kB, half of it random', sql: binaries },
  jsonb: { says: 'one table of JSON documents', sql: documents },
};

export interface Shape {
  readonly says: string;
  /** Statements for psql, of one session, that fill an empty database: its dump has about so many MB of text. */
  sql(megabytes: number): string[];
}

/** The whole script of a shape. */
export function dataScript(shape: Shape, megabytes: number): string {
  return [
    phrases,
    ...shape.sql(megabytes),
    'DROP FUNCTION any_of;',
    'VACUUM (FREEZE, ANALYZE, PARALLEL 0);',
    'CHECKPOINT;',
  ].join('\n');
}

interface Table {
  readonly name: string;
  readonly columns: string;
  /** Of row `n`; a, b and c are phrases. */
  readonly values: string;
  /** Of dump text. */
  readonly bytesPerRow: number;
  readonly indexes: readonly string[];
}

const customers: Table = {
  name: 'customers',
  columns: 'id bigint, name text, email text, city text, since date, credit numeric(10, 2), note text',
  values: `n, initcap(split_part(a, ' ', 1) || ' ' || split_part(b, ' ', 2)), split_part(a, ' ', 1) || n || '@example.org',
    initcap(split_part(c, ' ', 3)), '2015-01-01'::date + (any_of(n, 3650))::int, any_of(n, 100000) / 100.0, a || ', ' || b || '.'`,
  bytesPerRow: 147,
  indexes: ['CREATE UNIQUE INDEX ON customers (email);', 'CREATE INDEX ON customers (city, since);'],
};

const orders: Table = {
  name: 'orders',
  // Never more customers than there are: half as many bytes of them, in rows of about the same length.
  columns:
    'id bigint, customer bigint, placed timestamptz, status text, cents bigint, address text, note text',
  values: `n, 1 + n * 2 / 5, '2020-01-01'::timestamptz + n * interval '97 s' + any_of(n, 90) * interval '1 s',
    (ARRAY['open', 'paid', 'packed', 'shipped', 'returned'])[1 + any_of(n, 5)], 100 + any_of(n * 3, 90000), b, a || '; ' || c`,
  bytesPerRow: 166,
  indexes: ['CREATE INDEX ON orders (customer);', 'CREATE INDEX ON orders (placed);'],
};

const events: Table = {
  name: 'events',
  columns:
    'id bigint, at timestamptz, kind text, user_id int, source inet, duration double precision, tags text[], body text',
  values: `n, '2020-01-01'::timestamptz + n * interval '7 s', (ARRAY['view', 'click', 'search', 'login', 'payment'])[1 + any_of(n, 5)],
    any_of(n * 5, 20000), '10.0.0.0'::inet + any_of(n, 4000), any_of(n * 7, 30000) / 1000.0,
    ARRAY[split_part(a, ' ', 2), split_part(c, ' ', 1)], a || ' ' || b || E'\\n' || c`,
  bytesPerRow: 193,
  indexes: ['CREATE INDEX ON events (user_id, at);', 'CREATE INDEX ON events (kind);'],
};

function table({ name, columns, values, bytesPerRow, indexes }: Table, megabytes: number): string[] {
  return [
    `CREATE TABLE ${name} (${columns});`,
    `INSERT INTO ${name} SELECT ${values} FROM ${numbered(megabytes, bytesPerRow)} ORDER BY n;`,
    `ALTER TABLE ${name} ADD PRIMARY KEY (id);`,
    ...indexes,
  ];
}

function manyTables(count: number, megabytes: number): string[] {
  const perTable = Math.max(1, Math.round((megabytes * 1e6) / count / orders.bytesPerRow));
  const insert = `INSERT INTO %I SELECT ${orders.values} FROM ${from('%s', '%s')} ORDER BY n`;
  return [
    `DO $do$ BEGIN
      FOR t IN 1..${count} LOOP
        EXECUTE format('CREATE TABLE %I (${orders.columns})', 'part_' || t);
        EXECUTE format($sql$${insert}$sql$, 'part_' || t, (t - 1) * ${perTable} + 1, t * ${perTable});
        EXECUTE format('ALTER TABLE %I ADD PRIMARY KEY (id)', 'part_' || t);
        EXECUTE format('CREATE INDEX ON %I (placed)', 'part_' || t);
        -- A transaction holds a lock of each of its tables.
        IF t % 100 = 0 THEN COMMIT; END IF;
      END LOOP;
    END $do$;`,
  ];
}

function wideTable(megabytes: number): string[] {
  const columns = Array.from({ length: 99 }, (_, i) => ({
    type: ['int', 'text', 'double precision', 'timestamptz', 'boolean', 'text'][i % 6],
    value: [
      `any_of(n * ${i + 1}, 1000000)`,
      `split_part(a, ' ', ${1 + (i % 5)})`,
      `any_of(n + ${i}, 100000) / 100.0`,
      `'2020-01-01'::timestamptz + any_of(n, ${1000 + i}) * interval '1 h'`,
      `any_of(n * ${i + 3}, 2) = 1`,
      `CASE WHEN any_of(n, 3) > 0 THEN split_part(b, ' ', ${1 + (i % 5)}) END`,
    ][i % 6],
  }));
  return [
    `CREATE TABLE wide (id bigint, ${columns.map(({ type }, i) => `c${i} ${type}`).join(', ')});`,
    `INSERT INTO wide SELECT n, ${columns.map(({ value }) => value).join(', ')} FROM ${numbered(megabytes, 836)} ORDER BY n;`,
    'ALTER TABLE wide ADD PRIMARY KEY (id);',
    'CREATE INDEX ON wide (c0);',
    'CREATE INDEX ON wide (c1, c3);',
  ];
}

function binaries(megabytes: number): string[] {
  return [
    'CREATE TABLE binaries (id bigint, name text, content bytea);',
    `INSERT INTO binaries SELECT n, a, (
      SELECT string_agg(CASE WHEN i % 2 = 0 THEN sha256(int8send(n * 1000 + i)) ELSE convert_to(b, 'UTF8') END, '')
      FROM generate_series(1, 30 + any_of(n, 570)) i) FROM ${numbered(megabytes, 22_600)} ORDER BY n;`,
    'ALTER TABLE binaries ADD PRIMARY KEY (id);',
  ];
}

function documents(megabytes: number): string[] {
  return [
    'CREATE TABLE documents (id bigint, document jsonb);',
    `INSERT INTO documents SELECT n, jsonb_build_object('id', n, 'title', a, 'score', any_of(n, 1000) / 10.0, 'open', n % 3 = 0,
      'author', jsonb_build_object('name', split_part(b, ' ', 1), 'city', split_part(b, ' ', 2), 'since', 2000 + any_of(n, 24)),
      'tags', to_jsonb(string_to_array(c, ' ')), 'text', a || ' ' || b || ' ' || c, 'hash', left(md5(n::text), 8))
      FROM ${numbered(megabytes, 395)} ORDER BY n;`,
    'ALTER TABLE documents ADD PRIMARY KEY (id);',
    `CREATE INDEX ON documents USING gin ((document -> 'tags'));`,
    `CREATE INDEX ON documents ((document ->> 'title'));`,
  ];
}

function numbered(megabytes: number, bytesPerRow: number): string {
  return from('1', String(Math.max(1, Math.round((megabytes * 1e6) / bytesPerRow))));
}

/** Rows with a number `n` and three phrases. */
function from(first: string, last: string): string {
  return `generate_series(${first}::bigint, ${last}) n
    JOIN phrases p(ka, a) ON ka = any_of(n, ${pool})
    JOIN phrases q(kb, b) ON kb = any_of(n * 11 + 1, ${pool})
    JOIN phrases r(kc, c) ON kc = any_of(n * 17 + 2, ${pool})`;
}

const words = `account address after again agreed amount answer arrived balance basket because before between blue board bought
  branch bridge bring broken building button called cancel carrier change charge check city claim clear client close color
  comment company complete contact corner country cover customer daily date deliver deposit desk detail different discount
  double draft early east email empty enough entry error every exact exchange expected express failed family feedback field
  first follow forward found friday front garden general given glass green group half hand heavy help high hold home hour
  house image inside invoice island item january journey keep kitchen label large later leave letter level light limit list
  local long machine mail main manager many market matter measure meeting member message middle minute missing monday money
  month morning motor moved music name near never next night noon normal north note notice number nurse offer office often
  open order other outside owner package paid paper park parcel part partner party past payment people person phone picture
  piece place plan please point post present price private problem product promise public quarter question quick quiet rail
  ready reason receipt record refund region remark repair reply report request return review river road room round sale
  sample school search season second section secure service seven shelf ship shop short signed simple since small soon
  south space special standard start station stock store street strong subject summer sunday supply table taken tall term
  thanks ticket today together total tower town track trade train travel tuesday under unit until update urgent usual value
  very view visit voice waiting wall warehouse water weekly weight west white whole window winter without wood word work
  write wrong year yellow yesterday`;

/**
 * A pool is quicker than words row by row. Of this size gzip, which looks 32 KiB back, finds about as much again as in
 * real rows: four bytes become one.
 */
const pool = 900;
const phrases = `
  SET client_min_messages = warning;
  CREATE FUNCTION any_of(n bigint, count bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS 'SELECT (hashint8(n) & 2147483647) % count';
  CREATE TEMP TABLE phrases AS
    SELECT k::bigint AS k, string_agg(w[1 + (hashint8(k * 8 + i) & 2147483647) % array_length(w, 1)], ' ' ORDER BY i) AS phrase
    FROM generate_series(0, ${pool - 1}) k, generate_series(1, 6) i, regexp_split_to_array('${words}', '\\s+') w
    GROUP BY k;
  CREATE UNIQUE INDEX ON phrases (k);
  ANALYZE phrases;`;
