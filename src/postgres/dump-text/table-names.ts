import { namePattern, unquote } from './names.ts';

/** A table, sequence or index of a dump, without quotes. */
export interface QualifiedName {
  readonly schema: string;
  readonly name: string;
}

/** Two spellings of one name are one key: a server quotes other words than its pg_dump. No name holds a zero byte. */
export function nameKey({ schema, name }: QualifiedName): string {
  return `${schema}\0${name}`;
}

/** What a statement calls it; without a schema of its own it is in `schema`. */
export function readName(written: string, schema: string): QualifiedName {
  const [, first, second] = parts.exec(written)!;
  return second === undefined
    ? { schema, name: unquote(first!) }
    : { schema: unquote(first!), name: unquote(second) };
}

/** A written name without its schema, as written. */
export function ownPart(written: string): string {
  const [, first, second] = parts.exec(written)!;
  return second ?? first!;
}

/** As in SQL: `public.orders`, `sch."Odd Name"`. */
export function writtenName({ schema, name }: QualifiedName): string {
  return [schema, name].map(quoted).join('.');
}

const parts = new RegExp(`^(${namePattern})(?:\\.(${namePattern}))?$`);

function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}
