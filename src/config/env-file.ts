import { readFile } from 'node:fs/promises';
import { parseEnv } from 'node:util';
import type { RunContext } from '../contract/run-context.ts';

/** Variables of one env file, `${VAR}` not expanded yet. */
export type EnvFile = ReadonlyMap<string, Entry>;

interface Entry {
  readonly text: string;
  /** Written in single quotes: nothing in it is expanded. */
  readonly literal: boolean;
}

/** The file's variables; none when there is no such file. One that cannot be read is a warning. */
export async function readEnvFile(file: string, run: RunContext): Promise<EnvFile> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (!['ENOENT', 'ENOTDIR', 'EISDIR'].includes(code ?? '')) {
      run.emit({ type: 'warning', message: `an env file cannot be read: ${message}` });
    }
    return new Map();
  }
  const content = text.replace(/^\uFEFF/, '');
  const parsed = Object.entries(parseEnv(content)) as [string, string][];
  return new Map(parsed.map(([name, value]) => [name, entry(name, value, content)]));
}

/**
 * Looks a variable up: the process's own environment first, then the files in their order. `${VAR}` and
 * `${VAR:-default}` are expanded the same way, `\$` is a plain dollar sign.
 */
export function variableIn(env: RunContext['env'], files: readonly EnvFile[]) {
  return (name: string): string | undefined => expanded(name, []);

  function expanded(name: string, within: readonly string[]): string | undefined {
    if (env[name] !== undefined) return env[name];
    const found = files.map(file => file.get(name)).find(one => one !== undefined);
    if (found === undefined || found.literal) return found?.text;
    return found.text.replaceAll(
      /\\\$|\$\{(\w+)(?::?-([^}]*))?\}/g,
      (match, other?: string, fallback = '') => {
        if (other === undefined) return match.slice(1);
        const circular = other === name || within.includes(other);
        return (circular ? undefined : expanded(other, [...within, name])) || fallback;
      },
    );
  }
}

/**
 * parseEnv does not tell how a value was quoted, and cuts an unquoted one at every `#`. Like the dotenv readers of
 * other languages and Docker Compose, only a `#` behind a blank begins a comment here: passwords hold them.
 */
function entry(name: string, value: string, content: string): Entry {
  const assignment = new RegExp(
    `^[ \\t]*(?:export[ \\t]+)?${name.replaceAll('.', '\\.')}[ \\t]*=[ \\t]*(.*)$`,
    'gm',
  );
  const written = [...content.matchAll(assignment)].at(-1)?.[1] ?? '';
  if (/^["'`]/.test(written)) return { text: value, literal: written.startsWith("'") };
  return { text: written.replace(/(^|\s+)#.*$/, '').trim(), literal: false };
}
