import type { DumpContents } from './dump-contents.ts';

/** In what two dumps differ, as far as their digests show. */
export interface ContentsDifference {
  /** Names of objects, in words. */
  readonly onlyInA: readonly string[];
  readonly onlyInB: readonly string[];
  readonly changed: readonly string[];
  /** Tables whose rows are others, or in another order. */
  readonly rows: readonly string[];
}

export function compareContents(a: DumpContents, b: DumpContents): ContentsDifference {
  const tables = new Set([...a.tables.keys(), ...b.tables.keys()]);
  return {
    onlyInA: [...a.objects.keys()].filter(words => !b.objects.has(words)),
    onlyInB: [...b.objects.keys()].filter(words => !a.objects.has(words)),
    changed: [...a.objects].flatMap(([words, { digest }]) => {
      const other = b.objects.get(words);
      return other && other.digest !== digest ? [words] : [];
    }),
    rows: [...tables].filter(table => a.tables.get(table)?.digest !== b.tables.get(table)?.digest),
  };
}
