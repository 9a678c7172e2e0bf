import { OrchestrateError } from '../errors.ts';

/**
 * A JSON or YAML file that cannot be parsed. Parsers quote the text around the mistake, which may hold a password:
 * only what is wrong and where is taken over.
 */
export function syntaxError(error: unknown, file: string): OrchestrateError {
  const {
    message = '',
    reason,
    mark,
  } = error as { message?: string; reason?: string; mark?: { line: number } };
  const jsonLine = /\(line (\d+) column \d+\)/.exec(message)?.[1];
  const line = mark === undefined ? jsonLine : mark.line + 1;
  const what = reason ?? jsonReason(message);
  return new OrchestrateError('usage', `${file}${line === undefined ? '' : `:${line}`}: ${what}`, {
    cause: error,
  });
}

/** A file that the system does not let us read, or that is not there. */
export function unreadable(error: unknown, file: string): OrchestrateError {
  const { code, path, message } = error as NodeJS.ErrnoException;
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    EACCES: 'permission denied',
    EISDIR: 'it is a folder',
  };
  const which = path === undefined || path === file ? file : `${path}, which ${file} imports,`;
  return new OrchestrateError('usage', `${which} cannot be read: ${reasons[code ?? ''] ?? message}`, {
    cause: error,
    hint: 'Name another file with --config, or leave that out to search for one here and above.',
  });
}

/** A file that holds nothing, as an editor or a redirection leaves it. */
export function isEmpty(file: string): OrchestrateError {
  return new OrchestrateError('usage', `${file} is empty`, {
    hint: 'Write a configuration into it, or remove it to use DATABASE_URL or DB_CONTAINER from the environment.',
  });
}

function jsonReason(message: string): string {
  // cosmiconfig puts a line of its own before the parser's.
  const last = message.split('\n').at(-1)!;
  const said =
    /^(Expected .*?|Unterminated string|Bad \w+ .*?|Unexpected end of JSON input)(?= in JSON|$)/.exec(last);
  return said ? said[1]! : 'it is not valid JSON';
}
