import type { DumpStatement } from '../dump-text/dump-reader.ts';
import { namePattern, qualifiedNamePattern } from '../dump-text/names.ts';

/*
 * In what the dumps of equal databases may differ, but for two things that no single statement shows: rows in another
 * order (row-sums.ts), and expressions that a server writes in another way once it has read them
 * (operations/proof/rewritten-objects.ts). Left out of every comparison: the comments between statements, which tell of
 * versions, owners and tablespaces; \restrict and its key; settings that depend on versions; owners and grants, which
 * are compared by themselves.
 */

/** Parts of a dump that say nothing of what is in the database. */
export const passedOver: ReadonlySet<string> = new Set(['STATISTICS DATA']);

/** Settings of the text that say something of the objects which follow, whenever they were last changed. */
export interface Ambient {
  set(statement: Buffer): void;
  /** What they say of an object of a type; empty for most. */
  of(type: string): string;
}

export function createAmbient(): Ambient {
  const settings = { default_tablespace: "''", default_table_access_method: 'heap' };
  return {
    set(statement) {
      const [, name, value] = ambientSetting.exec(statement.toString('latin1', 0, 200)) ?? [];
      if (name !== undefined) settings[name as keyof typeof settings] = value!;
    },
    of(type) {
      const space = withTablespace.has(type) ? settings.default_tablespace : '';
      return withAccessMethod.has(type) ? `${space} ${settings.default_table_access_method}` : space;
    },
  };
}

const ambientSetting = /^SET (default_tablespace|default_table_access_method) = (.*)$/s;
const withTablespace = new Set(['TABLE', 'MATERIALIZED VIEW', 'INDEX', 'CONSTRAINT']);
const withAccessMethod = new Set(['TABLE', 'MATERIALIZED VIEW']);

/** A policy's roles stand in the order in which the server made them. */
export function normalForm({ keyword, text }: DumpStatement): Buffer {
  if (keyword !== 'CREATE' || text.toString('latin1', 0, 14) !== 'CREATE POLICY ') return text;
  const written = text.toString('latin1');
  const [head, list] = policyRoles.exec(written) ?? [];
  if (list === undefined) return text;
  const sorted = list.match(each)!.sort().join(', ');
  return Buffer.from(head!.slice(0, -list.length) + sorted + written.slice(head!.length), 'latin1');
}

const each = new RegExp(namePattern, 'g');
const policyRoles = new RegExp(
  `^CREATE POLICY ${namePattern} ON ${qualifiedNamePattern}(?: AS RESTRICTIVE)?(?: FOR [A-Z]+)? TO (${namePattern}(?:, ${namePattern})+)`,
);

/** Where a table's columns stand when they are sorted by name: those of a child table come back in another order. */
export function sortedColumns(columns: readonly string[]): readonly number[] {
  return columns.map((_, index) => index).sort((a, b) => (columns[a]! < columns[b]! ? -1 : 1));
}
