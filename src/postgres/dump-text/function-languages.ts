import type { DumpStatement } from './dump-reader.ts';
import { namePattern, unquote } from './names.ts';

/** Collects the languages that a dump's functions are in and that it does not create by name. */
export function createFunctionLanguages(): { statement(statement: DumpStatement): void; found(): string[] } {
  const used = new Set<string>();
  const created = new Set<string>();
  return {
    statement({ keyword, text }) {
      if (keyword !== 'CREATE') return;
      const head = text.toString('latin1', 0, 200);
      const own = createLanguage.exec(head)?.[1];
      if (own !== undefined) created.add(unquote(own));
      if (!/^CREATE (?:FUNCTION|PROCEDURE) /.test(head)) return;
      // pg_dump writes it before the body.
      const at = text.indexOf('\n    LANGUAGE ');
      const name = at < 0 ? undefined : inLanguage.exec(text.toString('latin1', at, at + 200))?.[1];
      if (name !== undefined) used.add(unquote(name));
    },
    found: () => [...used].filter(name => !created.has(name)),
  };
}

const createLanguage = new RegExp(
  `^CREATE (?:OR REPLACE )?(?:TRUSTED )?(?:PROCEDURAL )?LANGUAGE (${namePattern})`,
);
const inLanguage = new RegExp(`^\\n    LANGUAGE (${namePattern})`);
