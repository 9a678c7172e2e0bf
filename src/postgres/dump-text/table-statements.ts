import { namePattern, qualifiedNamePattern } from './names.ts';

/** What a statement says of a table. */
export type TableStatementKind = keyof typeof formsOf;

/** Where a name stands in a statement; `written` has bytes as characters (latin1). */
export interface WrittenName {
  readonly written: string;
  readonly start: number;
  readonly end: number;
}

/** A statement that says something of a table, or of a sequence, an index or statistics, which may be a table's. */
export interface TableStatement {
  readonly kind: TableStatementKind;
  readonly names: {
    readonly table?: WrittenName | undefined;
    /** The sequence, index or statistics. An index that is made is in its table's schema and written without one. */
    readonly object?: WrittenName | undefined;
    /** The partition, or the index of one, that is attached to the table or index. */
    readonly partition?: WrittenName | undefined;
    readonly constraint?: WrittenName | undefined;
  };
}

/** Reads one statement of pg_dump by its own words. Undefined for what says nothing of a table. */
export function readTableStatement(keyword: string, text: Buffer): TableStatement | undefined {
  const forms = byKeyword.get(keyword);
  if (!forms) return undefined;
  const statement = text.toString('latin1');
  for (const { kind, form } of forms) {
    const match = form.exec(statement);
    if (!match) continue;
    const place = (group: string): WrittenName | undefined => {
      const [start, end] = match.indices!.groups![group] ?? [];
      return start === undefined ? undefined : { written: match.groups![group]!, start, end: end! };
    };
    const object = place('object') ?? fromConstants(match.groups!);
    return {
      kind,
      names: {
        table: place('table'),
        object,
        partition: place('partition'),
        constraint: place('constraint'),
      },
    };
  }
  return undefined;
}

/** A name that stands in string constants: whole and written as SQL, or its schema and itself apart. */
function fromConstants({ whole, schema, relation }: Record<string, string>): WrittenName | undefined {
  const written = whole?.replaceAll("''", "'") ?? (relation && [schema!, relation].map(asName).join('.'));
  return written === undefined ? undefined : { written, start: 0, end: 0 };
}

function asName(constant: string): string {
  const value = constant.replace(/^E?'(.*)'$/s, '$1').replaceAll("''", "'");
  return `"${(constant.startsWith('E') ? value.replaceAll('\\\\', '\\') : value).replaceAll('"', '""')}"`;
}

const name = namePattern;
const table = `(?<table>${qualifiedNamePattern})`;
const object = `(?<object>${qualifiedNamePattern})`;
const partition = `(?<partition>${qualifiedNamePattern})`;
const constraint = `(?<constraint>${name})`;
const alterTable = `ALTER (?:FOREIGN )?TABLE (?:ONLY )?${table}\\s+`;
const event = `(?:INSERT|DELETE|TRUNCATE|UPDATE(?: OF ${name}(?:, ${name})*)?)`;
/** Text in which no word within quotes counts. */
const expressions = `(?:E'(?:[^'\\\\]|\\\\.|'')*'|'(?:[^']|'')*'|"(?:[^"]|"")*"|[^'"])*?`;
const constant = `E?'(?:[^'\\\\]|\\\\.|'')*'`;

// The first form that fits tells, so special ones stand before general ones.
const formsOf = {
  table: [`CREATE (?:UNLOGGED |FOREIGN )?TABLE ${table}(?=\\s)`],
  rows: [`COPY ${table} `, `INSERT INTO ${table} `],
  index: [`CREATE (?:UNIQUE )?INDEX (?<object>${name}) ON (?:ONLY )?${table} USING `],
  trigger: [
    `CREATE (?:CONSTRAINT )?TRIGGER ${name} (?:BEFORE|AFTER|INSTEAD OF) ${event}(?: OR ${event})* ON ${table}\\s`,
    `${alterTable}(?:ENABLE|DISABLE)(?: REPLICA| ALWAYS)? TRIGGER `,
  ],
  rule: [
    `CREATE (?:OR REPLACE )?RULE ${name} AS\\s+ON (?:SELECT|INSERT|UPDATE|DELETE) TO ${table}\\s`,
    `${alterTable}(?:ENABLE|DISABLE)(?: REPLICA| ALWAYS)? RULE `,
  ],
  policy: [
    `CREATE POLICY ${name} ON ${table}[\\s;]`,
    `${alterTable}(?:(?:ENABLE|DISABLE|FORCE)|NO FORCE) ROW LEVEL SECURITY`,
  ],
  statistics: [
    `CREATE STATISTICS ${object}(?: \\([a-z, ]+\\))? ON ${expressions} FROM (?:ONLY )?${table};\\s*$`,
  ],
  'statistics setting': [`ALTER STATISTICS ${object} `],
  'attached partition': [`ALTER TABLE (?:ONLY )?${table} ATTACH PARTITION ${partition} `],
  'attached index': [`ALTER INDEX ${object} ATTACH PARTITION ${partition};`],
  'index setting': [`ALTER INDEX ${object} `],
  identity: [
    `${alterTable}ALTER COLUMN ${name} ADD GENERATED (?:ALWAYS|BY DEFAULT) AS IDENTITY \\(\\s+SEQUENCE NAME ${object}\\s`,
  ],
  'sequence default': [`${alterTable}ALTER COLUMN ${name} SET DEFAULT ${expressions}"?nextval"?\\(`],
  default: [`${alterTable}ALTER COLUMN ${name} SET DEFAULT `],
  'foreign key': [`${alterTable}ADD CONSTRAINT ${constraint} FOREIGN KEY `],
  key: [`${alterTable}ADD CONSTRAINT (?<object>${name}) (?:PRIMARY KEY|UNIQUE|EXCLUDE) `],
  check: [`${alterTable}ADD CONSTRAINT ${constraint} `],
  owner: [`${alterTable}OWNER TO `],
  'index in use': [`${alterTable}(?:CLUSTER ON|REPLICA IDENTITY) `],
  column: [`${alterTable}ALTER COLUMN `],
  setting: [alterTable],
  sequence: [`CREATE (?:UNLOGGED )?SEQUENCE ${object}\\s`],
  'owned sequence': [`ALTER SEQUENCE ${object} OWNED BY ${table}\\.${name};`],
  'sequence owner': [`ALTER SEQUENCE ${object} OWNER TO `],
  'sequence setting': [`ALTER SEQUENCE ${object} `],
  'sequence value': [`SELECT pg_catalog\\.setval\\('(?<whole>(?:[^']|'')+)', `],
  'planner statistics': [
    `SELECT \\* FROM pg_catalog\\.pg_restore_\\w+_stats\\(.*?'schemaname', (?<schema>${constant}),\\s+'relname', (?<relation>${constant})`,
  ],
  'table comment': [
    `COMMENT ON (?:FOREIGN )?TABLE ${table} IS `,
    `COMMENT ON COLUMN ${table}\\.${name} IS `,
    `SECURITY LABEL FOR (?:${constant}|${name}) ON (?:FOREIGN )?TABLE ${table} IS `,
    `SECURITY LABEL FOR (?:${constant}|${name}) ON COLUMN ${table}\\.${name} IS `,
  ],
  'constraint comment': [`COMMENT ON CONSTRAINT ${constraint} ON ${table} IS `],
  'trigger comment': [`COMMENT ON (?:TRIGGER|RULE|POLICY) ${name} ON ${table} IS `],
  'index comment': [`COMMENT ON INDEX ${object} IS `],
  'sequence comment': [`COMMENT ON SEQUENCE ${object} IS `],
  'statistics comment': [`COMMENT ON STATISTICS ${object} IS `],
} as const satisfies Readonly<Record<string, readonly string[]>>;

const byKeyword = new Map<string, { kind: TableStatementKind; form: RegExp }[]>();
for (const [kind, forms] of Object.entries(formsOf)) {
  for (const form of forms) {
    const keyword = /^[A-Z]+/.exec(form)![0];
    const ofKeyword = byKeyword.get(keyword) ?? [];
    ofKeyword.push({ kind: kind as TableStatementKind, form: new RegExp(`^${form}`, 'ds') });
    byKeyword.set(keyword, ofKeyword);
  }
}
