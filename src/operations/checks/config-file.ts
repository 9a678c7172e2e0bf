import { readFile, stat } from 'node:fs/promises';
import { shellWord } from '../../postgres/dump-text/plain-dump.ts';
import { type Check, ok, warning } from './check.ts';

/** Whether others can read passwords that stand in the config file; none without a file. */
export async function configFileChecks(file: string | undefined): Promise<Check[]> {
  if (file === undefined) return [];
  const { mode } = await stat(file);
  const open = (mode & 0o044) !== 0;
  if (!open || !password.test(await readFile(file, 'utf8'))) return [ok('config file', file)];
  return [
    warning(
      'config file',
      `${file} holds a password and can be read by others`,
      `Close it: chmod 600 ${shellWord(file)} or let the file refer to process.env.`,
    ),
  ];
}

/** In a URL, or as a text of its own. */
const password = /:\/\/[^\s:/@'"`]+:(?!\$\{)[^\s@]+@|\bpassword['"]?\s*[:=]\s*(?!process\b)['"]?[^\s'"`,}]/i;
