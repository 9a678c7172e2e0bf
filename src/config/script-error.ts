import { basename, dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OrchestrateError } from '../errors.ts';
import { redact } from '../report/redact.ts';

/**
 * What went wrong while a config file was read or ran: its own message, and the file and line it comes from. When
 * the error does not tell them, `placed` may.
 */
export function scriptError(error: unknown, file: string, placed?: unknown): OrchestrateError {
  const place = placeIn(error, file) ?? placeIn(placed, file) ?? basename(file);
  return new OrchestrateError('usage', `${place}: ${redact(messageOf(error))}`, {
    cause: error,
    hint: hintFor(error),
  });
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return `it threw ${String(error)}`;
  return error.name === 'Error' ? error.message : `${error.name}: ${error.message}`;
}

function hintFor(error: unknown): string | undefined {
  return (error as { code?: unknown } | null)?.code === 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX'
    ? 'Node.js only removes types: write an enum as an object, a namespace as a module, a parameter property as a field.'
    : undefined;
}

/** The first line of a stack when the file could not be parsed; else its first frame outside of Node and packages. */
export function placeIn(error: unknown, file: string): string | undefined {
  const stack = (error instanceof Error && error.stack) || '';
  const parsing = /^(file:\/\/)?(\/.*):(\d+)\n/.exec(stack);
  if (parsing)
    return placeText(parsing[1] ? fileURLToPath(`file://${parsing[2]}`) : parsing[2]!, parsing[3]!, file);
  const frames = [...stack.matchAll(/^ +at .*?\(?((?:file:\/\/)?\/[^()\n]*):(\d+):\d+\)?$/gm)];
  const own = frames.find(([, path]) => !path!.includes('/node_modules/') && path!.includes(dirname(file)));
  if (!own) return undefined;
  const path = own[1]!.startsWith('file:') ? fileURLToPath(own[1]!) : own[1]!;
  return placeText(path, own[2]!, file);
}

function placeText(path: string, line: string, file: string): string {
  return `${relative(dirname(file), path) || path}:${line}`;
}
