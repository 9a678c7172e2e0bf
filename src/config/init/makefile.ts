import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface MakefileAddition {
  /** Absolute path. */
  readonly file: string;
  /** What is there now; empty when there is no such file. */
  readonly before: string;
  /** What is to be appended; empty when all targets are there. */
  readonly text: string;
}

/** In make's own order. */
const names = ['GNUmakefile', 'makefile', 'Makefile'];

/** Each on one line, so that it does not matter what the Makefile has made of tabs. */
const recipes: Readonly<Record<string, string>> = {
  'db-backup-list': '@npx db-orchestrate list --all-targets',
  'db-backup': '@npx db-orchestrate backup $${TARGET:+--target "$$TARGET"}',
  'db-restore': required(
    'db-restore',
    'restore $${TARGET:+--target "$$TARGET"} $${FORCE:+--force} -- "$$FILE"',
    ' [FORCE=1]',
  ),
  'db-verify': required('db-verify', 'verify $${TARGET:+--target "$$TARGET"} -- "$$FILE"'),
};

/** The targets that the folder's Makefile does not have yet. */
export async function makefileAddition(folder: string): Promise<MakefileAddition> {
  const there = await Promise.all(names.map(name => lstat(join(folder, name)).catch(() => undefined)));
  const file = join(folder, names.find((_, index) => there[index] !== undefined) ?? 'Makefile');
  const before = await readFile(file, 'utf8').catch(error => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const missing = Object.keys(recipes).filter(name => !hasTarget(before, name));
  const lines = missing.map(name => `${`${name}:`.padEnd(16)} ; ${recipes[name]}`);
  const gap = before === '' ? '' : before.endsWith('\n') ? '\n' : '\n\n';
  const text = lines.length === 0 ? '' : `${gap}.PHONY: ${missing.join(' ')}\n${lines.join('\n')}\n`;
  return { file, before, text };
}

function hasTarget(makefile: string, name: string): boolean {
  return new RegExp(`^(?:[^#\\t\\n:=]*[ \\t])?${name}(?:[ \\t][^\\n:=]*)?:(?!=)`, 'm').test(makefile);
}

/** Without FILE: one line that says how. */
function required(name: string, words: string, more = ''): string {
  const usage = `usage: make ${name} FILE=backups/NAME.sql.gz [TARGET=docker]${more}`;
  return `@if [ -n "$$FILE" ]; then npx db-orchestrate ${words}; else echo '${usage}' >&2; exit 2; fi`;
}
