import type { DumpStatement } from './dump-reader.ts';
import type { ByteRange } from './strip-ranges.ts';

/** What is set in a session at some place of a dump, one statement a setting, each where it stands in the text. */
export type SessionSettings = readonly (ByteRange & { readonly name: string; readonly text: Buffer })[];

/** Follows what a dump sets for the statements that come after it. */
export interface SettingsTracker {
  /** Whether the statement sets something. */
  statement(statement: DumpStatement): boolean;
  /** The same object until something else is set. */
  readonly current: SessionSettings;
  /** Whether all of it is known; not after `SET SESSION AUTHORIZATION`. */
  readonly known: boolean;
}

export function createSettingsTracker(): SettingsTracker {
  let current: SessionSettings = [];
  let known = true;
  return {
    statement({ keyword, text, offset, end }) {
      if (keyword !== 'SET' && keyword !== 'RESET' && keyword !== 'SELECT') return false;
      const head = text.toString('latin1', 0, 100);
      const name = keyword === 'SET' ? set.exec(head)?.[1] : searchPath.exec(head)?.[1];
      if (name === undefined) {
        if (keyword !== 'SELECT') known = false;
        return keyword !== 'SELECT';
      }
      const others = current.filter(setting => setting.name !== name);
      current = [...others, { name, start: offset, end, text: Buffer.from(text) }];
      return true;
    },
    get current() {
      return current;
    },
    get known() {
      return known;
    },
  };
}

const set = /^SET ([a-z_.]+(?= =)|ROLE(?= ))/;
const searchPath = /^SELECT pg_catalog\.set_config\('(search_path)'/;
