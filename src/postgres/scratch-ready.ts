import type { Readable } from 'node:stream';
import { OrchestrateError } from '../errors.ts';
import { scratchWords } from './scratch-script.ts';

/** Where a throwaway server is, on the machine or in the container that the script runs in. */
export interface ScratchAddress {
  /** Of its socket. */
  readonly folder: string;
  /** The folder of the pg_dump and psql to use with it; undefined when there is none beside the server's. */
  readonly programs: string | undefined;
}

/** What the messages of a failed start speak of. */
export interface ScratchOrigin {
  /** "on this host", "in the image of container hnf1b_db" */
  readonly where: string;
  /** What to do about programs that are missing, or too old. */
  readonly install: string;
  /** The least major that is of use. */
  readonly least: number | undefined;
}

/**
 * Waits until the script says that its server is ready. `failed` gives what it wrote to stderr, once it has ended.
 * Rejects with `no-client` in the programs' own words when there will be none.
 */
export async function scratchReady(
  output: Readable,
  failed: () => Promise<string>,
  origin: ScratchOrigin,
): Promise<ScratchAddress> {
  const said = await lastLines(output);
  const told = (name: string) => new RegExp(`^${name}=(.+)$`, 'm').exec(said)?.[1];
  if (endsWith(said, scratchWords.ready)) return { folder: told('folder') ?? '', programs: told('clients') };
  const words = (await failed()).trim();
  const word = Object.values(scratchWords).find(one => endsWith(said, one));
  if (word === scratchWords.missing)
    throw refused(`there are no server programs of PostgreSQL (initdb, pg_ctl, postgres) ${origin.where}`);
  if (word === scratchWords.older)
    throw refused(
      `PostgreSQL ${told('major')} ${origin.where} is older than the server of the backup, PostgreSQL ${origin.least}`,
    );
  throw new OrchestrateError(
    'no-client',
    `a throwaway server ${origin.where} did not start: ${brief(words)}`,
    {
      hint: hintFor(words) ?? origin.install,
    },
  );

  function refused(message: string): OrchestrateError {
    return new OrchestrateError('no-client', message, { hint: origin.install });
  }
}

/** All that came until the script has nothing more to say. */
function lastLines(output: Readable): Promise<string> {
  return new Promise(resolve => {
    let text = '';
    const end = () => resolve(text);
    output.setEncoding('utf8').on('data', chunk => {
      text += chunk;
      if (endsWith(text, scratchWords.ready)) end();
    });
    output.on('end', end).on('error', end).on('close', end);
  });
}

function endsWith(text: string, word: string): boolean {
  return `\n${text}`.endsWith(`\n${word}\n`);
}

const longest = 600;

/** On one line, and without what each line of a server's log begins with. */
function brief(words: string): string {
  const lines = words.split('\n').map(line => line.replace(/^\d{4}-\d\d-\d\d \S+ \S+ \[\d+\] /, '').trim());
  return lines.filter(Boolean).join('; ').slice(-longest) || 'it ended without a word';
}

/** A library that is to be loaded when the server starts and is not there. */
function hintFor(words: string): string | undefined {
  const library = /could not (?:access file|load library) "([^"]+)"/.exec(words)?.[1];
  return (
    library &&
    `Install the package that brings the library ${library} for this version of PostgreSQL; on Debian, look for it with: apt-cache search --names-only '^postgresql-[0-9]+-'`
  );
}
