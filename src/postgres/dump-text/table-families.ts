import type { DumpStatement } from './dump-reader.ts';
import { qualifiedNamePattern as table } from './names.ts';

/** Tables that hang together as partitions or by inheritance: what locks one of them may lock the others. */
export interface TableFamilies {
  statement(statement: DumpStatement): void;
  /** The same for all of a family; names as written (latin1). */
  of(table: string): string;
}

export function createTableFamilies(): TableFamilies {
  const parents = new Map<string, string>();
  const root = (name: string): string => {
    let at = name;
    for (let parent = parents.get(at); parent !== undefined; parent = parents.get(at)) at = parent;
    return at;
  };
  const join = (a: string, b: string) => {
    const [of, to] = [root(a), root(b)];
    if (of !== to) parents.set(of, to);
  };
  return {
    statement({ keyword, text }) {
      if (keyword !== 'CREATE' && keyword !== 'ALTER') return;
      if (keyword === 'ALTER') {
        const [, parent, child] = attach.exec(text.toString('latin1', 0, 600)) ?? [];
        if (parent && child) join(child, parent);
        return;
      }
      const [, child] = create.exec(text.toString('latin1', 0, 300)) ?? [];
      if (!child) return;
      const statement = text.toString('latin1');
      const list = inherits.exec(statement)?.[1] ?? partitionOf.exec(statement)?.[1];
      for (const parent of list?.match(names) ?? []) join(child, parent);
    },
    of: root,
  };
}

const create = new RegExp(`^CREATE (?:UNLOGGED |FOREIGN )?TABLE (${table})\\s`);
const inherits = new RegExp(`\\nINHERITS \\((${table}(?:, ${table})*)\\)`);
const partitionOf = new RegExp(`^CREATE (?:UNLOGGED |FOREIGN )?TABLE ${table} PARTITION OF (${table})\\s`);
const attach = new RegExp(
  `^ALTER (?:FOREIGN )?TABLE (?:ONLY )?(${table})\\s+(?:ATTACH PARTITION|INHERIT) (${table})[\\s;]`,
);
const names = new RegExp(table, 'g');
